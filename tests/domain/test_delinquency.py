"""Days past due, days without grace and pauses, and the edges of buckets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.dated import Period
from domain.delinquency import bucket_of, days_past_due, delinquent_days, next_change

DUE = date(2026, 1, 1)


@pytest.mark.parametrize(("as_of", "days"), [(DUE - timedelta(1), 0), (DUE, 0), (DUE + timedelta(1), 1)])
def test_days_past_due_begin_on_the_day_after(as_of: date, days: int) -> None:
    assert days_past_due(DUE, as_of) == days


def test_without_an_overdue_instalment_there_are_no_days() -> None:
    assert (days_past_due(None, DUE), delinquent_days(None, DUE), next_change(None, DUE)) == (0, 0, None)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (0, "current"),
        (1, "1-29"),
        (29, "1-29"),
        (30, "30-59"),
        (59, "30-59"),
        (60, "60-89"),
        (89, "60-89"),
        (90, "90-119"),
        (119, "90-119"),
        (120, "120+"),
        (9_999, "120+"),
    ],
)
def test_an_edge_belongs_to_the_later_bucket(days: int, bucket: str) -> None:
    assert bucket_of(days) == bucket


@pytest.mark.parametrize(("days", "change"), [(0, 1), (1, 30), (29, 30), (30, 60), (119, 120)])
def test_the_next_change_is_the_first_day_of_the_next_bucket(days: int, change: int) -> None:
    assert next_change(DUE, DUE + timedelta(days)) == DUE + timedelta(change)


def test_in_the_last_bucket_nothing_changes_any_more() -> None:
    assert next_change(DUE, DUE + timedelta(120)) is None


@pytest.mark.parametrize(
    ("grace", "pauses", "days"),
    [
        (0, [], 31),
        (5, [], 26),
        (31, [], 0),
        (40, [], 0),
        (0, [Period(date(2026, 1, 10), date(2026, 1, 20))], 21),
        (0, [Period(date(2026, 1, 10), date(2026, 1, 20)), Period(date(2026, 1, 15), date(2026, 1, 25))], 16),
        (0, [Period(date(2026, 1, 20))], 19),  # an open pause counts up to today
        (0, [Period(date(2025, 1, 1), date(2026, 1, 11))], 21),  # a pause from before counts from the due date
        (0, [Period(date(2026, 3, 1))], 31),  # a pause yet to come does not count
    ],
)
def test_grace_and_pauses_are_left_out_once(grace: int, pauses: list[Period], days: int) -> None:
    assert delinquent_days(DUE, DUE + timedelta(31), grace_days=grace, pauses=pauses) == days
