"""A country is one folder: Ruritania, kept outside the product, is collected in from import to cure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from activities.creditors import NewConnection
from connectors import registry
from store.database import Database
from store.notices import Notice
from tests.workflows.world import World, world

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("workflows")]

FOLDER = "tests.fakes.countries.ruritania"


@pytest.fixture
def ruritania() -> Iterator[None]:
    registry.include_countries([FOLDER])
    yield
    registry.include_countries([])


@pytest.mark.usefixtures("ruritania")
def test_a_fictional_country_is_collected_in_without_editing_any_other_file(database: Database, tenant_id: str) -> None:
    country = registry.country("XR")
    rail = country.rails[0]
    connection = NewConnection(
        "",
        "bank_statement",
        "XR",
        "EUR",
        "Bank of Strelsau",
        {"account": "XR-1"},
        {rail.code: {"vault": "123456"}},
    )
    scheme = country.identity[0]
    row = {
        "country": "XR",
        "currency": "EUR",
        "debtor_name": "Rudolf Rassendyll",
        "id_scheme": scheme.code,
        "id_value": _valid_number(),
        "subdivision": "XR-STR",
        "city": "Strelsau",
        "preferred_locale": "en",
        "email": "rudolf@example.com",
    }

    async def scenario() -> None:
        async with world(database, tenant_id, row=row, connection=connection) as it:
            handle = await it.start()
            sent = await _sent_within(it, hours=96)
            assert sent, "a reminder went out"
            for notice in sent:
                assert notice.sent_at is not None
                assert notice.sent_at.astimezone(ZoneInfo("Europe/Prague")).weekday() != 6
            await asyncio.to_thread(lambda: it.statement("1000.00", it.reference()))
            await handle.signal("fact_recorded")
            assert await handle.result() == "cured"

    asyncio.run(scenario())


async def _sent_within(it: World, *, hours: int) -> list[Notice]:
    """What went out, asked every simulated hour as the relay's schedule would."""
    for _ in range(hours):
        await it.let_pass(timedelta(hours=1))
        await asyncio.to_thread(it.relay)
        sent = [notice for notice in await asyncio.to_thread(it.notices) if notice.state == "sent"]
        if sent:
            return sent
    return []


def _valid_number() -> str:
    folder = Path(import_module(FOLDER).__file__ or "").parent
    vectors = json.loads((folder / "vectors" / "ids.json").read_text(encoding="utf-8"))["vectors"]
    return str(next(vector["value"] for vector in vectors if vector["valid"]))
