"""The gateway process: API, console and webhooks on one port."""

from __future__ import annotations

import asyncio
import os
import sys

import uvicorn

from gateway.app import create_app
from runtime import temporal, wiring
from runtime.wiring import Base


async def serve(parts: Base) -> None:
    """Answer until told to stop."""
    settings = parts.settings
    client = await temporal.connect(settings, parts.keys.ring)
    app = create_app(wiring.services(parts, client))
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    await uvicorn.Server(config).serve()


def main(parts: Base) -> None:
    """Run the gateway and leave without the interpreter's shutdown, as the worker does."""
    asyncio.run(serve(parts))
    parts.database.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
