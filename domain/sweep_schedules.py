"""When a cash sweep may go: on which days, from which hour and up to which cut-off, on the clock of a time zone."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from domain.calendars import MAX_CLOSED_DAYS
from domain.errors import Invalid
from domain.wall_clock import zone_named

IsBusinessDay = Callable[[date], bool]
"""Whether banks work on a day at both ends: where the money is and where its currency is at home."""

_MOST_DAYS_AHEAD: Final = 400
_DAY: Final = timedelta(days=1)
_DAYS_OF_A_WEEK: Final = 7
_DAYS_OF_A_MONTH: Final = 31


class Days(StrEnum):
    """On which days: every business day, days of the week, or days of the month."""

    BUSINESS = "business_days"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """From ``opens`` up to, not including, ``cut_off`` on the wall clock of an IANA zone.

    ``numbers`` are days of the week (Monday is 1) or of the month; the 31st is the last day of a shorter month. A
    day without banks rolls to the next with banks; a day of the month stays within its month, if need be by rolling
    back. Raises ``schedule_invalid`` and ``time_zone_unknown``.
    """

    zone: str
    opens: time
    cut_off: time
    days: Days = Days.BUSINESS
    numbers: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if self.opens.tzinfo or self.cut_off.tzinfo or self.opens >= self.cut_off:
            raise Invalid("schedule_invalid", "A sweep opens before its cut-off, both by the zone's own clock.")
        most = {Days.BUSINESS: 0, Days.WEEKLY: _DAYS_OF_A_WEEK, Days.MONTHLY: _DAYS_OF_A_MONTH}[self.days]
        wrong = any(not 1 <= number <= most for number in self.numbers) or len(set(self.numbers)) < len(self.numbers)
        if wrong or bool(self.numbers) != (most > 0):
            raise Invalid(
                "schedule_invalid",
                f"The days {list(self.numbers)} are not days of a {self.days.value} schedule.",
                fix="Weekly takes 1 to 7 (Monday is 1), monthly 1 to 31, business days none.",
            )

    def today(self, now: datetime) -> date:
        """The day that the zone's clock shows."""
        return now.astimezone(zone_named(self.zone)).date()

    def opening(self, day: date) -> datetime:
        """The instant, in UTC, from which a day's sweep may go."""
        return self._instant(day, self.opens)

    def closing(self, day: date) -> datetime:
        """The instant, in UTC, at which a day's sweep may go no longer; the first of two where clocks are put back."""
        return self._instant(day, self.cut_off)

    def _instant(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, tzinfo=zone_named(self.zone)).astimezone(UTC)

    def falls_on(self, day: date, is_business_day: IsBusinessDay) -> bool:
        """Whether a business day is one of the schedule's, after rolling."""
        if not is_business_day(day):
            return False
        match self.days:
            case Days.BUSINESS:
                return True
            case Days.WEEKLY:
                return any(one.isoweekday() in self.numbers for one in _rolling_to(day, is_business_day))
            case Days.MONTHLY:
                return any(self._of_month(number, day, is_business_day) == day for number in self.numbers)

    def _of_month(self, number: int, day: date, is_business_day: IsBusinessDay) -> date | None:
        last = calendar.monthrange(day.year, day.month)[1]
        named = day.replace(day=min(number, last))
        for step in (_DAY, -_DAY):
            found = named
            while found.month == day.month and not is_business_day(found):
                found += step
            if found.month == day.month:
                return found
        return None

    def next_after(self, day: date, is_business_day: IsBusinessDay) -> date | None:
        """The schedule's next day after a day; ``None`` where none comes within a year."""
        for ahead in range(1, _MOST_DAYS_AHEAD):
            found = day + timedelta(days=ahead)
            if self.falls_on(found, is_business_day):
                return found
        return None


def _rolling_to(day: date, is_business_day: IsBusinessDay) -> list[date]:
    """A business day and the days without banks right before it, which roll to it."""
    found = [day]
    for back in range(1, MAX_CLOSED_DAYS):
        earlier = day - timedelta(days=back)
        if is_business_day(earlier):
            break
        found.append(earlier)
    return found
