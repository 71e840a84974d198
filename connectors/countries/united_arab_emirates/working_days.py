"""The Emirates' days: public holidays, the Friday of Sharjah, and Ramadan by the Umm al-Qura calendar.

Source: the ``holidays`` package and ``hijridate``. Islamic dates are announced by sight of the moon: until then they
are estimates and may move by a day, Ramadan's first and last day too.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

from hijridate import Gregorian

from connectors.shared.public_holidays import holidays_in

SHARJAH: Final = "AE-SH"
_FRIDAY: Final = 4
_SATURDAY: Final = 5
_RAMADAN: Final = 9
# Where the moon was seen on another day than computed: local first and last day of Ramadan, by Hijri year.
_ANNOUNCED: Final[dict[int, tuple[date, date]]] = {}


class EmiratiCalendar:
    """Days of the United Arab Emirates."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - federal
        """The federal public holiday on a day, or ``None``."""
        named = holidays_in("AE", day.year).get(day)
        return named.name if named else None

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        """Whether banks and offices work: Monday to Friday, in Sharjah to Thursday (from memory, since 2022)."""
        last = _FRIDAY if subdivision == SHARJAH else _SATURDAY
        return day.weekday() < last and self.holiday(day, subdivision) is None

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - federal
        """``ramadan`` in the month of fasting."""
        return "ramadan" if _in_ramadan(day) else None


CALENDAR: Final = EmiratiCalendar()


def estimated(day: date) -> bool:
    """Whether a holiday stands on this day by computation only and may move by a day once the moon is seen."""
    named = holidays_in("AE", day.year).get(day)
    return named is not None and named.estimated


@lru_cache(maxsize=8192)
def _in_ramadan(day: date) -> bool:
    hijri = Gregorian(day.year, day.month, day.day).to_hijri()
    first_and_last = _ANNOUNCED.get(hijri.year)
    if first_and_last is not None:
        return first_and_last[0] <= day <= first_and_last[1]
    return bool(hijri.month == _RAMADAN)
