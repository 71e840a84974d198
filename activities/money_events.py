"""What treasury has booked of accounts and loans: fees, taxes, batches, agencies, charity, rounding, write-offs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Connection

from activities import cases as case_files
from activities import commissions, orders, write_offs
from activities.book import Book
from domain import bookings, claim_bookings
from domain.accounts import Role
from domain.allocation import Allocation, allocate
from domain.bookings import Head, Leaves
from domain.errors import Invalid, Refused
from domain.journal import JournalEntry
from domain.loans import Instalment, Product
from domain.money import Money, zero
from domain.money_events import ROUNDED, AccountEvent, MoneyEventKind, Order, daily_rounding_limit, rounding_limit
from ledger import accounts, balances, posting
from store import cases, loans
from store.loans import InstalmentRow, Loan
from store.money_events import MoneyEvent

_LATE_AMOUNTS: Final = frozenset({Product.MURABAHA.value, Product.IJARA.value})


def record(book: Book, order: Order, event: AccountEvent) -> MoneyEvent:
    """Book an event of a child account.

    Raises ``account_not_a_child``, ``currency_mismatch``, ``more_than_stands`` where more would leave a leaf than
    stands on it, ``rounding_too_large``, ``rounding_day_exceeded``, ``leaf_not_rounded``, and for an agency's report
    ``loan_unknown``, ``loan_of_another_creditor`` and ``agency_report_exceeds_debt``; of a commission as
    ``commissions.earned``.
    """
    child = accounts.get(book.tx, event.account_id)
    if child.role is not Role.CHILD:
        raise Invalid("account_not_a_child", f"{child.name} is not the child account of a connection.")
    if event.amount.currency != child.currency:
        raise Invalid("currency_mismatch", f"The account is in {child.currency}, not {event.amount.currency}.")
    stored, head = orders.begin(
        book, order, tenant_id=child.tenant_id, kind=event.kind, subject=child.id, amount=event.amount
    )
    if head is None:
        return stored
    leaves = book.leaves(child.id, *_TOUCHES[event.kind])
    if event.kind is MoneyEventKind.CHARITY_PAID:
        leaves[Role.CHARITY] = _charity_of(book, child.creditor_id, child.country, child.currency)
    for role, amount in _drained(event):
        _check_stands(book.tx, leaves[role], role, amount)
    if event.receipt_id is not None:
        commissions.earned(book, event, event_id=stored.id, creditor_id=str(child.creditor_id))
    if event.kind is MoneyEventKind.AGENCY_REPORTED:
        book.post(_agency_reported(book, head, event, leaves, creditor_id=child.creditor_id))
    else:
        posted = book.post(_BOOKED[event.kind](head, leaves, event))
        if event.kind is MoneyEventKind.ROUNDING:
            _check_rounded(book.tx, leaves[Role.ROUNDING], posted)
    return stored


def write_off(book: Book, order: Order, *, loan_id: str, amount: Money | None = None) -> MoneyEvent:
    """Give up an amount of a loan, or all that is owed. Raises ``nothing_owed``, ``write_off_exceeds_debt``."""
    loan = loans.get(book.tx, loan_id, lock=True)
    before = orders.done(book, order)
    if before is not None:
        return before
    owed = balances.of_leaf(book.tx, loan.account_id)
    stored, head = orders.begin(
        book,
        order,
        tenant_id=loan.tenant_id,
        kind=MoneyEventKind.LOAN_WRITTEN_OFF,
        subject=loan.id,
        amount=amount or owed,
        source=loan.id,
    )
    if head is not None:
        write_offs.write_off(
            book, loan, amount=amount, day=order.day, actor=order.actor, reason=order.reason, head=head
        )
    return stored


def charge_for_charity(book: Book, order: Order, *, loan_id: str, amount: Money) -> MoneyEvent:
    """A late amount of an Islamic contract: an instalment of its own, which is never the creditor's income.

    Raises ``product_charges_no_late_amount``, ``amount_not_positive`` and ``currency_mismatch``.
    """
    loan = loans.get(book.tx, loan_id, lock=True)
    if loan.product not in _LATE_AMOUNTS:
        raise Refused("product_charges_no_late_amount", f"Late amounts of a {loan.product} do not go to charity.")
    if amount.minor <= 0:
        raise Invalid("amount_not_positive", f"{amount} is not above zero.")
    if amount.currency != loan.currency:
        raise Invalid("currency_mismatch", f"The contract is in {loan.currency}, not {amount.currency}.")
    stored, head = orders.begin(
        book,
        order,
        tenant_id=loan.tenant_id,
        kind=MoneyEventKind.CHARITY_CHARGED,
        subject=loan.id,
        amount=amount,
        source=loan.id,
    )
    if head is None:
        return stored
    schedule = loans.instalments(book.tx, [loan.id])
    number = max((row.number for row in schedule), default=0) + 1
    loans.add_instalment(book.tx, loan, InstalmentRow(loan.id, number, order.day, amount.minor, 0))
    charity = _charity_of(book, loan.creditor_id, loan.country, loan.currency)
    book.post(claim_bookings.late_amount_for_charity(head, receivable=loan.account_id, charity=charity, amount=amount))
    _tell(book, loan, ref=stored.id)
    return stored


def _charity_of(book: Book, creditor_id: str, country: str | None, currency: str) -> str:
    """The charity leaf of a creditor's portfolio in a country and currency."""
    root = accounts.root_of(book.tx, creditor_id, Role.RECEIVABLES)
    portfolios = [
        one
        for one in accounts.subtree(book.tx, [root.id])
        if one.role is Role.PORTFOLIO and (one.country, one.currency) == (country, currency)
    ]
    if not portfolios:
        raise Refused("no_portfolio", f"There are no receivables in {country} and {currency}.")
    return book.leaf(portfolios[0].id, Role.CHARITY)


def _agency_reported(book: Book, head: Head, event: AccountEvent, leaves: Leaves, *, creditor_id: str) -> JournalEntry:
    """The debtor paid the agency: the instalments are paid, and the agency owes the money."""
    loan = loans.get(book.tx, str(event.loan_id), lock=True)
    if loan.creditor_id != creditor_id:
        raise Invalid("loan_of_another_creditor", f"Contract {loan.contract_no} is of another creditor.")
    if loan.currency != event.amount.currency:
        raise Invalid("currency_mismatch", f"The contract is in {loan.currency}, not {event.amount.currency}.")
    entry, _ = collected_by_agency(book, head, loan, event.amount, leaves)
    return entry


def collected_by_agency(
    book: Book, head: Head, loan: Loan, amount: Money, leaves: Leaves
) -> tuple[JournalEntry, tuple[Allocation, ...]]:
    """Instalments that a debtor paid to an agency are paid, and the case is told; the entry that books it, not posted.

    Raises ``agency_report_exceeds_debt``.
    """
    schedule = {row.number: row for row in loans.instalments(book.tx, [loan.id])}
    parts, rest = allocate(amount, [_instalment(row, loan.currency) for row in schedule.values()])
    if rest:
        raise Refused("agency_report_exceeds_debt", f"{amount} is more than contract {loan.contract_no} owes.")
    _note_paid(book, parts, schedule)
    write_offs.recover(book, {loan.id: amount}, cause=head.id, day=head.effective_date, source=head.source)
    _tell(book, loan, ref=head.id)
    return bookings.agency_reported(head, leaves=leaves, allocated=[(loan.account_id, amount)]), parts


def _note_paid(book: Book, parts: tuple[Allocation, ...], schedule: Mapping[int, InstalmentRow]) -> None:
    for part in parts:
        paid = schedule[part.instalment].paid_minor + part.amount.minor
        loans.set_paid(book.tx, loan_id=part.loan_id, number=part.instalment, paid_minor=paid)


def _instalment(row: InstalmentRow, currency: str) -> Instalment:
    return Instalment(
        row.loan_id, row.number, row.due_date, Money(row.amount_minor, currency), Money(row.paid_minor, currency)
    )


def _tell(book: Book, loan: Loan, *, ref: str) -> None:
    case = cases.open_case(book.tx, creditor_id=loan.creditor_id, party_id=loan.party_id, country=loan.country)
    if case is not None:
        case_files.tell(
            book.tx,
            case.id,
            tenant_id=loan.tenant_id,
            kind="schedule_changed",
            ref=ref,
            at=book.now,
            new_id=book.new_id,
            now=book.now,
        )


def _check_stands(tx: Connection, leaf: str, role: Role, amount: Money) -> None:
    """Refuse to take more off a leaf than stands on it, on whichever side it grows."""
    stands = balances.of_leaf(tx, leaf)
    if abs(stands.minor) < amount.minor or (stands.minor > 0) is not (role in _ASSETS_DRAINED):
        raise Refused(
            "more_than_stands",
            f"{amount} is more than the {Money(abs(stands.minor), amount.currency)} that stand as {role.value}.",
            role=role.value,
        )


_ASSETS_DRAINED: Final = frozenset({Role.CLEARING, Role.IN_TRANSIT, Role.EXPECTED_RECEIPT})


def _drained(event: AccountEvent) -> list[tuple[Role, Money]]:
    """What an event takes off leaves that must hold as much."""
    none = zero(event.amount.currency)
    match event.kind:
        case MoneyEventKind.SETTLEMENT:
            found = [(Role.CLEARING, event.amount + (event.fee or none) + (event.withheld or none))]
        case MoneyEventKind.SETTLEMENT_ARRIVED:
            found = [(Role.IN_TRANSIT, event.amount)]
        case MoneyEventKind.AGENCY_REMITTED:
            found = [(Role.EXPECTED_RECEIPT, event.amount), (Role.COMMISSION_PAYABLE, event.kept or none)]
        case MoneyEventKind.COMMISSION_PAID:
            found = [(Role.COMMISSION_PAYABLE, event.amount)]
        case MoneyEventKind.HANDED_ON:
            found = [(Role.HELD_FOR_OTHERS, event.amount)]
        case MoneyEventKind.CHARITY_PAID:
            found = [(Role.CHARITY, event.amount)]
        case _:
            found = []
    return [(role, amount) for role, amount in found if amount]


def _rounded(head: Head, leaves: Leaves, event: AccountEvent) -> JournalEntry:
    against = event.against
    if against not in ROUNDED or against is None:
        raise Invalid("leaf_not_rounded", "Remainders are rounded away on leaves of money and of suspense alone.")
    limit = rounding_limit(event.amount.currency)
    return bookings.rounded(head, leaves=leaves, against=against, difference=event.amount, limit=limit)


def _check_rounded(tx: Connection, leaf: str, entry_id: str) -> None:
    """Refuse what is too much for its day. Looked at once it is posted: others then wait for this leaf's balance."""
    day = posting.get(tx, entry_id).entry.effective_date
    rounded = balances.turnover(tx, leaf, day)
    limit = daily_rounding_limit(rounded.currency)
    if rounded.minor > limit.minor:
        raise Refused(
            "rounding_day_exceeded",
            f"With this, {rounded} were rounded away of the account on {day}; at most {limit} may be.",
            fix="Find what the remainders come from; what cannot be explained is a difference for a person.",
        )


_Booking = Callable[[Head, Leaves, AccountEvent], JournalEntry]
_BOOKED: Final[Mapping[MoneyEventKind, _Booking]] = {
    MoneyEventKind.PLATFORM_FEE: lambda head, leaves, event: bookings.platform_fee(
        head, leaves=leaves, amount=event.amount
    ),
    MoneyEventKind.TAX_WITHHELD: lambda head, leaves, event: bookings.tax_withheld(
        head, leaves=leaves, amount=event.amount, to_bank=bool(event.in_bank)
    ),
    MoneyEventKind.SETTLEMENT: lambda head, leaves, event: bookings.settlement(
        head,
        leaves=leaves,
        net=event.amount,
        fee=event.fee,
        withheld=event.withheld,
        in_bank=event.in_bank is not False,
    ),
    MoneyEventKind.SETTLEMENT_ARRIVED: lambda head, leaves, event: bookings.settlement_arrived(
        head, leaves=leaves, arrived=event.arrived or event.amount, expected=event.amount
    ),
    MoneyEventKind.ROUNDING: _rounded,
    MoneyEventKind.AGENCY_REMITTED: lambda head, leaves, event: bookings.agency_remitted(
        head,
        leaves=leaves,
        collected=event.amount,
        commission_kept=event.kept or zero(event.amount.currency),
        withheld=event.withheld,
    ),
    MoneyEventKind.COMMISSION_ACCRUED: lambda head, leaves, event: bookings.commission_accrued(
        head, leaves=leaves, amount=event.amount
    ),
    MoneyEventKind.COMMISSION_PAID: lambda head, leaves, event: bookings.commission_paid(
        head, leaves=leaves, amount=event.amount
    ),
    MoneyEventKind.HANDED_ON: lambda head, leaves, event: claim_bookings.handed_on(
        head, leaves=leaves, amount=event.amount
    ),
    MoneyEventKind.CHARITY_PAID: lambda head, leaves, event: claim_bookings.charity_paid(
        head, leaves=leaves, charity=leaves[Role.CHARITY], amount=event.amount
    ),
}
_TOUCHES: Final[Mapping[MoneyEventKind, tuple[Role, ...]]] = {
    MoneyEventKind.PLATFORM_FEE: (Role.FEES, Role.CLEARING),
    MoneyEventKind.TAX_WITHHELD: (Role.WITHHELD, Role.CLEARING, Role.BANK),
    MoneyEventKind.SETTLEMENT: (Role.BANK, Role.IN_TRANSIT, Role.FEES, Role.WITHHELD, Role.CLEARING),
    MoneyEventKind.SETTLEMENT_ARRIVED: (Role.BANK, Role.FEES, Role.IN_TRANSIT),
    MoneyEventKind.ROUNDING: (*sorted(ROUNDED), Role.ROUNDING),
    MoneyEventKind.AGENCY_REPORTED: (Role.EXPECTED_RECEIPT,),
    MoneyEventKind.AGENCY_REMITTED: (Role.BANK, Role.COMMISSION_PAYABLE, Role.WITHHELD, Role.EXPECTED_RECEIPT),
    MoneyEventKind.COMMISSION_ACCRUED: (Role.COMMISSION, Role.COMMISSION_PAYABLE),
    MoneyEventKind.COMMISSION_PAID: (Role.COMMISSION_PAYABLE, Role.BANK),
    MoneyEventKind.HANDED_ON: (Role.HELD_FOR_OTHERS, Role.BANK),
    MoneyEventKind.CHARITY_PAID: (Role.BANK,),
}
"""The leaves that each event may touch; those that an older child account lacks are opened."""
