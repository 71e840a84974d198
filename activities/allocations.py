"""Paying instalments with a receipt, and taking back what it paid: the rows, apart from how it is booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from domain.allocation import Allocation, by_loan, undo
from domain.money import Money
from store import loans, receipts
from store.receipts import AllocationRow, Receipt


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken back of a receipt: out of suspense, out of instalments, and what it no longer held."""

    from_suspense: Money
    parts: tuple[Allocation, ...]
    lacking: Money

    @property
    def unallocated(self) -> dict[str, Money]:
        """What each loan lost."""
        return by_loan(self.parts, self.from_suspense.currency)


def pay(
    tx: Connection,
    receipt: Receipt,
    parts: Sequence[Allocation],
    *,
    sign: int,
    now: datetime,
    reversal_id: str | None = None,
) -> None:
    """Note parts of a receipt as paid (``sign`` 1) or unpaid again (-1) on their instalments."""
    known = loans.instalments(tx, list({part.loan_id for part in parts}))
    paid = {(row.loan_id, row.number): row.paid_minor for row in known}
    for part in parts:
        paid[part.loan_id, part.instalment] += sign * part.amount.minor
        loans.set_paid(tx, loan_id=part.loan_id, number=part.instalment, paid_minor=paid[part.loan_id, part.instalment])
    rows = [AllocationRow(part.loan_id, part.instalment, sign * part.amount.minor) for part in parts]
    receipts.allocate(tx, receipt, rows, now=now, reversal_id=reversal_id)


def take_back(
    tx: Connection, receipt: Receipt, amount: Money, *, now: datetime, reversal_id: str | None = None
) -> Taken:
    """Take an amount out of a receipt: first out of suspense, then out of allocations, the last allocated first."""
    currency = receipt.currency
    from_suspense = min(amount, Money(max(receipt.suspense_minor, 0), currency))
    held = [
        Allocation(row.loan_id, row.instalment, Money(row.amount_minor, currency))
        for row in receipts.allocations(tx, receipt.id)
    ]
    parts, lacking = undo(amount - from_suspense, held)
    pay(tx, receipt, parts, sign=-1, now=now, reversal_id=reversal_id)
    return Taken(from_suspense, parts, lacking)


def receivables(tx: Connection, amounts: dict[str, Money]) -> list[tuple[str, Money]]:
    """The receivable leaf of each loan, with its amount."""
    return [(loans.get(tx, loan_id).account_id, amount) for loan_id, amount in amounts.items()]
