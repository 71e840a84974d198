"""Exchange rates: where one came from, of what day, by what path; stale or missing is an error, never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from domain.errors import Unavailable
from domain.money import Money


@dataclass(frozen=True, slots=True)
class Rate:
    """``value`` units of ``quote`` for one unit of ``base`` on ``as_of``; ``path`` are the pairs it was made of."""

    base: str
    quote: str
    value: Decimal
    as_of: date
    source: str
    path: tuple[str, ...]


class RateProvider(Protocol):
    """One source of rates."""

    code: str

    def rate(self, base: str, quote: str, on: date) -> Rate | None:
        """The rate last published on or before a day, or ``None`` where the source has none for the pair."""


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount, and what it is in another currency at which rate."""

    original: Money
    amount: Money
    rate: Rate


def fresh(rate: Rate | None, *, base: str, quote: str, on: date, limit_days: int) -> Rate:
    """The rate if there is one not older than ``limit_days`` on ``on``; else ``rate_missing`` or ``rate_stale``."""
    if rate is None:
        raise Unavailable(
            "rate_missing",
            f"No source has a rate from {base} to {quote} on {on}.",
            fix="Add a rate from treasury or connect another source.",
            base=base,
            quote=quote,
        )
    age_days = (on - rate.as_of).days
    if age_days > limit_days:
        raise Unavailable(
            "rate_stale",
            f"The newest rate from {base} to {quote} is of {rate.as_of}, {age_days} days before {on}.",
            fix=f"Rates may be at most {limit_days} days old; refresh the source.",
            base=base,
            quote=quote,
            as_of=rate.as_of.isoformat(),
        )
    return rate


def convert(amount: Money, rate: Rate) -> Converted:
    """The amount at a rate, rounded half up to the quote currency's minor unit."""
    return Converted(amount, amount.convert(rate=rate.value, currency=rate.quote), rate)
