"""What a case costs in history events: the busiest ladder month, and a whole year with its messages."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from domain.case_commands import PlaceHold, ReleaseHold, TakePromise
from store.database import Database
from tests.workflows.world import World, world

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("workflows")]

BUSIEST_MONTH = 80
YEAR = 380


async def _events_by_month(it: World, start: datetime) -> Counter[int]:
    """Events of every run of the case, by thirty days since it began."""
    months: Counter[int] = Counter()
    run_id: str | None = (await it.handle.describe()).run_id
    while run_id:
        handle = it.env.client.get_workflow_handle(it.handle.id, run_id=run_id)
        history = await handle.fetch_history()
        for event in history.events:
            months[(event.event_time.ToDatetime(tzinfo=UTC) - start).days // 30] += 1
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id or None
    return months


async def _message_week(it: World, week: int) -> None:
    """What a lively case hears: a fact a week in the first months, four commands in all."""
    handle = it.handle
    today = (await it.env.get_current_time()).date()
    if week in (3, 9):
        due = (today + timedelta(days=5)).isoformat()
        await handle.execute_update("promise", TakePromise(f"p{week}", "ana", 5000, "BRL", due), id=f"p{week}")
    if week == 12:
        end = (today + timedelta(days=14)).isoformat()
        hold = PlaceHold("h", "ana", "complaint", today.isoformat(), end, "complained")
        placed = await handle.execute_update("hold", hold, id="h")
        await handle.execute_update("release", ReleaseHold("r", "ana", placed["ref"]), id="r")
    if week < 37:
        await handle.signal("fact_recorded")


def test_a_lively_year_stays_within_its_event_budget(database: Database, tenant_id: str) -> None:
    async def scenario() -> None:
        async with world(database, tenant_id, overdue_days=1) as it:
            await it.start()
            start = (await it.env.get_current_time()).astimezone(UTC)
            for week in range(52):
                await _message_week(it, week)
                await it.let_pass(timedelta(days=7))
            months = await _events_by_month(it, start)
            assert max(months.values()) <= BUSIEST_MONTH, months
            assert sum(months.values()) <= YEAR, months
            assert months.total() > 200, "the scenario must have done something"

    asyncio.run(scenario())


def test_a_case_continues_as_new_and_goes_on_where_it_was(database: Database, tenant_id: str) -> None:
    async def scenario() -> None:
        async with world(database, tenant_id) as it:
            handle = await it.start()
            first = (await handle.describe()).run_id
            for _ in range(40):
                await handle.signal("fact_recorded")
                await it.let_pass(timedelta(hours=1))
            assert (await it.handle.describe()).run_id != first
            before = (await asyncio.to_thread(it.case)).turn_no
            await it.handle.signal("fact_recorded")
            await it.let_pass(timedelta(hours=1))
            assert (await asyncio.to_thread(it.case)).turn_no == before + 1

    asyncio.run(scenario())
