"""The accounting manual: one pure function for each business event; its docstring is the debit/credit table.

Every function returns one balanced entry. ``Leaves`` names a child account's leaves by role; receivable leaves
come with the allocation. Amounts are positive, in the currency of the child account, unless a line says otherwise.
What is owed is in ``domain.claim_bookings``, sweeps and exchange are in ``domain.treasury_bookings``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.accounts import Role
from domain.errors import Invalid
from domain.journal import JournalEntry, Posting
from domain.money import Money, total, zero

Leaves = Mapping[Role, str]
"""The identifiers of a child account's leaves, by role."""


@dataclass(frozen=True, slots=True)
class Head:
    """What every entry carries: its identifier, key, day and cause."""

    id: str
    key: str
    effective_date: date
    source: str


def entry(head: Head, kind: str, lines: Sequence[tuple[str, Money]]) -> JournalEntry:
    """An entry of the lines that are not zero: account and amount, debit positive."""
    postings = tuple(Posting(account_id, amount) for account_id, amount in lines if amount)
    return JournalEntry(
        id=head.id,
        kind=kind,
        key=head.key,
        effective_date=head.effective_date,
        postings=postings,
        source=head.source,
    )


def receipt(
    head: Head,
    *,
    leaves: Leaves,
    amount: Money,
    fee: Money,
    allocated: Sequence[tuple[str, Money]],
    to_bank: bool,
    withheld: Money | None = None,
) -> JournalEntry:
    """Money arrived at the platform (or straight in the bank); what no debt explains goes to suspense.

    =================================================  ===================================
    debit                                              credit
    =================================================  ===================================
    clearing or bank (amount less fee and tax)         receivable of each loan (allocated)
    fees (fee kept by the platform)                    suspense (the rest)
    withheld (tax kept: IOF, GMF, tax on interest)
    =================================================  ===================================

    A negative amount (a debit on a statement that nothing explains) turns both sides: suspense is debited.
    """
    held = leaves[_held(to_bank=to_bank)]
    matched = total([part for _, part in allocated], amount.currency)
    rest = amount - matched
    tax = withheld or zero(amount.currency)
    if allocated and (rest.minor < 0 or matched.minor <= 0):
        raise Invalid("allocation_exceeds_receipt", f"{matched} were allocated of {amount}.")
    lines = [(held, amount - fee - tax), (leaves[Role.FEES], fee), (leaves[Role.WITHHELD], tax)]
    lines += [(account, -part) for account, part in allocated]
    lines.append((leaves[Role.SUSPENSE], -rest))
    return entry(head, "receipt", lines)


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
    lines = [(leaves[Role.SUSPENSE], matched), *((account, -part) for account, part in allocated)]
    return entry(head, "suspense_applied", lines)


def receipt_returned(
    head: Head,
    *,
    leaves: Leaves,
    kind: str,
    unallocated: Sequence[tuple[str, Money]],
    from_suspense: Money,
    to_bank: bool,
) -> JournalEntry:
    """A receipt (or part of it) went back: refund or returned transfer. ``kind`` names which.

    =========================================  =======================================
    debit                                      credit
    =========================================  =======================================
    receivable of each loan (owed again)       clearing or bank (the amount gone back)
    suspense (what had not been allocated)
    =========================================  =======================================
    """
    gone = total([part for _, part in unallocated], from_suspense.currency) + from_suspense
    lines = [*unallocated, (leaves[Role.SUSPENSE], from_suspense), (leaves[_held(to_bank=to_bank)], -gone)]
    return entry(head, kind, lines)


# What a platform keeps, holds back and pays out -------------------------------------------------------------------


def platform_fee(head: Head, *, leaves: Leaves, amount: Money, to_bank: bool = False) -> JournalEntry:
    """A fee that the platform took later than the receipt, or one that the bank took (``to_bank``).

    ============  ==================
    debit         credit
    ============  ==================
    fees          clearing or bank
    ============  ==================
    """
    return entry(head, "platform_fee", [(leaves[Role.FEES], amount), (leaves[_held(to_bank=to_bank)], -amount)])


def tax_withheld(head: Head, *, leaves: Leaves, amount: Money, to_bank: bool = False) -> JournalEntry:
    """Tax kept back: IOF, GMF of 4 in 1,000 on a debit in the bank (``to_bank``), withholding on interest.

    ============  ==================
    debit         credit
    ============  ==================
    withheld      clearing or bank
    ============  ==================
    """
    return entry(head, "tax_withheld", [(leaves[Role.WITHHELD], amount), (leaves[_held(to_bank=to_bank)], -amount)])


def settlement(
    head: Head,
    *,
    leaves: Leaves,
    net: Money,
    fee: Money | None = None,
    withheld: Money | None = None,
    in_bank: bool = True,
) -> JournalEntry:
    """The platform paid out a batch; ``fee`` and ``withheld`` are what it took off the batch itself.

    =======================================================  ================================
    debit                                                    credit
    =======================================================  ================================
    bank, or in_transit until the bank confirms it (net)     clearing (net and what it took)
    fees
    withheld
    =======================================================  ================================
    """
    cost, tax = fee or zero(net.currency), withheld or zero(net.currency)
    lines = [
        (leaves[Role.BANK if in_bank else Role.IN_TRANSIT], net),
        (leaves[Role.FEES], cost),
        (leaves[Role.WITHHELD], tax),
        (leaves[Role.CLEARING], -(net + cost + tax)),
    ]
    return entry(head, "settlement" if in_bank else "settlement_sent", lines)


def settlement_arrived(head: Head, *, leaves: Leaves, arrived: Money, expected: Money) -> JournalEntry:
    """The bank confirms a batch that was on its way; what banks between took is a fee.

    ============================  ======================
    debit                         credit
    ============================  ======================
    bank (arrived)                in_transit (expected)
    fees (expected less arrived)
    ============================  ======================
    """
    lines = [
        (leaves[Role.BANK], arrived),
        (leaves[Role.FEES], expected - arrived),
        (leaves[Role.IN_TRANSIT], -expected),
    ]
    return entry(head, "settlement_arrived", lines)


def contested(
    head: Head, *, leaves: Leaves, kind: str, amount: Money, fee: Money | None = None, to_bank: bool = False
) -> JournalEntry:
    """A payment is contested and the platform holds it back: a chargeback, a Pix MED claim. ``kind`` names which.

    ====================  ==================================
    debit                 credit
    ====================  ==================================
    chargeback_reserve    clearing or bank (amount and fee)
    fees (of the dispute)
    ====================  ==================================
    """
    cost = fee or zero(amount.currency)
    lines = [
        (leaves[Role.CHARGEBACK_RESERVE], amount),
        (leaves[Role.FEES], cost),
        (leaves[_held(to_bank=to_bank)], -(amount + cost)),
    ]
    return entry(head, f"{kind}_opened", lines)


def contest_won(head: Head, *, leaves: Leaves, kind: str, amount: Money, to_bank: bool = False) -> JournalEntry:
    """The contest ended for the creditor: the platform gives the money free again.

    ================  ====================
    debit             credit
    ================  ====================
    clearing or bank  chargeback_reserve
    ================  ====================
    """
    lines = [(leaves[_held(to_bank=to_bank)], amount), (leaves[Role.CHARGEBACK_RESERVE], -amount)]
    return entry(head, f"{kind}_won", lines)


def contest_lost(
    head: Head,
    *,
    leaves: Leaves,
    kind: str,
    unallocated: Sequence[tuple[str, Money]],
    from_suspense: Money,
    borne: Money,
) -> JournalEntry:
    """The contest ended for the payer; the debt stands again, or the creditor bears the loss (``borne``).

    =========================================  ====================
    debit                                      credit
    =========================================  ====================
    receivable of each loan (owed again)       chargeback_reserve
    suspense (what had not been allocated)
    chargeback_loss (borne)
    =========================================  ====================
    """
    gone = total([part for _, part in unallocated], borne.currency) + from_suspense + borne
    lines = [*unallocated, (leaves[Role.SUSPENSE], from_suspense), (leaves[Role.CHARGEBACK_LOSS], borne)]
    return entry(head, f"{kind}_lost", [*lines, (leaves[Role.CHARGEBACK_RESERVE], -gone)])


# What is given back ---------------------------------------------------------------------------------------------


def refund_owed(
    head: Head, *, leaves: Leaves, unallocated: Sequence[tuple[str, Money]], from_suspense: Money
) -> JournalEntry:
    """The creditor decides to give money back: an over-payment waiting in suspense, or a receipt allocated by error.

    =========================================  ================
    debit                                      credit
    =========================================  ================
    receivable of each loan (owed again)       refund_payable
    suspense (over-payment)
    =========================================  ================
    """
    owed = total([part for _, part in unallocated], from_suspense.currency) + from_suspense
    lines = [*unallocated, (leaves[Role.SUSPENSE], from_suspense), (leaves[Role.REFUND_PAYABLE], -owed)]
    return entry(head, "refund_owed", lines)


def refund_paid(head: Head, *, leaves: Leaves, amount: Money, to_bank: bool) -> JournalEntry:
    """Money that was owed back has left.

    ================  ==================
    debit             credit
    ================  ==================
    refund_payable    clearing or bank
    ================  ==================
    """
    lines = [(leaves[Role.REFUND_PAYABLE], amount), (leaves[_held(to_bank=to_bank)], -amount)]
    return entry(head, "refund_paid", lines)


def refund_put_back(head: Head, *, leaves: Leaves, amount: Money) -> JournalEntry:
    """Money that was owed back did not leave, for the platform refused; it waits for a person again.

    ================  ==========
    debit             credit
    ================  ==========
    refund_payable    suspense
    ================  ==========
    """
    return entry(head, "refund_put_back", [(leaves[Role.REFUND_PAYABLE], amount), (leaves[Role.SUSPENSE], -amount)])


def rounded(head: Head, *, leaves: Leaves, against: Role, difference: Money, limit: Money) -> JournalEntry:
    """A remainder too small to explain: more stands on ``against`` (positive ``difference``) or less.

    ======================  ======================
    debit                   credit
    ======================  ======================
    the account (more)      rounding (more)
    rounding (less)         the account (less)
    ======================  ======================

    Raises ``rounding_too_large`` beyond ``limit``: what is not small is a difference for a person.
    """
    if abs(difference.minor) > limit.minor or difference.currency != limit.currency:
        raise Invalid("rounding_too_large", f"{difference} is more than the {limit} that may be rounded away.")
    return entry(head, "rounding", [(leaves[against], difference), (leaves[Role.ROUNDING], -difference)])


# Agencies ---------------------------------------------------------------------------------------------------------


def agency_reported(head: Head, *, leaves: Leaves, allocated: Sequence[tuple[str, Money]]) -> JournalEntry:
    """An agency collected in its own name and says from whom; the money is still with it.

    ==================  ==========================
    debit               credit
    ==================  ==========================
    expected_receipt    receivable of each loan
    ==================  ==========================
    """
    collected = total([part for _, part in allocated], allocated[0][1].currency)
    lines = [(leaves[Role.EXPECTED_RECEIPT], collected), *((account, -part) for account, part in allocated)]
    return entry(head, "agency_reported", lines)


def commission_accrued(head: Head, *, leaves: Leaves, amount: Money) -> JournalEntry:
    """An agency earned its commission.

    ============  =====================
    debit         credit
    ============  =====================
    commission    commission_payable
    ============  =====================
    """
    lines = [(leaves[Role.COMMISSION], amount), (leaves[Role.COMMISSION_PAYABLE], -amount)]
    return entry(head, "commission_accrued", lines)


def agency_remitted(
    head: Head, *, leaves: Leaves, collected: Money, commission_kept: Money, withheld: Money | None = None
) -> JournalEntry:
    """An agency hands over what it collected: gross (nothing kept) or net of the commission accrued before.

    ===========================================  ==============================
    debit                                        credit
    ===========================================  ==============================
    bank (what arrived)                          expected_receipt (collected)
    commission_payable (kept)
    withheld (tax it kept)
    ===========================================  ==============================
    """
    tax = withheld or zero(collected.currency)
    lines = [
        (leaves[Role.BANK], collected - commission_kept - tax),
        (leaves[Role.COMMISSION_PAYABLE], commission_kept),
        (leaves[Role.WITHHELD], tax),
        (leaves[Role.EXPECTED_RECEIPT], -collected),
    ]
    return entry(head, "agency_remitted", lines)


def commission_paid(head: Head, *, leaves: Leaves, amount: Money) -> JournalEntry:
    """Commission is paid to an agency that remits gross.

    =====================  ============
    debit                  credit
    =====================  ============
    commission_payable     bank
    =====================  ============
    """
    return entry(head, "commission_paid", [(leaves[Role.COMMISSION_PAYABLE], amount), (leaves[Role.BANK], -amount)])


def held_for_another(head: Head, *, leaves: Leaves, amount: Money) -> JournalEntry:
    """Part of what arrived belongs to somebody else: an insurer, a co-lender, an agency's own debtor.

    ============  ==================
    debit         credit
    ============  ==================
    suspense      held_for_others
    ============  ==================
    """
    return entry(head, "held_for_another", [(leaves[Role.SUSPENSE], amount), (leaves[Role.HELD_FOR_OTHERS], -amount)])


def _held(*, to_bank: bool) -> Role:
    return Role.BANK if to_bank else Role.CLEARING
