"""The limitation clock: the shortest rule, restarts that come in time, months that end early."""

from __future__ import annotations

from datetime import date

import pytest

from domain.conduct import LimitationRule, Restart
from domain.contacts import Confidence
from domain.errors import Unavailable
from domain.limitation import Clock, clock


def rule(years: int, *, months: int = 0, restarts: frozenset[Restart] = frozenset()) -> LimitationRule:
    return LimitationRule(
        id="xx.limitation",
        text="So long.",
        source="a law",
        confidence=Confidence.VERIFIED,
        effective_from=date(2000, 1, 1),
        claim="contract",
        years=years,
        months=months,
        restarts=restarts,
    )


def run(*rules: LimitationRule, due: date, events: tuple[tuple[Restart, date], ...] = ()) -> Clock:
    return clock(rules, claim="contract", due=due, restarts=events, on=date(2026, 11, 23))


def test_five_years_from_the_due_date() -> None:
    found = run(rule(5), due=date(2024, 3, 10))
    assert found.lapses == date(2029, 3, 10)
    assert found.days_left(date(2029, 3, 9)) == 1
    assert found.days_left(date(2029, 3, 10)) == 0


def test_a_leap_day_ends_on_the_last_of_february() -> None:
    assert run(rule(1), due=date(2024, 2, 29)).lapses == date(2025, 2, 28)


def test_the_shortest_of_several_rules() -> None:
    assert run(rule(10), rule(3, months=6), due=date(2024, 1, 31)).lapses == date(2027, 7, 31)


def test_an_acknowledgement_in_time_begins_it_anew() -> None:
    known = rule(2, restarts=frozenset({Restart.ACKNOWLEDGEMENT}))
    event = (Restart.ACKNOWLEDGEMENT, date(2025, 12, 31))
    assert run(known, due=date(2024, 1, 1), events=(event,)).lapses == date(2027, 12, 31)


def test_an_acknowledgement_of_a_lapsed_claim_does_not_revive_it() -> None:
    known = rule(2, restarts=frozenset({Restart.ACKNOWLEDGEMENT}))
    event = (Restart.ACKNOWLEDGEMENT, date(2026, 1, 1))
    assert run(known, due=date(2024, 1, 1), events=(event,)).lapses == date(2026, 1, 1)


def test_a_restart_that_the_rule_does_not_know_changes_nothing() -> None:
    event = (Restart.PART_PAYMENT, date(2025, 6, 1))
    assert run(rule(2), due=date(2024, 1, 1), events=(event,)).lapses == date(2026, 1, 1)


def test_an_unknown_limitation_is_refused() -> None:
    with pytest.raises(Unavailable, match="contract"):
        run(due=date(2024, 1, 1))
