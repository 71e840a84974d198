"""What holding foreign money earned or cost: its basis by moving average, day by day, realised and not yet realised.

A holding is money in one foreign currency under a parent account, and its *basis*: what it cost in the settlement
currency. Of each day:

1. what was received adds to the basis at the day's rate, and money bought adds what was paid for it;
2. what left takes a part of the basis with it in proportion to the amount. Of money that was exchanged the difference
   to what it brought at the middle rate is *realised* (what the bank kept is a cost of its own, the spread); refunds,
   fees and other outflows leave at their basis and earn nothing.

What the holding is worth at the rate of a close, less its basis, is *unrealised*.

Where more left than was held, the rest leaves at the day's rate and is owed: amount and basis are negative, and the
same rule mirrored holds for what comes in to cover it, so that the difference to what it had left at is realised.

Rounding: each conversion and each proportion is rounded once, half away from zero, to the minor unit; whoever takes
all takes all of the basis, so a holding of nothing has a basis of nothing. Inflows of a day come before its outflows,
so the order inside a day changes nothing. Always, to the minor unit:
realised + unrealised = worth - (arrived - brought - left).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.errors import Invalid
from domain.fx import Rate, convert
from domain.money import Money, zero


@dataclass(frozen=True, slots=True)
class Holding:
    """So much of a foreign currency, and what it cost in the settlement currency; negative where it is owed."""

    amount: Money
    basis: Money

    def __post_init__(self) -> None:
        if self.amount.currency == self.basis.currency:
            raise Invalid("holding_not_foreign", f"{self.amount.currency} is no foreign currency to itself.")
        if not self.amount and self.basis:
            raise Invalid("holding_basis_left", f"Nothing is held, and {self.basis} is left of its basis.")

    @classmethod
    def nothing(cls, currency: str, settlement_currency: str) -> Holding:
        """Nothing held, at no cost."""
        return cls(zero(currency), zero(settlement_currency))

    def as_document(self) -> dict[str, Any]:
        """The holding as a JSON object, in minor units."""
        return {
            "currency": self.amount.currency,
            "minor": self.amount.minor,
            "settlement_currency": self.basis.currency,
            "basis_minor": self.basis.minor,
        }

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Holding:
        """The holding that ``as_document`` wrote."""
        return cls(
            Money(document["minor"], document["currency"]),
            Money(document["basis_minor"], document["settlement_currency"]),
        )


@dataclass(frozen=True, slots=True)
class Movement:
    """What one entry, or several of a day together, did to a holding.

    ``received`` and ``spent`` are of the foreign currency and not negative. ``sold`` of it brought ``brought`` in the
    settlement currency at the middle rate; ``bought`` cost ``paid``.
    """

    received: Money
    spent: Money
    sold: Money
    brought: Money
    bought: Money
    paid: Money

    def __post_init__(self) -> None:
        parts = (self.received, self.spent, self.sold, self.brought, self.bought, self.paid)
        if any(part.minor < 0 for part in parts):
            raise Invalid("movement_negative", "What came in and what went out are told apart, not by a sign.")

    @property
    def net(self) -> Money:
        """What came in less what went out."""
        return self.received + self.bought - self.spent - self.sold

    def __add__(self, other: Movement) -> Movement:
        return Movement(
            self.received + other.received,
            self.spent + other.spent,
            self.sold + other.sold,
            self.brought + other.brought,
            self.bought + other.bought,
            self.paid + other.paid,
        )

    @classmethod
    def none(cls, currency: str, settlement_currency: str) -> Movement:
        """A day on which nothing moved."""
        foreign, own = zero(currency), zero(settlement_currency)
        return cls(foreign, foreign, foreign, own, foreign, own)

    @classmethod
    def plain(cls, amount: Money, settlement_currency: str) -> Movement:
        """Money that came (positive) or left (negative) without an exchange."""
        nothing = cls.none(amount.currency, settlement_currency)
        came, went = max(amount.minor, 0), max(-amount.minor, 0)
        return nothing + cls(
            Money(came, amount.currency),
            Money(went, amount.currency),
            nothing.sold,
            nothing.brought,
            nothing.bought,
            nothing.paid,
        )

    @classmethod
    def exchanged(cls, amount: Money, at_middle: Money) -> Movement:
        """Money that left for ``at_middle`` of the settlement currency; both negative where it was bought."""
        nothing = cls.none(amount.currency, at_middle.currency)
        if amount.minor < 0:
            return cls(nothing.received, nothing.spent, nothing.sold, nothing.brought, -amount, -at_middle)
        return cls(nothing.received, nothing.spent, amount, at_middle, nothing.bought, nothing.paid)


@dataclass(frozen=True, slots=True)
class DayResult:
    """A holding at the end of a day, and what the day realised (negative: a loss), in the settlement currency.

    ``arrived`` is what inflows were worth, ``left`` what outflows without an exchange took of the basis.
    """

    holding: Holding
    realised: Money
    arrived: Money
    left: Money


def of_day(movements: Iterable[Movement], *, currency: str, settlement_currency: str) -> Movement:
    """All movements of a day as one; their order does not matter."""
    day = Movement.none(currency, settlement_currency)
    for movement in movements:
        day = day + movement
    return day


def needs_rate(holding: Holding, moved: Movement) -> bool:
    """Whether the day's rate matters to what moved: it does not where nothing was held, is held or was exchanged."""
    beyond = moved.spent.minor + moved.sold.minor > max(holding.amount.minor + moved.bought.minor, 0)
    return not _is_inert(holding, moved) and bool(moved.received or beyond)


def _is_inert(holding: Holding, moved: Movement) -> bool:
    """Nothing was held, and what came in left again as it came."""
    return not holding.amount and not moved.net and not moved.sold and not moved.bought


def carry(holding: Holding, moved: Movement, rate: Rate | None) -> DayResult:
    """Carry a holding over a day; ``rate`` is the day's, into the settlement currency.

    Raises ``rate_needed`` where the day cannot be told without a rate (``needs_rate``).
    """
    own = holding.basis.currency
    if _is_inert(holding, moved):
        return DayResult(holding, zero(own), zero(own), zero(own))
    if rate is None and needs_rate(holding, moved):
        raise Invalid("rate_needed", f"The holding of {holding.amount.currency} moved, and the day has no rate.")
    amount, basis, covered, arrived = _taken_in(holding, moved, rate)
    amount, basis, sold_at, left = _let_out(amount, basis, moved, rate)
    realised = covered + moved.brought.minor - sold_at
    return DayResult(
        Holding(Money(amount, holding.amount.currency), Money(basis, own)),
        Money(realised, own),
        Money(arrived, own),
        Money(left, own),
    )


def _taken_in(holding: Holding, moved: Movement, rate: Rate | None) -> tuple[int, int, int, int]:
    """Amount, basis, what covering a debt realised, and what the inflows were worth."""
    amount, basis = holding.amount.minor, holding.basis.minor
    came = moved.received.minor + moved.bought.minor
    arrived = _worth(moved.received, rate) + moved.paid.minor
    if amount >= 0 or not came:
        return amount + came, basis + arrived, 0, arrived
    cover = min(came, -amount)
    owed_at = -_share(basis, cover, -amount)
    cover_cost = _share(arrived, cover, came)
    rest = arrived - cover_cost
    return amount + came, basis + owed_at + rest, owed_at - cover_cost, arrived


def _let_out(amount: int, basis: int, moved: Movement, rate: Rate | None) -> tuple[int, int, int, int]:
    """Amount, basis, at what the sold part left, and at what the rest left."""
    went = moved.sold.minor + moved.spent.minor
    if not went:
        return amount, basis, 0, 0
    held = min(went, max(amount, 0))
    out = _share(basis, held, amount) if held else 0
    out += _worth(Money(went - held, moved.sold.currency), rate)
    sold_at = _share(out, moved.sold.minor, went)
    return amount - went, basis - out, sold_at, out - sold_at


def _worth(amount: Money, rate: Rate | None) -> int:
    return convert(amount, rate).amount.minor if amount and rate is not None else 0


def _share(total: int, part: int, whole: int) -> int:
    """``total * part / whole``, rounded half away from zero; ``part`` and ``whole`` are not negative."""
    magnitude = (2 * abs(total) * part + whole) // (2 * whole)
    return -magnitude if total < 0 else magnitude


def worth(holding: Holding, rate: Rate) -> Money:
    """What a holding is worth in the settlement currency at a rate, rounded half away from zero."""
    return convert(holding.amount, rate).amount


def unrealised(holding: Holding, rate: Rate | None) -> Money:
    """What a holding is worth beyond its basis; ``rate_needed`` where something is held and there is no rate."""
    if not holding.amount:
        return zero(holding.basis.currency)
    if rate is None:
        raise Invalid("rate_needed", f"{holding.amount} cannot be valued without a rate.")
    return worth(holding, rate) - holding.basis


@dataclass(frozen=True, slots=True)
class Carried:
    """A holding carried over days: where it stands, and what they realised together."""

    holding: Holding
    realised: Money


def carry_days(holding: Holding, days: Mapping[date, Movement], rate_on: Callable[[date], Rate]) -> Carried:
    """Carry a holding over several days in their order, each at its own rate; asked for only where it matters."""
    realised = zero(holding.basis.currency)
    for day in sorted(days):
        rate = rate_on(day) if needs_rate(holding, days[day]) else None
        result = carry(holding, days[day], rate)
        holding, realised = result.holding, realised + result.realised
    return Carried(holding, realised)
