"""Days on which banks settle a currency: the calendar of the country, or the central bank, where it is at home.

A served country keeps its own calendar. The others are public holidays by the ``holidays`` package (the euro by the
European Central Bank's TARGET days). A day on which only some banks close counts as closed: a sweep that waits a day
costs less than one that is sent back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from holidays import financial_holidays

from connectors import registry
from connectors.shared.public_holidays import holidays_in
from domain.contacts import Calendar
from domain.errors import Unavailable
from domain.sweep_schedules import IsBusinessDay

_WEEKEND: Final = frozenset({5, 6})
_FRIDAY_AND_SATURDAY: Final = frozenset({4, 5})
_TARGET: Final = "ECB"
_HOMES: Final[Mapping[str, str]] = {
    "AUD": "AU",
    "BHD": "BH",
    "CAD": "CA",
    "CHF": "CH",
    "CNY": "CN",
    "EUR": _TARGET,
    "GBP": "GB",
    "HKD": "HK",
    "JOD": "JO",
    "JPY": "JP",
    "KRW": "KR",
    "KWD": "KW",
    "OMR": "OM",
    "QAR": "QA",
    "SAR": "SA",
    "SGD": "SG",
    "USD": "US",
}
_REST_ON_FRIDAY: Final = frozenset({"BH", "JO", "KW", "OM", "QA", "SA"})


@dataclass(frozen=True, slots=True)
class SettlementCalendar:
    """The days of a currency whose home has no folder here."""

    home: str

    def holiday(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - nationwide
        """The holiday on a day, or ``None``."""
        if self.home == _TARGET:
            return _target_days(day.year).get(day)
        named = holidays_in(self.home, day.year).get(day)
        return named.name if named else None

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        """Whether the currency is settled on a day."""
        weekend = _FRIDAY_AND_SATURDAY if self.home in _REST_ON_FRIDAY else _WEEKEND
        return day.weekday() not in weekend and self.holiday(day, subdivision) is None

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - none is known
        """No special period is known."""
        return None

    def estimated(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - nationwide
        """Whether a holiday stands on this day by computation only."""
        named = None if self.home == _TARGET else holidays_in(self.home, day.year).get(day)
        return named is not None and named.estimated


def of_currency(currency: str) -> Calendar:
    """The calendar of the currency's home; raises ``Unavailable``: ``calendar_unknown`` where none is known."""
    for country in registry.countries().values():
        if country.currency == currency:
            return country.calendar
    home = _HOMES.get(currency)
    if home is None:
        raise Unavailable(
            "calendar_unknown",
            f"It is not known on which days banks settle {currency}.",
            fix="Let the parent account be kept in another currency.",
            currency=currency,
        )
    return SettlementCalendar(home)


def between(country: str, currency: str) -> IsBusinessDay:
    """Whether banks work in a served country and where a currency is at home.

    Raises ``country_unknown`` and ``calendar_unknown``.
    """
    here, there = registry.country(country).calendar, of_currency(currency)
    return lambda day: here.is_working_day(day, None) and there.is_working_day(day, None)


@lru_cache(maxsize=32)
def _target_days(year: int) -> Mapping[date, str]:
    return dict(financial_holidays(_TARGET, years=year).items())
