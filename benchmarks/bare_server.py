"""What the gateway's ingest is set beside: a FastAPI endpoint that does one insert with commit, and nothing else.

Started as ``python -m benchmarks.bare_server PORT DATABASE``. No signature, no tenant, no look for a double, no log.
"""

from __future__ import annotations

import queue
import sys
import uuid

import psycopg
import uvicorn
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool

_CONNECTIONS = 10
TABLE = "CREATE TABLE bare (id text PRIMARY KEY, body bytea NOT NULL, received_at timestamptz NOT NULL DEFAULT now())"


def app_over(conninfo: str) -> FastAPI:
    """The application over a pool of connections."""
    pool: queue.SimpleQueue[psycopg.Connection] = queue.SimpleQueue()
    for _ in range(_CONNECTIONS):
        pool.put(psycopg.connect(conninfo))
    app = FastAPI()

    def keep(body: bytes) -> str:
        name, connection = uuid.uuid4().hex, pool.get()
        try:
            connection.execute("INSERT INTO bare (id, body) VALUES (%s, %s)", (name, body))
            connection.commit()
        finally:
            pool.put(connection)
        return name

    @app.post("/hook", status_code=202)
    async def hook(request: Request) -> dict[str, str]:
        return {"id": await run_in_threadpool(keep, await request.body())}

    return app


if __name__ == "__main__":
    uvicorn.run(
        app_over(sys.argv[2]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
        server_header=False,
    )
