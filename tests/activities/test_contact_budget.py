"""The one contact budget: counted per debtor, loan and number, exact when many spend at once, settled once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from activities import contact
from activities.contact import Contact, Debtor
from domain.contact_law import CalendarSpan, Cap, ContactRule, Hours, Per, Rolling, week
from domain.contact_policy import Actor, Channel, Confidence, ContactResult, Refusal
from domain.errors import Conflict, NotFound
from runtime import clock
from store import cases, permits
from store.cases import Case
from store.permits import Permit
from tests.activities.conftest import portfolio_file, row

ALWAYS = week("00:00-24:00", saturday="00:00-24:00", sunday="00:00-24:00")


def rule(name: str, kind: Any) -> ContactRule:
    return ContactRule(
        id=name, text="A rule.", kind=kind, source="invented", confidence=Confidence.VERIFIED, effective_from=date.min
    )


def bound(debtor: Debtor, *caps: Cap) -> Debtor:
    """The debtor under hours without end and these caps alone."""
    rules = [rule("xx.hours", Hours(week=ALWAYS)), *(rule(f"xx.cap{place}", cap) for place, cap in enumerate(caps))]
    return replace(debtor, country=replace(debtor.country, contact_rules=tuple(rules)))


def case_of(world: Any, contract_no: str) -> Case:
    query = "SELECT c.id FROM collection_case c JOIN loan l USING (party_id, creditor_id) WHERE l.contract_no = %s"
    with world.tx() as tx:
        return cases.get(tx, tx.exec_driver_sql(query, (contract_no,)).scalar_one())


def ask(world: Any, *caps: Cap, case: str = "TH-0001", **asked: Any) -> Permit | Refusal:
    with world.tx() as tx:
        debtor = bound(contact.load(tx, case_of(world, case)), *caps)
        return contact.issue_permit(tx, Contact(debtor, **asked), new_id=clock.new_id, now=world.clock())


def settle(world: Any, permit: Permit | Refusal, result: str) -> bool:
    assert isinstance(permit, Permit)
    with world.tx() as tx:
        return permits.settle(tx, permit.id, result=result, now=world.clock())


@pytest.fixture
def pair(thailand: Any) -> Any:
    """A second Thai debtor beside the first."""
    thailand.load(portfolio_file(row("TH", contract_no="TH-0002", debtor_name="มาลี", id_value="3100600445635")))
    return thailand


# --- whose touches count


def test_the_only_loan_is_known_without_being_named(thailand: Any) -> None:
    permit = ask(thailand)
    assert isinstance(permit, Permit)
    assert permit.loan_id is not None


def test_a_cap_per_number_counts_another_debtor_who_has_the_same_number(pair: Any) -> None:
    once = Cap(limit=1, span=CalendarSpan.DAY, per=Per.NUMBER)
    assert isinstance(ask(pair, once, number="+66811111111"), Permit)
    assert isinstance(ask(pair, once, case="TH-0002", number="+66811111111"), Refusal)
    assert isinstance(ask(pair, once, case="TH-0002", number="+66822222222"), Permit)


def test_a_cap_per_debtor_does_not_count_another_debtor_who_has_the_same_number(pair: Any) -> None:
    once = Cap(limit=1, span=CalendarSpan.DAY)
    assert isinstance(ask(pair, once, number="+66811111111"), Permit)
    assert isinstance(ask(pair, once, case="TH-0002", number="+66811111111"), Permit)


def test_a_cap_per_debt_counts_a_guarantor_of_the_same_loan(pair: Any) -> None:
    once = Cap(limit=1, span=Rolling(days=30), per=Per.DEBT)
    first = ask(pair, once)
    assert isinstance(first, Permit)
    assert isinstance(ask(pair, once, case="TH-0002", loan_id=first.loan_id), Refusal)
    assert isinstance(ask(pair, once, case="TH-0002"), Permit)


def test_creditor_agency_and_lawyer_spend_from_one_budget(thailand: Any) -> None:
    twice = Cap(limit=2, span=CalendarSpan.DAY)
    got = [isinstance(ask(thailand, twice, actor=actor), Permit) for actor in Actor]
    assert got == [True, True, False]


def test_numbers_are_kept_as_blind_indexes(thailand: Any) -> None:
    permit = ask(thailand, number="+66811111111")
    assert isinstance(permit, Permit)
    assert permit.number_index == permits.number_index("+66811111111")
    assert b"66811111111" not in permit.number_index


# --- many at once


@pytest.mark.parametrize("limit", [1, 3])
def test_racing_actors_get_exactly_the_limit(thailand: Any, limit: int) -> None:
    cap = Cap(limit=limit, span=Rolling(days=7))
    gate = Barrier(8)

    def run(place: int) -> bool:
        gate.wait(timeout=20)
        channels = (Channel.PHONE, Channel.SMS, Channel.EMAIL)
        return isinstance(ask(thailand, cap, actor=list(Actor)[place % 3], channel=channels[place % 3]), Permit)

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(run, range(8)))
    assert got.count(True) == limit
    assert thailand.count("contact_permit") == limit


def test_racing_for_one_number_of_two_debtors_spends_it_once(pair: Any) -> None:
    once = Cap(limit=1, span=CalendarSpan.DAY, per=Per.NUMBER)
    gate = Barrier(6)

    def run(place: int) -> bool:
        gate.wait(timeout=20)
        return isinstance(ask(pair, once, case=f"TH-000{place % 2 + 1}", number="+66811111111"), Permit)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(run, range(6))).count(True) == 1


def test_batches_that_lock_the_same_debtors_in_another_order_both_end(pair: Any) -> None:
    gate = Barrier(2)

    def run(cases: tuple[str, str]) -> int:
        gate.wait(timeout=20)
        with pair.tx() as tx:
            asked = [
                Contact(bound(contact.load(tx, case_of(pair, each)), Cap(limit=1, span=CalendarSpan.DAY)))
                for each in cases
            ]
            answers = contact.issue_permits(tx, asked, new_id=clock.new_id, now=pair.clock())
        return sum(isinstance(answer, Permit) for answer in answers)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, [("TH-0001", "TH-0002"), ("TH-0002", "TH-0001")])) == 2


def test_what_one_of_a_batch_spends_the_next_no_longer_has(thailand: Any) -> None:
    with thailand.tx() as tx:
        debtor = bound(contact.load(tx, thailand.case()), Cap(limit=2, span=CalendarSpan.DAY))
        answers = contact.issue_permits(tx, [Contact(debtor)] * 4, new_id=clock.new_id, now=thailand.clock())
    assert [isinstance(answer, Permit) for answer in answers] == [True, True, False, False]
    assert thailand.count("contact_permit") == 2


# --- time


@pytest.mark.parametrize(("seconds", "free"), [(7 * 86400 - 1, False), (7 * 86400, True)])
def test_a_rolling_cap_frees_its_place_to_the_second(thailand: Any, seconds: int, *, free: bool) -> None:
    weekly = Cap(limit=1, span=Rolling(days=7))
    settle(thailand, ask(thailand, weekly), "attempt")
    thailand.clock.advance(seconds=seconds)
    assert isinstance(ask(thailand, weekly), Permit) is free


def test_a_calendar_cap_frees_its_place_at_the_debtors_midnight(thailand: Any) -> None:
    daily = Cap(limit=1, span=CalendarSpan.DAY)
    settle(thailand, ask(thailand, daily), "attempt")
    midnight = datetime.fromisoformat("2026-11-25T00:00:00+07:00")
    thailand.clock.at = midnight - timedelta(seconds=1)
    assert isinstance(ask(thailand, daily), Refusal)
    thailand.clock.at = midnight
    assert isinstance(ask(thailand, daily), Permit)


# --- outcomes


@pytest.mark.parametrize(
    ("counts", "result", "left"),
    [
        (ContactResult.ATTEMPT, "unused", True),
        (ContactResult.ATTEMPT, "attempt", False),
        (ContactResult.CONTACT, "attempt", True),
        (ContactResult.CONTACT, "contact", False),
        (ContactResult.RIGHT_PARTY, "contact", True),
        (ContactResult.RIGHT_PARTY, "right_party", False),
    ],
)
def test_a_cap_counts_outcomes_as_far_as_it_says(
    thailand: Any, counts: ContactResult, result: str, *, left: bool
) -> None:
    cap = Cap(limit=1, span=CalendarSpan.DAY, counts=counts)
    settle(thailand, ask(thailand, cap), result)
    assert isinstance(ask(thailand, cap), Permit) is left


def test_an_outcome_may_reach_further_later(thailand: Any) -> None:
    permit = ask(thailand)
    assert not settle(thailand, permit, "attempt")
    settle(thailand, permit, "right_party")
    assert isinstance(ask(thailand, Cap(limit=1, span=CalendarSpan.DAY, counts=ContactResult.RIGHT_PARTY)), Refusal)


@pytest.mark.parametrize(("first", "then"), [("contact", "attempt"), ("attempt", "unused"), ("unused", "attempt")])
def test_an_outcome_is_not_taken_back(thailand: Any, first: str, then: str) -> None:
    permit = ask(thailand)
    settle(thailand, permit, first)
    with pytest.raises(Conflict, match="permit_settled"):
        settle(thailand, permit, then)


def test_a_touch_told_after_its_permit_expired_counts_all_the_same(thailand: Any) -> None:
    once = Cap(limit=1, span=CalendarSpan.DAY)
    permit = ask(thailand, once)
    thailand.clock.advance(minutes=20)
    assert settle(thailand, permit, "contact")
    assert isinstance(ask(thailand, once), Refusal)


def test_a_permit_that_is_not_there_is_not_settled(thailand: Any) -> None:
    with thailand.tx() as tx, pytest.raises(NotFound, match="permit_unknown"):
        permits.settle(tx, "prm_nothing", result="attempt", now=thailand.clock())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE contact_permit SET party_id = 'x'",
        "UPDATE contact_permit SET issued_at = now()",
        "DELETE FROM contact_permit",
    ],
)
def test_a_permit_is_evidence_that_the_application_cannot_change(thailand: Any, change: str) -> None:
    ask(thailand)
    with pytest.raises(DBAPIError) as refusal, thailand.tx() as tx:
        tx.exec_driver_sql(change)
    assert isinstance(refusal.value.orig, psycopg.errors.InsufficientPrivilege)
