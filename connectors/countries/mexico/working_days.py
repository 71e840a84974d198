"""Mexico's days: the mandatory days of rest of the labour law, and the days on which banks close besides.

Source: the ``holidays`` package (Ley Federal del Trabajo art. 74; the exchange BMV, whose days banks follow: Holy
Thursday and Friday, 2 November, 12 December).
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

from holidays import financial_holidays

from connectors.shared.public_holidays import holidays_in

_SATURDAY: Final = 5


class MexicanCalendar:
    """Days of Mexico, the same in every state."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - nationwide
        """The mandatory day of rest on a day, or ``None``."""
        named = holidays_in("MX", day.year).get(day)
        return named.name if named else None

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        """Whether banks work: Monday to Friday without days of rest and the exchange's closing days."""
        return (
            day.weekday() < _SATURDAY and self.holiday(day, subdivision) is None and day not in _bank_holidays(day.year)
        )

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - nationwide
        """No special period is known."""
        return None

    def estimated(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - nationwide
        """Whether a holiday's date may still move; none does."""
        named = holidays_in("MX", day.year).get(day)
        return named is not None and named.estimated


CALENDAR: Final = MexicanCalendar()


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(financial_holidays("BMV", years=year))
