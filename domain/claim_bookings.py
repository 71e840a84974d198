"""The accounting manual, third part: what debtors owe, what is given up, late amounts, and commission taken back."""

from __future__ import annotations

from domain.accounts import Role
from domain.bookings import Head, Leaves, entry
from domain.journal import JournalEntry
from domain.money import Money


def claim_opened(head: Head, *, receivable: str, placed: str, outstanding: Money) -> JournalEntry:
    """What a debtor owes when the loan is taken over for collection.

    ============  ============
    debit         credit
    ============  ============
    receivable    placed
    ============  ============
    """
    return entry(head, "claim_opened", [(receivable, outstanding), (placed, -outstanding)])


def claim_restated(head: Head, *, receivable: str, placed: str, change: Money) -> JournalEntry:
    """The creditor's own system states another balance: more owed (positive ``change``) or less (negative).

    ======================  ======================
    debit                   credit
    ======================  ======================
    receivable (more)       placed (more)
    placed (less)           receivable (less)
    ======================  ======================
    """
    return entry(head, "claim_restated", [(receivable, change), (placed, -change)])


def written_off(head: Head, *, receivable: str, written_off_to: str, amount: Money) -> JournalEntry:
    """The creditor gives a debt up in its books (the debtor may owe it still).

    ==============  ============
    debit           credit
    ==============  ============
    written_off     receivable
    ==============  ============
    """
    return entry(head, "written_off", [(written_off_to, amount), (receivable, -amount)])


def write_off_recovered(head: Head, *, receivable: str, recovered: str, amount: Money) -> JournalEntry:
    """Money came for a debt that was written off: it is owed again for that amount, which the receipt then pays.

    ============  ============
    debit         credit
    ============  ============
    receivable    recovered
    ============  ============
    """
    return entry(head, "write_off_recovered", [(receivable, amount), (recovered, -amount)])


def late_amount_for_charity(head: Head, *, receivable: str, charity: str, amount: Money) -> JournalEntry:
    """A late amount of an Islamic product: the debtor owes it, and it is never the creditor's income.

    ============  ============
    debit         credit
    ============  ============
    receivable    charity
    ============  ============
    """
    return entry(head, "charity_charged", [(receivable, amount), (charity, -amount)])


def charity_paid(head: Head, *, leaves: Leaves, charity: str, amount: Money) -> JournalEntry:
    """Late amounts collected are given to a charity.

    ============  ============
    debit         credit
    ============  ============
    charity       bank
    ============  ============
    """
    return entry(head, "charity_paid", [(charity, amount), (leaves[Role.BANK], -amount)])


def commission_clawed_back(head: Head, *, leaves: Leaves, amount: Money) -> JournalEntry:
    """Money on which an agency earned commission went back (negative: stands again): so does the commission.

    Where the commission was paid already, commission_payable then says what the agency owes.

    ====================  ============
    debit                 credit
    ====================  ============
    commission_payable    commission
    ====================  ============
    """
    return entry(
        head, "commission_clawed_back", [(leaves[Role.COMMISSION_PAYABLE], amount), (leaves[Role.COMMISSION], -amount)]
    )


def handed_on(head: Head, *, leaves: Leaves, amount: Money) -> JournalEntry:
    """Money held for others goes to them.

    ==================  ============
    debit               credit
    ==================  ============
    held_for_others     bank
    ==================  ============
    """
    return entry(head, "handed_on", [(leaves[Role.HELD_FOR_OTHERS], amount), (leaves[Role.BANK], -amount)])
