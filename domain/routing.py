"""Which way a debtor is asked for money: over which connection and rail, by limits, cost and health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Final

from domain.errors import Invalid, Refused
from domain.money import Money

FAILURES_UNTIL_AWAY: Final = 3
"""How many times in a row a platform must not answer before others are preferred to it."""
_SHORTEST_AWAY: Final = timedelta(minutes=1)
_LONGEST_AWAY: Final = timedelta(minutes=30)
_MOST_PERCENT: Final = 100
_FIELDS: Final = ("least", "most", "cost_percent", "cost_fixed")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a connection's contract says of a rail: the amounts that it takes, both ends included, and what it costs.

    Amounts are minor units of the connection's currency; ``None`` where the contract does not say.
    """

    least_minor: int | None = None
    most_minor: int | None = None
    cost_percent: Decimal | None = None
    cost_fixed_minor: int | None = None

    def take(self, minor: int) -> bool:
        """Whether an amount lies within the limits."""
        return (self.least_minor is None or minor >= self.least_minor) and (
            self.most_minor is None or minor <= self.most_minor
        )

    def cost_minor(self, minor: int) -> int | None:
        """What collecting an amount costs, rounded up to the minor unit; ``None`` where it is not known."""
        if self.cost_percent is None and self.cost_fixed_minor is None:
            return None
        share = minor * (self.cost_percent or Decimal()) / 100
        return int(share.to_integral_value(ROUND_CEILING)) + (self.cost_fixed_minor or 0)


def read_terms(stated: Mapping[str, str], currency: str) -> Terms:
    """Terms from texts in major units and percent: ``least``, ``most``, ``cost_percent``, ``cost_fixed``.

    Raises ``terms_invalid`` where a name is not known, a number is none, or no amount could lie within the limits.
    """
    unknown = sorted(set(stated) - set(_FIELDS))
    if unknown:
        raise _invalid(f"{', '.join(unknown)} is not one of {', '.join(_FIELDS)}")
    amounts = {name: _amount(name, stated.get(name), currency) for name in ("least", "most", "cost_fixed")}
    terms = Terms(amounts["least"], amounts["most"], _percent(stated.get("cost_percent")), amounts["cost_fixed"])
    if terms.least_minor is not None and terms.most_minor is not None and terms.least_minor > terms.most_minor:
        raise _invalid("`least` is above `most`")
    return terms


def _amount(name: str, text: str | None, currency: str) -> int | None:
    if text is None:
        return None
    minor = Money.parse(text, currency).minor
    if minor < 0:
        raise _invalid(f"`{name}` is below zero")
    return minor


def _percent(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise _invalid("`cost_percent` is not a number") from None
    if not value.is_finite() or not 0 <= value <= _MOST_PERCENT:
        raise _invalid("`cost_percent` is not between 0 and 100")
    return value


def _invalid(why: str) -> Invalid:
    return Invalid("terms_invalid", f"The terms of the rail cannot be used: {why}.", fix="State amounts like 10.00.")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask: a rail of a connection. ``takes_open`` where its code can leave the amount to the debtor.

    ``away_until`` is until when its platform is taken not to answer, ``None`` while it does.
    """

    connection_id: str
    rail: str
    made_here: bool
    takes_open: bool = False
    terms: Terms = field(default_factory=Terms)
    away_until: datetime | None = None


def ways_for(ways: Sequence[Way], amount: Money, *, amount_open: bool, now: datetime) -> tuple[Way, ...]:
    """The ways that can carry an amount, best first: those that answer, then the cheapest, then in the given order.

    A way whose cost is not known comes after those whose cost is. An empty sequence is ``no_rail``; where ways exist
    and none can carry it, ``open_amount_not_possible`` or ``amount_outside_limits``.
    """
    if not ways:
        raise Refused(
            "no_rail",
            "No connection can collect this currency in this country over this rail.",
            fix="Connect a platform for this country and currency.",
        )
    able = [way for way in ways if way.takes_open] if amount_open else list(ways)
    if not able:
        raise Refused(
            "open_amount_not_possible",
            "No connection makes codes that leave the amount to the debtor.",
            fix="Ask for a fixed amount.",
        )
    fitting = [way for way in able if amount_open or way.terms.take(amount.minor)]
    if not fitting:
        raise Refused(
            "amount_outside_limits",
            f"No connection takes {amount}: it is outside the limits of each.",
            fix="Ask for another amount, or change the limits.",
        )
    return tuple(sorted(fitting, key=lambda way: _rank(way, amount, now)))


def _rank(way: Way, amount: Money, now: datetime) -> tuple[bool, bool, int]:
    cost = way.terms.cost_minor(amount.minor)
    return is_away(way.away_until, now), cost is None, cost or 0


def is_away(until: datetime | None, now: datetime) -> bool:
    """Whether a platform is still taken not to answer."""
    return until is not None and now < until


def away_after(failures: int, now: datetime) -> datetime | None:
    """Until when a platform is passed over after failing so many times in a row: twice as long after each further."""
    beyond = failures - FAILURES_UNTIL_AWAY
    if beyond < 0:
        return None
    return now + min(_SHORTEST_AWAY * (1 << min(beyond, 10)), _LONGEST_AWAY)
