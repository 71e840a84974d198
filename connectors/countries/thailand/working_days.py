"""Thailand's days: official holidays with their substitutes, and the bank's own closing days.

Source: the ``holidays`` package after the cabinet's and the Bank of Thailand's yearly lists. Observances on which
nobody is off, such as National Children's Day, are left out.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.public_holidays import holidays_in

_SATURDAY: Final = 5
_OBSERVANCES: Final = frozenset({"National Children's Day"})


class ThaiCalendar:
    """Days of Thailand, the same in every province."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - nationwide
        """The official holiday on a day, or ``None``; days off of government offices count."""
        return _named(day, ("public", "government"))

    def is_working_day(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - nationwide
        """Whether banks work: Monday to Friday without public and bank holidays."""
        return day.weekday() < _SATURDAY and _named(day, ("public", "bank")) is None

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - nationwide
        """No special period is known."""
        return None

    def estimated(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - nationwide
        """Whether a holiday stands on this day by computation only; Buddhist days are fixed by the yearly list."""
        named = holidays_in("TH", day.year, categories=("public", "government")).get(day)
        return named is not None and named.estimated


CALENDAR: Final = ThaiCalendar()


def _named(day: date, categories: tuple[str, ...]) -> str | None:
    named = holidays_in("TH", day.year, categories=categories).get(day)
    return None if named is None or named.name in _OBSERVANCES else named.name
