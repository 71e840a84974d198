"""Counting in working days: where a due date rolls to, and which day a number of working days later is."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from domain.contacts import Calendar
from domain.errors import Invalid

MAX_CLOSED_DAYS: Final = 60  # no country closes its offices for longer; more is a broken calendar
MAX_WORKING_DAYS: Final = 3650
_MONTHS_A_YEAR: Final = 12


def next_working_day(calendar: Calendar, day: date, subdivision: str | None = None) -> date:
    """The day itself if offices work on it, else the first later one on which they do."""
    for _ in range(MAX_CLOSED_DAYS):
        if calendar.is_working_day(day, subdivision):
            return day
        day += timedelta(days=1)
    raise Invalid("calendar_never_works", f"No working day was found in the {MAX_CLOSED_DAYS} days up to {day}.")


def add_working_days(calendar: Calendar, day: date, count: int, subdivision: str | None = None) -> date:
    """The working day that lies ``count`` working days after ``day``; 0 rolls forward only.

    Raises ``Invalid``: ``working_days_out_of_range`` for a negative count or one beyond ten years.
    """
    if not 0 <= count <= MAX_WORKING_DAYS:
        raise Invalid("working_days_out_of_range", f"{count} working days cannot be counted from {day}.")
    if count == 0:
        return next_working_day(calendar, day, subdivision)
    for _ in range(count):
        day = next_working_day(calendar, day + timedelta(days=1), subdivision)
    return day


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or of an earlier one (negative); a month without that day has its last day."""
    years, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
