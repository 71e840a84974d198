"""Working days: where a day rolls to, and counting over holidays and weekends."""

from __future__ import annotations

from datetime import date

import pytest

from domain.calendars import add_working_days, months_later, next_working_day
from domain.errors import Invalid


class PlainCalendar:
    """A calendar with one holiday, Wednesday 25 November 2026."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - the protocol asks for it
        return "Midweek" if day == date(2026, 11, 25) else None

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        return day.weekday() < 5 and self.holiday(day, subdivision) is None

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - the protocol asks for it
        return None

    def estimated(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - the protocol asks for it
        return False


CALENDAR = PlainCalendar()


def test_a_holiday_rolls_to_the_next_working_day() -> None:
    assert next_working_day(CALENDAR, date(2026, 11, 25)) == date(2026, 11, 26)
    assert next_working_day(CALENDAR, date(2026, 11, 26)) == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("day", "count", "expected"), [(24, 0, 24), (25, 0, 26), (24, 1, 26), (26, 2, 30), (21, 1, 23)]
)
def test_working_days_are_counted_over_holidays_and_weekends(day: int, count: int, expected: int) -> None:
    assert add_working_days(CALENDAR, date(2026, 11, day), count) == date(2026, 11, expected)


def test_working_days_are_not_counted_backwards() -> None:
    with pytest.raises(Invalid, match="working_days_out_of_range"):
        add_working_days(CALENDAR, date(2026, 11, 24), -1)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -13, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_a_month_without_the_day_has_its_last_one(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected
