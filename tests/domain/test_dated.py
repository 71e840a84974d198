"""Effective-dated values: half-open periods, overlaps, and setting a value from a day on."""

from __future__ import annotations

from datetime import date

import pytest

from domain.dated import Dated, History, Period
from domain.errors import Invalid

JAN, FEB, MAR, APR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)


def test_a_period_holds_its_first_day_and_not_its_end() -> None:
    period = Period(FEB, MAR)
    assert [day in period for day in (date(2026, 1, 31), FEB, date(2026, 2, 28), MAR)] == [False, True, True, False]


def test_an_open_period_holds_every_later_day() -> None:
    assert date.max in Period(FEB)
    assert JAN not in Period(FEB)


@pytest.mark.parametrize("end", [FEB, JAN])
def test_a_period_without_a_day_is_refused(end: date) -> None:
    with pytest.raises(Invalid, match="period_empty"):
        Period(FEB, end)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (Period(JAN, FEB), Period(FEB, MAR), False),  # they touch
        (Period(JAN, date(2026, 2, 2)), Period(FEB, MAR), True),  # by one day
        (Period(JAN, APR), Period(FEB, MAR), True),  # one encloses the other
        (Period(JAN), Period(FEB, MAR), True),
        (Period(MAR), Period(JAN, FEB), False),
        (Period(JAN), Period(APR), True),
    ],
)
def test_periods_overlap_where_a_day_lies_in_both(one: Period, other: Period, *, overlap: bool) -> None:
    assert (one.overlaps(other), other.overlaps(one)) == (overlap, overlap)


def test_days_within_a_range_are_counted_half_open() -> None:
    assert Period(FEB, MAR).days_within(JAN, APR) == 28
    assert Period(FEB).days_within(JAN, MAR) == 28
    assert Period(FEB, MAR).days_within(MAR, APR) == 0


def test_a_history_tells_what_held_on_a_day() -> None:
    history = History([Dated("b", Period(MAR)), Dated("a", Period(JAN, FEB))])
    assert [history.at(day) for day in (JAN, date(2026, 1, 31), FEB, MAR)] == ["a", "a", None, "b"]


@pytest.mark.parametrize(
    "periods",
    [
        [Period(JAN, MAR), Period(FEB, APR)],
        [Period(JAN), Period(FEB, MAR)],
        [Period(JAN, APR), Period(FEB, date(2026, 2, 2)), Period(MAR, date(2026, 3, 2))],
    ],
)
def test_a_history_holds_one_value_a_day(periods: list[Period]) -> None:
    with pytest.raises(Invalid, match="history_overlaps"):
        History([Dated(index, period) for index, period in enumerate(periods)])


def test_setting_a_value_cuts_what_held_before_and_drops_what_was_to_come() -> None:
    history = History([Dated("a", Period(JAN, MAR)), Dated("b", Period(MAR, APR)), Dated("c", Period(APR))])
    changed = history.set_from(FEB, "x")
    assert changed.entries == (Dated("a", Period(JAN, FEB)), Dated("x", Period(FEB)))


def test_setting_a_value_leaves_what_had_ended() -> None:
    history = History([Dated("a", Period(JAN, FEB))])
    assert history.set_from(FEB, "x").entries == (Dated("a", Period(JAN, FEB)), Dated("x", Period(FEB)))


def test_setting_a_value_on_the_day_another_began_replaces_it() -> None:
    assert History([Dated("a", Period(FEB))]).set_from(FEB, "x").entries == (Dated("x", Period(FEB)),)
