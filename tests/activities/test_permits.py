"""Contact permits: one budget for all actors, spent once, given back when nothing went out, refused with its reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql import Range

from activities import contact
from domain.contact_policy import Actor, Channel, Refusal
from runtime import clock
from store import holds, permits
from store.permits import Permit


def ask(world: Any, *, actor: Actor = Actor.CREDITOR, channel: Channel = Channel.EMAIL) -> Permit | Refusal:
    with world.tx() as tx:
        asked = contact.Contact(contact.load(tx, world.case()), channel, actor)
        return contact.issue_permit(tx, asked, new_id=clock.new_id, now=world.clock())


def test_a_lawful_contact_gets_a_permit_that_names_its_rules(thailand: Any) -> None:
    permit = ask(thailand)
    assert isinstance(permit, Permit)
    assert "th.hours" in permit.rules
    assert permit.expires_at == thailand.clock() + timedelta(minutes=15)


def test_a_permit_never_outlasts_the_window(thailand: Any) -> None:
    thailand.clock.at = datetime(2026, 11, 24, 12, 50, tzinfo=UTC)  # 19:50 in Bangkok
    permit = ask(thailand)
    assert isinstance(permit, Permit)
    assert permit.expires_at == datetime(2026, 11, 24, 13, tzinfo=UTC)


@pytest.mark.parametrize(("hour", "minute", "lawful"), [(0, 59, False), (1, 0, True), (12, 59, True), (13, 0, False)])
def test_the_window_is_the_debtors_own(thailand: Any, hour: int, minute: int, *, lawful: bool) -> None:
    thailand.clock.at = datetime(2026, 11, 24, hour, minute, tzinfo=UTC)
    assert isinstance(ask(thailand), Permit) is lawful


def test_a_refusal_names_rule_source_and_the_next_lawful_moment(thailand: Any) -> None:
    thailand.clock.at = datetime(2026, 11, 24, 14, tzinfo=UTC)  # 21:00 in Bangkok
    refusal = ask(thailand)
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, refusal.next_allowed_at) == ("th.hours", datetime(2026, 11, 25, 1, tzinfo=UTC))
    assert "2558" in refusal.source


@pytest.mark.parametrize("second", list(Actor))
def test_the_budget_is_shared_by_all_actors(thailand: Any, second: Actor) -> None:
    assert isinstance(ask(thailand), Permit)
    refusal = ask(thailand, actor=second, channel=Channel.SMS)
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "th.daily_attempts"


def test_two_actors_at_once_cannot_spend_the_same_last_contact(thailand: Any) -> None:
    gate = Barrier(4)

    def run(actor: Actor) -> bool:
        gate.wait(timeout=10)
        return isinstance(ask(thailand, actor=actor), Permit)

    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(run, [Actor.CREDITOR, Actor.AGENCY, Actor.LAWYER, Actor.AGENCY]))
    assert got.count(True) == 1
    assert thailand.count("contact_permit") == 1


def test_a_permit_given_back_frees_the_budget(thailand: Any) -> None:
    permit = ask(thailand)
    assert isinstance(permit, Permit)
    with thailand.tx() as tx:
        permits.settle(tx, permit.id, result="unused", now=thailand.clock())
    assert isinstance(ask(thailand), Permit)


def test_a_permit_used_stays_spent_after_it_expired(thailand: Any) -> None:
    permit = ask(thailand)
    assert isinstance(permit, Permit)
    with thailand.tx() as tx:
        permits.settle(tx, permit.id, result="attempt", now=thailand.clock())
    thailand.clock.advance(hours=1)
    assert isinstance(ask(thailand), Refusal)


@pytest.mark.parametrize(("minutes", "free"), [(14, False), (15, True)])
def test_a_permit_that_nobody_used_frees_the_budget_when_it_expires(thailand: Any, minutes: int, *, free: bool) -> None:
    ask(thailand)
    thailand.clock.advance(minutes=minutes)
    assert isinstance(ask(thailand), Permit) is free


def test_the_next_day_has_a_budget_of_its_own(thailand: Any) -> None:
    ask(thailand)
    thailand.clock.advance(days=1)
    assert isinstance(ask(thailand), Permit)


def test_under_a_hold_nobody_gets_a_permit(thailand: Any) -> None:
    with thailand.tx() as tx:
        hold = holds.HoldRow(clock.new_id("hold"), "dispute", thailand.clock().date(), None, "r", "tests", None)
        holds.place(tx, thailand.case(), hold, now=thailand.clock())
    refusal = ask(thailand)
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "th.holds"


@pytest.mark.parametrize(("days", "refused"), [(0, True), (1, False)])
def test_a_moratorium_stops_a_country_on_its_days(thailand: Any, days: int, *, refused: bool) -> None:
    today = thailand.clock().date()
    with thailand.tx() as tx:
        tx.execute(
            holds.moratorium_table.insert().values(
                id=clock.new_id("hold"),
                tenant_id=thailand.tenant_id,
                country="TH",
                days=Range(today, today + timedelta(days=1)),
                reason="flood",
                created_at=thailand.clock(),
            )
        )
    thailand.clock.advance(days=days)
    assert isinstance(ask(thailand), Refusal) is refused


def test_a_touch_on_the_other_channel_of_another_case_of_the_party_counts(thailand: Any) -> None:
    first = ask(thailand, channel=Channel.PHONE)
    assert isinstance(first, Permit)
    with thailand.tx() as tx:
        debtor = contact.load(tx, thailand.case())
        known = contact.facts(tx, debtor, now=thailand.clock())
    assert [touch.channel for touch in known.contacts] == [Channel.PHONE]
