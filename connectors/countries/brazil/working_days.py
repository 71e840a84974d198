"""Brazil's days: holidays of nation and state, optional days such as Carnival, and the calendar that banks keep.

Source: the ``holidays`` package (Lei 662/1949 and state laws; B3's own calendar). Bank days follow B3 without
24 and 31 December, on which B3 alone closes; this agrees with the seven examples of the API Pix specification.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from holidays import financial_holidays

from connectors.countries.brazil.zones import SUBDIVISIONS
from connectors.shared.public_holidays import holidays_in
from domain.calendars import next_working_day

_SATURDAY: Final = 5
_ONLY_THE_EXCHANGE_CLOSES: Final = frozenset({(12, 24), (12, 31)})
# Days off by custom. The other optional days (public servants' day, the eves) close no household.
_OPTIONAL: Final = frozenset({"Carnival", "Ash Wednesday", "Corpus Christi"})


class BrazilianCalendar:
    """Days of Brazil. Where the state is unknown, a holiday of any state counts as one."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:
        """The national or state holiday on a day, or ``None``."""
        states = SUBDIVISIONS if subdivision is None else (subdivision,)
        found = (_state_holiday(day, state) for state in states)
        return next((name for name in found if name), None)

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        """Whether banks work; with a subdivision, in that state."""
        if day.weekday() >= _SATURDAY or day in _bank_holidays(day.year):
            return False
        return subdivision is None or _state_holiday(day, subdivision) is None

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - nationwide
        """``optional_holiday`` on Carnival's three days and Corpus Christi, which are no holidays by national law."""
        named = holidays_in("BR", day.year, categories=("optional",)).get(day)
        return "optional_holiday" if named and named.name in _OPTIONAL else None

    def estimated(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - nationwide
        """Whether a holiday's date may still move: none does, Easter is computed and saints' days stand."""
        named = holidays_in("BR", day.year).get(day)
        return named is not None and named.estimated


CALENDAR: Final = BrazilianCalendar()


def last_payable_day(due: date, validity_days: int) -> date:
    """The last day on which a Pix charge with due date (cobv) is accepted.

    A due date on a day without banks rolls to the next bank day; ``validity_days`` calendar days are counted from
    there, and a last day without banks rolls again. Source: API Pix 2.9.0, ``validadeAposVencimento``, examples A to G.
    """
    rolled = next_working_day(CALENDAR, due)
    return next_working_day(CALENDAR, rolled + timedelta(days=validity_days))


def _state_holiday(day: date, state: str) -> str | None:
    named = holidays_in("BR", day.year, subdivision=state.removeprefix("BR-")).get(day)
    return named.name if named else None


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    listed = financial_holidays("BVMF", years=year)
    return frozenset(day for day in listed if (day.month, day.day) not in _ONLY_THE_EXCHANGE_CLOSES)
