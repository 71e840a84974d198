"""The accounting manual: one pure function for each business event; its docstring is the debit/credit table.

Every function returns one balanced entry. ``Leaves`` names the child account's leaves by role; receivable leaves
come with the allocation. Amounts are in the currency of the child account unless a line says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.accounts import Role
from domain.errors import Invalid
from domain.journal import JournalEntry, Posting
from domain.money import Money, total

Leaves = Mapping[Role, str]
"""The identifiers of a child account's leaves, by role."""


@dataclass(frozen=True, slots=True)
class Head:
    """What every entry carries: its identifier, key, day and cause."""

    id: str
    key: str
    effective_date: date
    source: str


def _entry(head: Head, kind: str, lines: Sequence[tuple[str, Money]]) -> JournalEntry:
    postings = tuple(Posting(account_id, amount) for account_id, amount in lines if amount)
    return JournalEntry(
        id=head.id,
        kind=kind,
        key=head.key,
        effective_date=head.effective_date,
        postings=postings,
        source=head.source,
    )


def claim_opened(head: Head, *, receivable: str, placed: str, outstanding: Money) -> JournalEntry:
    """What a debtor owes when the loan is taken over for collection.

    ============  ============
    debit         credit
    ============  ============
    receivable    placed
    ============  ============
    """
    return _entry(head, "claim_opened", [(receivable, outstanding), (placed, -outstanding)])


def claim_restated(head: Head, *, receivable: str, placed: str, change: Money) -> JournalEntry:
    """The creditor's own system states another balance: more owed (positive ``change``) or less (negative).

    ======================  ======================
    debit                   credit
    ======================  ======================
    receivable (more)       placed (more)
    placed (less)           receivable (less)
    ======================  ======================
    """
    return _entry(head, "claim_restated", [(receivable, change), (placed, -change)])


def receipt(
    head: Head,
    *,
    leaves: Leaves,
    amount: Money,
    fee: Money,
    allocated: Sequence[tuple[str, Money]],
    to_bank: bool,
) -> JournalEntry:
    """Money arrived at the platform (or straight in the bank); what no debt explains goes to suspense.

    =======================================  ===================================
    debit                                    credit
    =======================================  ===================================
    clearing or bank (amount less fee)       receivable of each loan (allocated)
    fees (fee kept by the platform)          suspense (the rest)
    =======================================  ===================================

    A negative amount (a debit on a statement that nothing explains) turns both sides: suspense is debited.
    """
    held = leaves[Role.BANK if to_bank else Role.CLEARING]
    matched = total([part for _, part in allocated], amount.currency)
    rest = amount - matched
    if allocated and (rest.minor < 0 or matched.minor <= 0):
        raise Invalid("allocation_exceeds_receipt", f"{matched} were allocated of {amount}.")
    lines = [(held, amount - fee), (leaves[Role.FEES], fee)]
    lines += [(account, -part) for account, part in allocated]
    lines.append((leaves[Role.SUSPENSE], -rest))
    return _entry(head, "receipt", lines)


def suspense_applied(head: Head, *, leaves: Leaves, allocated: Sequence[tuple[str, Money]]) -> JournalEntry:
    """Money that waited is matched to debts.

    ============  ===================================
    debit         credit
    ============  ===================================
    suspense      receivable of each loan
    ============  ===================================
    """
    currency = allocated[0][1].currency
    matched = total([part for _, part in allocated], currency)
    return _entry(
        head,
        "suspense_applied",
        [(leaves[Role.SUSPENSE], matched), *((account, -part) for account, part in allocated)],
    )


def receipt_returned(
    head: Head,
    *,
    leaves: Leaves,
    kind: str,
    unallocated: Sequence[tuple[str, Money]],
    from_suspense: Money,
    to_bank: bool,
) -> JournalEntry:
    """A receipt (or part of it) went back: refund, chargeback or returned transfer. ``kind`` names which.

    =========================================  =======================================
    debit                                      credit
    =========================================  =======================================
    receivable of each loan (owed again)       clearing or bank (the amount gone back)
    suspense (what had not been allocated)
    =========================================  =======================================
    """
    held = leaves[Role.BANK if to_bank else Role.CLEARING]
    gone = total([part for _, part in unallocated], from_suspense.currency) + from_suspense
    return _entry(
        head,
        kind,
        [*unallocated, (leaves[Role.SUSPENSE], from_suspense), (held, -gone)],
    )


def settlement(head: Head, *, leaves: Leaves, net: Money) -> JournalEntry:
    """The platform paid out a batch to the bank.

    ============  ============
    debit         credit
    ============  ============
    bank          clearing
    ============  ============
    """
    return _entry(head, "settlement", [(leaves[Role.BANK], net), (leaves[Role.CLEARING], -net)])


def tax_withheld(head: Head, *, leaves: Leaves, amount: Money) -> JournalEntry:
    """The platform or bank kept tax or a reserve back.

    ============  ============
    debit         credit
    ============  ============
    withheld      clearing
    ============  ============
    """
    return _entry(head, "tax_withheld", [(leaves[Role.WITHHELD], amount), (leaves[Role.CLEARING], -amount)])


def platform_fee(head: Head, *, leaves: Leaves, amount: Money) -> JournalEntry:
    """A fee that the platform took later than the receipt.

    ============  ============
    debit         credit
    ============  ============
    fees          clearing
    ============  ============
    """
    return _entry(head, "platform_fee", [(leaves[Role.FEES], amount), (leaves[Role.CLEARING], -amount)])
