"""A case over months of simulated time: ladder, promises, holds, money, cure."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.case_commands import CloseCase, PlaceHold, ReleaseHold, TakePromise
from ledger import invariants
from store import timeline
from store.database import Database
from tests.workflows.world import world

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("workflows")]


def test_the_ladder_reminds_at_lawful_hours_and_climbs(database: Database, tenant_id: str) -> None:
    async def scenario() -> None:
        async with world(database, tenant_id) as it:
            await it.start()
            await it.let_pass(timedelta(days=20))
            reminders = await asyncio.to_thread(it.notices)
            assert [notice.kind for notice in reminders] == ["first_reminder", "second_reminder", "second_reminder"]
            for notice in reminders:
                local = notice.not_before.astimezone(SAO_PAULO)
                assert 8 <= local.hour < 20
                assert local.weekday() != 6

    asyncio.run(scenario())


def test_money_by_bank_statement_cures_the_case_and_ends_its_workflow(database: Database, tenant_id: str) -> None:
    async def scenario() -> None:
        async with world(database, tenant_id) as it:
            handle = await it.start()
            await it.let_pass(timedelta(days=3))
            await asyncio.to_thread(it.relay)
            await asyncio.to_thread(lambda: it.statement("1000.00", it.reference()))
            assert it.nudger.cases == [it.case_id]
            await handle.signal("fact_recorded")
            assert await handle.result() == "cured"
            case = await asyncio.to_thread(it.case)
            assert (case.work_state, case.overdue_minor, case.closed_at is not None) == ("cured", 0, True)
            with database.tenant(tenant_id) as tx:
                assert not [finding for finding in invariants.check(tx) if finding.broken]

    asyncio.run(scenario())


def test_a_promise_silences_reminders_and_breaks_without_money(database: Database, tenant_id: str) -> None:
    async def scenario() -> None:
        async with world(database, tenant_id) as it:
            handle = await it.start()
            await it.let_pass(timedelta(hours=1))
            due = (await asyncio.to_thread(it.now) + timedelta(days=10)).date().isoformat()
            answer = await handle.execute_update("promise", TakePromise("k1", "ana", 100000, "BRL", due), id="k1")
            assert answer["accepted"] is True
            assert (await asyncio.to_thread(it.case)).work_state == "promise"
            before = len(await asyncio.to_thread(it.notices))
            await it.let_pass(timedelta(days=9))
            assert len(await asyncio.to_thread(it.notices)) == before
            await it.let_pass(timedelta(days=5))
            assert "promise_broken" in await asyncio.to_thread(it.kinds)
            assert (await asyncio.to_thread(it.case)).work_state == "active"

    asyncio.run(scenario())


def test_a_refused_command_says_why(database: Database, tenant_id: str) -> None:
    async def scenario() -> None:
        async with world(database, tenant_id) as it:
            handle = await it.start()
            await it.let_pass(timedelta(hours=1))
            answer = await handle.execute_update("promise", TakePromise("k2", "ana", 1, "BRL", "2020-01-01"), id="k2")
            assert (answer["accepted"], answer["code"]) == (False, "promise_date_past")

    asyncio.run(scenario())


def test_a_hold_stops_reminders_until_it_is_released(database: Database, tenant_id: str) -> None:
    async def scenario() -> None:
        async with world(database, tenant_id) as it:
            handle = await it.start()
            await it.let_pass(timedelta(hours=1))
            today = (await asyncio.to_thread(it.now)).astimezone(SAO_PAULO).date()
            placed = await handle.execute_update(
                "hold", PlaceHold("h1", "ana", "dispute", today.isoformat(), None, "the debtor disputes"), id="h1"
            )
            await it.let_pass(timedelta(days=30))
            waiting = [notice.kind for notice in await asyncio.to_thread(it.notices) if notice.state == "queued"]
            assert waiting == ["dispute_acknowledgement"]
            await handle.execute_update("release", ReleaseHold("r1", "ana", placed["ref"]), id="r1")
            await it.let_pass(timedelta(days=10))
            waiting = [notice.kind for notice in await asyncio.to_thread(it.notices) if notice.state == "queued"]
            assert {"first_reminder", "second_reminder"} & set(waiting)

    asyncio.run(scenario())


def test_closing_by_hand_ends_the_workflow_as_said(database: Database, tenant_id: str) -> None:
    async def scenario() -> None:
        async with world(database, tenant_id) as it:
            handle = await it.start()
            await it.let_pass(timedelta(hours=1))
            answer = await handle.execute_update("close", CloseCase("c1", "ana", "withdrawn", "recalled"), id="c1")
            assert answer["state"] == "withdrawn"
            assert await handle.result() == "withdrawn"

    asyncio.run(scenario())


def test_a_repeated_turn_writes_nothing_twice(database: Database, tenant_id: str) -> None:
    async def scenario() -> None:
        async with world(database, tenant_id) as it:
            await it.start()
            await it.let_pass(timedelta(days=2))
            with database.tenant(tenant_id) as tx:
                turns = [row for row in timeline.of_case(tx, it.case_id) if row.kind == "turn"]
            assert [row.detail["turn"] for row in turns] == list(range(1, len(turns) + 1))

    asyncio.run(scenario())
