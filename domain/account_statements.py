"""An account's statement: what stood there when a period began, what moved in it and why, what stands there after.

Amounts are debit positive, as in the book: money held grows with receipts and shrinks with fees, refunds and payouts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.accounts import MONEY_ROLES, Account, Role
from domain.errors import AfluenteError, Invalid
from domain.fx import Converted
from domain.money import Money, total, zero

MAX_DAYS: Final = 3_660


class Movement(StrEnum):
    """Why a balance moved, in the order in which a statement lists it."""

    RECEIPTS = "receipts"
    FEES = "fees"
    TAXES_WITHHELD = "taxes_withheld"
    REFUNDS = "refunds"
    CHARGEBACKS = "chargebacks"
    RETURNED = "returned"
    SETTLED = "settled"
    SWEPT = "swept"
    FX = "fx"
    CLAIMS = "claims"
    OTHER = "other"


_OF_KIND: Final[Mapping[str, Movement]] = {
    "receipt": Movement.RECEIPTS,
    "platform_fee": Movement.FEES,
    "tax_withheld": Movement.TAXES_WITHHELD,
    "refund": Movement.REFUNDS,
    "chargeback": Movement.CHARGEBACKS,
    "returned": Movement.RETURNED,
    "transfer_returned": Movement.RETURNED,
    "settlement": Movement.SETTLED,
    "sweep": Movement.SWEPT,
    "fx": Movement.FX,
    "revaluation": Movement.FX,
    "claim_opened": Movement.CLAIMS,
    "claim_restated": Movement.CLAIMS,
}
_FAMILIES: Final[Mapping[str, Movement]] = {
    "chargeback": Movement.CHARGEBACKS,
    "pix": Movement.CHARGEBACKS,  # contested by the payer's bank (MED)
    "claim": Movement.CLAIMS,
    "charity": Movement.CLAIMS,
    "write": Movement.CLAIMS,
    "written": Movement.CLAIMS,
    "fx": Movement.FX,
    "refund": Movement.REFUNDS,
    "returned": Movement.RETURNED,
    "settlement": Movement.SETTLED,
    "sweep": Movement.SWEPT,
}
_OF_ROLE: Final[Mapping[str, Movement]] = {
    "fees": Movement.FEES,
    "withheld": Movement.TAXES_WITHHELD,
    "tax_withheld": Movement.TAXES_WITHHELD,
}
KEPT_ROLES: Final = frozenset(_OF_ROLE)
"""Roles of leaves on which a platform's or a state's part of a receipt is booked."""


def movement_of(kind: str) -> Movement:
    """Why an entry of a kind (a booking's name) moves a balance; of a reversal, the kind of what it reverses.

    A kind that no line of a statement is about is ``other``: shown with its name, never left out.
    """
    return _OF_KIND.get(kind) or _FAMILIES.get(kind.partition("_")[0], Movement.OTHER)


def movement_of_role(role: str) -> Movement | None:
    """The line to which a leaf's postings belong whatever the entry is called; ``None`` where the entry decides."""
    return _OF_ROLE.get(role)


def counted_roles(account: Account) -> frozenset[Role]:
    """The leaves whose balances make an account's figure: money held; of receivables what is owed; of a leaf itself."""
    if account.is_leaf:
        return frozenset({account.role})
    return frozenset({Role.RECEIVABLE}) if account.role in {Role.RECEIVABLES, Role.PORTFOLIO} else MONEY_ROLES


@dataclass(frozen=True, slots=True)
class Period:
    """Effective days from ``first`` up to, and without, ``until``."""

    first: date
    until: date

    def __post_init__(self) -> None:
        if self.until <= self.first:
            raise Invalid(
                "period_empty",
                f"The period ends on {self.until}, which is not after {self.first}.",
                fix="The end is the first day that no longer counts.",
            )
        if (self.until - self.first).days > MAX_DAYS:
            raise Invalid("period_too_long", f"A statement covers at most {MAX_DAYS} days.", limit_days=MAX_DAYS)

    @property
    def last(self) -> date:
        """The last day that counts."""
        return self.until - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Section:
    """One currency of a statement. ``entries`` counts the journal entries that moved something in it."""

    opening: Money
    movements: Mapping[Movement, Money]
    closing: Money
    entries: int

    def __post_init__(self) -> None:
        moved = total(list(self.movements.values()), self.opening.currency)
        if self.opening + moved != self.closing:
            raise Invalid(
                "statement_unbalanced",
                f"{self.opening} and movements of {moved} do not make {self.closing}.",
                currency=self.currency,
            )

    @property
    def currency(self) -> str:
        """The currency's ISO 4217 code."""
        return self.opening.currency

    @property
    def net(self) -> Money:
        """What all movements come to."""
        return self.closing - self.opening


@dataclass(frozen=True, slots=True)
class ConvertedSection:
    """A section's closing balance in the currency of account at a stated rate, or why it could not be converted."""

    original: Money
    converted: Converted | None
    error: AfluenteError | None


@dataclass(frozen=True, slots=True)
class ConvertedTotal:
    """All convertible sections in one currency, each at one rate for opening, movements and closing alike.

    ``rounding`` is what converting the parts one by one leaves over, so that opening, movements and rounding make
    the closing. ``complete`` is false where a currency had no rate: its line says why, and the total lacks it.
    """

    currency: str
    on: date
    lines: tuple[ConvertedSection, ...]
    opening: Money
    movements: Mapping[Movement, Money]
    rounding: Money
    closing: Money

    @property
    def complete(self) -> bool:
        """Whether every currency could be converted."""
        return all(line.converted is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class Counterpart:
    """An account on the other side of an entry."""

    account_id: str
    role: Role
    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a line for one reason: a receipt of 100 with a fee of 3 has two parts."""

    movement: Movement
    amount: Money


@dataclass(frozen=True, slots=True)
class Line:
    """What one journal entry did to the account in one currency, with the accounts on its other side.

    The parts may come to nothing: money that went from the platform to the bank stays money held.
    """

    entry_id: str
    seq: int
    kind: str
    effective_date: date
    booked_at: datetime
    source: str
    reverses: str | None
    amount: Money
    parts: tuple[Part, ...]
    counterparts: tuple[Counterpart, ...]


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """An account over a period, as the book tells it now or told it at ``known_at``."""

    account: Account
    period: Period
    known_at: datetime | None
    sections: tuple[Section, ...]
    converted: ConvertedTotal | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of lines ended: lines are in order of effective day, then of booking."""

    day: date
    seq: int


@dataclass(frozen=True, slots=True)
class LinePage:
    """Some lines in order, and the place after which more stand (``None`` on the last page)."""

    lines: tuple[Line, ...]
    more: Place | None = field(default=None)


def parts_of(amount: Money, kept: Mapping[Movement, Money], movement: Movement) -> tuple[Part, ...]:
    """A change in money held, told apart: what was kept of it counts against fees and taxes, the rest is its reason.

    ``kept`` are debits on the leaves of fees and taxes in the same entry. The parts always come to ``amount``.
    """
    moved: dict[Movement, Money] = {}
    for reason, held_back in kept.items():
        moved[reason] = moved.get(reason, zero(amount.currency)) - held_back
    rest = amount - total(list(moved.values()), amount.currency)
    moved[movement] = moved.get(movement, zero(amount.currency)) + rest
    return tuple(Part(reason, moved[reason]) for reason in Movement if moved.get(reason))
