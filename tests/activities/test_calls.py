"""A call that nobody finishes counts as tried, so that nobody calls more often by forgetting to tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities import by_hand, calls
from activities.contact_reports import Reporter
from domain.contact_outcomes import ContactOutcome
from domain.contacts import Channel
from domain.notices import NoticeKind
from runtime import clock
from store import notices, permits

ANA = Reporter("usr_ana", "Ana")


@pytest.fixture
def started(brazil: Any) -> Any:
    """A call that somebody has started."""
    brazil.set_party(phone="+5511987654321")
    with brazil.tx() as tx:
        notice = by_hand.queue(
            tx,
            brazil.case(),
            Channel.PHONE,
            NoticeKind.FIRST_REMINDER,
            by=ANA,
            key="k",
            now=brazil.clock(),
            new_id=clock.new_id,
        )
        calls.start(tx, notice.id, ANA, new_id=clock.new_id, now=brazil.clock())
    return brazil


def permit(world: Any) -> permits.Permit:
    with world.tx() as tx:
        return permits.get(tx, world.notices()[0].permit_id)


@pytest.mark.parametrize(("later", "settled"), [(timedelta(hours=1), False), (timedelta(hours=1, seconds=1), True)])
def test_a_call_that_nobody_finishes_counts_as_tried(started: Any, later: timedelta, *, settled: bool) -> None:
    started.clock.at += later
    started.relay().batch(started.tenant_id)
    assert (permit(started).result, permit(started).settled_at is not None) == ("attempt", settled)
    assert started.notices()[0].state == "sending"  # it is not the relay's to end


def test_what_came_of_it_may_still_be_told(started: Any) -> None:
    started.clock.at += timedelta(hours=2)
    started.relay().batch(started.tenant_id)
    with started.tx() as tx:
        notice_id = started.notices()[0].id
        calls.verify(tx, notice_id, now=started.clock())
        report = calls.finish(
            tx, notice_id, ContactOutcome.INFORMED, ANA, note=None, new_id=clock.new_id, now=started.clock()
        )
        assert notices.get(tx, notice_id).state == "sent"
    assert (report.late, permit(started).result) == (True, "right_party")
