"""The Emirates' days: public holidays, the Friday of Sharjah, and Ramadan by the Umm al-Qura calendar.

Source: the ``holidays`` package and ``hijridate``. Islamic dates are announced by sight of the moon: until then they
are estimates and may move by a day, Ramadan's first and last day too.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.hijri import RAMADAN, Announced, in_ramadan
from connectors.shared.public_holidays import holidays_in

SHARJAH: Final = "AE-SH"
NEW_WEEK: Final = date(2022, 1, 1)  # from memory; until then all emirates rested on Friday and Saturday
_FRIDAY: Final = 4
_SATURDAY: Final = 5
# Where the moon was seen on another day than computed: local first and last day of Ramadan, by Hijri year.
_ANNOUNCED: Final[Announced] = {}


class EmiratiCalendar:
    """Days of the United Arab Emirates."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - federal
        """The federal public holiday on a day, or ``None``."""
        named = holidays_in("AE", day.year).get(day)
        return named.name if named else None

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        """Whether banks and offices work: Monday to Friday, in Sharjah to Thursday; until 2021 Sunday to Thursday."""
        if day < NEW_WEEK:
            works = day.weekday() not in {_FRIDAY, _SATURDAY}
        else:
            works = day.weekday() < (_FRIDAY if subdivision == SHARJAH else _SATURDAY)
        return works and self.holiday(day, subdivision) is None

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - federal
        """``ramadan`` in the month of fasting."""
        return RAMADAN if in_ramadan(day, _ANNOUNCED) else None

    def estimated(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - federal
        """Whether a holiday stands on this day by computation only and may move by a day once the moon is seen."""
        named = holidays_in("AE", day.year).get(day)
        return named is not None and named.estimated


CALENDAR: Final = EmiratiCalendar()
