"""Ruritania's days: Coronation Day on the first of March, and a festival week of the red rose in June."""

from __future__ import annotations

from datetime import date
from typing import Final

_CORONATION: Final = (3, 1)
_JUNE: Final = 6
_FESTIVAL: Final = range(10, 17)
_SUNDAY: Final = 6


class RuritanianCalendar:
    """Days of Ruritania: offices work Monday to Saturday."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - one kingdom
        """Coronation Day, or ``None``."""
        return "Coronation Day" if (day.month, day.day) == _CORONATION else None

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        """Monday to Saturday without Coronation Day."""
        return day.weekday() != _SUNDAY and self.holiday(day, subdivision) is None

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - one kingdom
        """``red_rose`` in the festival week."""
        return "red_rose" if day.month == _JUNE and day.day in _FESTIVAL else None

    def estimated(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - one kingdom
        """No holiday of Ruritania may move."""
        return False


CALENDAR: Final = RuritanianCalendar()
