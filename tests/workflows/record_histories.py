"""Write histories of typical cases for the replay tests: ``python -m tests.workflows.record_histories RELEASE``."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from domain.case_commands import CloseCase, PlaceHold, ReleaseHold, TakePromise
from runtime import clock
from runtime.migrations import migrate
from runtime.postgres import APPLICATION, OWNER, EmbeddedPostgres
from store import sealing, tenants
from store.database import Database
from store.sealing import Keyring
from tests.workflows.world import World, world

FOLDER = Path(__file__).parent / "histories"


async def _cured(it: World) -> None:
    await it.let_pass(timedelta(days=3))
    await asyncio.to_thread(it.relay)
    await asyncio.to_thread(lambda: it.statement("1000.00", it.reference()))
    await it.handle.signal("fact_recorded")
    await it.handle.result()


async def _promised(it: World) -> None:
    await it.let_pass(timedelta(hours=1))
    due = ((await it.env.get_current_time()).date() + timedelta(days=10)).isoformat()
    await it.handle.execute_update("promise", TakePromise("p", "ana", 100000, "BRL", due), id="p")
    await it.let_pass(timedelta(days=60))


async def _held_and_closed(it: World) -> None:
    await it.let_pass(timedelta(hours=1))
    today = (await it.env.get_current_time()).date().isoformat()
    placed = await it.handle.execute_update("hold", PlaceHold("h", "ana", "dispute", today, None, "disputes"), id="h")
    await it.let_pass(timedelta(days=40))
    await it.handle.execute_update("release", ReleaseHold("r", "ana", placed["ref"]), id="r")
    await it.handle.execute_update("close", CloseCase("c", "ana", "withdrawn", "recalled"), id="c")
    await it.handle.result()


SCENARIOS: dict[str, Callable[[World], Awaitable[None]]] = {
    "cured": _cured,
    "promise-broken": _promised,
    "held-and-closed": _held_and_closed,
}


async def _record(database: Database, release: str) -> None:
    for name, scenario in SCENARIOS.items():
        tenant_id = clock.new_id("tenant")
        with database.tenant(tenant_id) as tx:
            tenants.create(tx, tenant_id=tenant_id, name="recorded", now=clock.now())
        async with world(database, tenant_id) as it:
            await it.start()
            await scenario(it)
            history = await it.handle.fetch_history()
            path = FOLDER / release / f"{name}.json.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(json.dumps(history.to_json_dict()).encode(), mtime=0))
            sys.stdout.write(f"{path.name}: {len(history.events)} events\n")


def main(release: str) -> None:
    """Record every scenario for a release."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            migrate(server.url(OWNER))
            sealing.use(Keyring({1: bytes(32)}, 1, bytes(32), os.urandom))
            asyncio.run(_record(Database(server.url(APPLICATION)), release))
        finally:
            server.stop()


if __name__ == "__main__":
    main(sys.argv[1])
