"""Differences between what the book, a platform and a bank say: their kinds, by when, and what may be done of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.ageing import step_of
from domain.errors import Forbidden, Invalid, Refused
from domain.money import Money

MAX_NOTE: Final = 500
STANDING: Final = ("open", "claimed")
"""The states in which a difference still stands in the way of a day's close."""


class DifferenceKind(StrEnum):
    """What is wrong. The first group is between two reports, the second about a receipt, the last about none."""

    MISSING_IN_BOOK = "missing_in_book"
    MISSING_AT_BANK = "missing_at_bank"
    MISSING_AT_PLATFORM = "missing_at_platform"
    AMOUNT = "amount"
    FEE_VARIANCE = "fee_variance"
    TAX_VARIANCE = "tax_variance"
    DUPLICATE = "duplicate"
    WRONG_ACCOUNT = "wrong_account"

    UNIDENTIFIED = "unidentified"
    OVERPAID = "overpaid"
    DUPLICATE_PAYMENT = "duplicate_payment"
    AFTER_CLOSURE = "after_closure"
    WRONG_CURRENCY = "wrong_currency"
    THIRD_PARTY_PAYER = "third_party_payer"
    MONEY_OUT = "money_out"

    MISSING = "missing"  # expected of a debtor or an agency, and its time is up


class Resolution(StrEnum):
    """What was done about a difference."""

    EXPLAINED = "explained"  # its other side came after all
    BOOK_FEE = "book_fee"
    BOOK_TAX = "book_tax"
    BOOK_LINE = "book_line"
    WRITE_OFF = "write_off"
    CLAIM = "claim"
    REASSIGN = "reassign"
    REFUND = "refund"
    HOLD_FOR_ANOTHER = "hold_for_another"
    ACCEPT = "accept"


_OF_REPORTS: Final = frozenset({Resolution.WRITE_OFF, Resolution.CLAIM, Resolution.ACCEPT})
_OF_RECEIPTS: Final = frozenset(
    {Resolution.REASSIGN, Resolution.REFUND, Resolution.HOLD_FOR_ANOTHER, Resolution.ACCEPT}
)
MAY: Final[Mapping[DifferenceKind, frozenset[Resolution]]] = {
    DifferenceKind.MISSING_IN_BOOK: _OF_REPORTS | {Resolution.BOOK_LINE, Resolution.BOOK_FEE, Resolution.BOOK_TAX},
    DifferenceKind.MISSING_AT_BANK: _OF_REPORTS,
    DifferenceKind.MISSING_AT_PLATFORM: _OF_REPORTS,
    DifferenceKind.AMOUNT: _OF_REPORTS | {Resolution.BOOK_FEE, Resolution.BOOK_TAX},
    DifferenceKind.FEE_VARIANCE: frozenset({Resolution.BOOK_FEE, Resolution.CLAIM, Resolution.ACCEPT}),
    DifferenceKind.TAX_VARIANCE: frozenset({Resolution.BOOK_TAX, Resolution.CLAIM, Resolution.ACCEPT}),
    DifferenceKind.DUPLICATE: frozenset({Resolution.CLAIM, Resolution.ACCEPT}),
    DifferenceKind.WRONG_ACCOUNT: frozenset({Resolution.CLAIM, Resolution.ACCEPT, Resolution.BOOK_LINE}),
    DifferenceKind.UNIDENTIFIED: _OF_RECEIPTS,
    DifferenceKind.OVERPAID: _OF_RECEIPTS,
    DifferenceKind.DUPLICATE_PAYMENT: _OF_RECEIPTS,
    DifferenceKind.AFTER_CLOSURE: _OF_RECEIPTS,
    DifferenceKind.WRONG_CURRENCY: _OF_RECEIPTS,
    DifferenceKind.THIRD_PARTY_PAYER: _OF_RECEIPTS,
    DifferenceKind.MONEY_OUT: frozenset(
        {Resolution.BOOK_FEE, Resolution.BOOK_TAX, Resolution.CLAIM, Resolution.ACCEPT}
    ),
    DifferenceKind.MISSING: frozenset({Resolution.CLAIM, Resolution.ACCEPT}),
}
"""What may be done about each kind."""

WRITE_OFF_UNITS: Final[Mapping[str, Decimal]] = {"treasury": Decimal(50), "admin": Decimal(500)}
"""Up to how many units of the parent's settlement currency each role may write off alone; house policy."""
_DUE_DAYS: Final = (5, 3, 2, 1)  # for each of ``domain.ageing.AGE_STEPS``: what is older is due sooner


def due_date(day: date, today: date) -> date:
    """By when somebody should have looked at a difference of money of ``day``: the older, the sooner."""
    return today + timedelta(days=_DUE_DAYS[step_of(max(0, (today - day).days))])


def undoable(kind: DifferenceKind, resolution: Resolution) -> bool:
    """Whether what was done can be taken back here; what is an event of a receipt by now is corrected there."""
    if kind is DifferenceKind.MONEY_OUT and resolution in {Resolution.BOOK_FEE, Resolution.BOOK_TAX}:
        return False
    return resolution not in _EVENTS


_EVENTS: Final = frozenset({Resolution.EXPLAINED, Resolution.BOOK_LINE, Resolution.REFUND, Resolution.HOLD_FOR_ANOTHER})


def check_resolution(kind: DifferenceKind, resolution: Resolution, note: str) -> None:
    """Refuse what does not fit: ``resolution_not_of_kind``, ``reason_missing``, ``reason_too_long``."""
    if resolution not in MAY[kind]:
        may = ", ".join(sorted(one.value for one in MAY[kind]))
        raise Invalid("resolution_not_of_kind", f"A difference of kind {kind.value} is not resolved so.", fix=may)
    if not note.strip():
        raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
    if len(note) > MAX_NOTE:
        raise Invalid("reason_too_long", f"A reason has at most {MAX_NOTE} characters.", limit=MAX_NOTE)


def write_off_limit(roles: frozenset[str], settlement_currency: str) -> Money:
    """How much somebody with these roles may write off alone, in the parent's currency; ``role_missing``."""
    units = [WRITE_OFF_UNITS[role] for role in roles if role in WRITE_OFF_UNITS]
    if not units:
        raise Forbidden("role_missing", "Nothing may be written off with these roles.", roles=sorted(WRITE_OFF_UNITS))
    return Money.parse(max(units), settlement_currency)


def check_write_off(worth: Money, limit: Money) -> None:
    """Refuse with ``write_off_above_limit`` what is worth more than may be written off alone, on either side."""
    if abs(worth.minor) > limit.minor:
        raise Refused(
            "write_off_above_limit",
            f"{worth} is more than the {limit} that this role may write off.",
            fix="Ask somebody with a higher limit, or claim it.",
            limit=str(limit),
        )
