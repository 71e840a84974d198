"""What treasury decides of a receipt: match it to a case, give it back, hold it for another, or call it a charge."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from activities import allocations, commissions, orders, write_offs
from activities import cases as case_files
from activities import creditors as opening
from activities.book import Book
from domain import bookings
from domain.accounts import Role
from domain.allocation import Allocation, allocate, by_loan
from domain.bookings import Head
from domain.errors import Invalid, Refused
from domain.money import Money
from domain.money_events import MoneyEventKind, Order
from domain.planning import WorkState
from domain.receipts import SuspenseReason
from ledger import posting, reversals
from store import cases, creditors, outgoing_events, receipts, timeline
from store.cases import Case
from store.money_events import MoneyEvent
from store.receipts import Receipt


@dataclass(frozen=True, slots=True)
class Matching:
    """What matching a receipt to a case would do: what each instalment would get, and what would still wait."""

    applied: Money
    parts: tuple[Allocation, ...]
    rest: Money


def preview(tx: Connection, receipt: Receipt, case: Case, *, amount: Money | None = None) -> Matching:
    """What matching money that waits (all of it, or an amount) to a case would do; writes nothing.

    Raises ``nothing_waits``, ``amount_exceeds_receipt``, ``receipt_of_another_creditor``, ``currency_mismatch``,
    ``case_closed``, ``receipt_of_another_case`` and ``nothing_owed``.
    """
    wanted = _waiting(receipt, amount)
    connection = creditors.get_connection(tx, receipt.connection_id)
    if connection.creditor_id != case.creditor_id:
        raise Refused("receipt_of_another_creditor", "The money came to another creditor than the case is of.")
    if receipt.currency != case.currency:
        raise Refused("currency_mismatch", f"The case is in {case.currency}, the receipt in {receipt.currency}.")
    if case.closed_at is not None and case.work_state != WorkState.WRITTEN_OFF.value:
        raise Refused("case_closed", "The case is closed.", fix="Choose the debtor's open case.")
    if receipt.case_id not in (None, case.id) and receipt.allocated_minor:
        raise Refused(
            "receipt_of_another_case",
            "Part of the receipt has paid another case.",
            fix="Match the rest to that case, or give it back.",
        )
    parts, rest = allocate(wanted, case_files.debt(tx, case).instalments)
    if not parts:
        raise Refused("nothing_owed", "The case owes nothing that the money could pay.")
    waiting = Money(receipt.suspense_minor, receipt.currency)
    return Matching(wanted - rest, parts, waiting - (wanted - rest))


def assign(book: Book, order: Order, *, receipt_id: str, case_id: str, amount: Money | None = None) -> MoneyEvent:
    """Match money that waits to a case: instalments are paid, the book follows, the case is told.

    Raises what ``preview`` raises.
    """
    receipt = receipts.get(book.tx, receipt_id, lock=True)
    before = orders.done(book, order)
    if before is not None:
        return before
    case = cases.get(book.tx, case_id, lock=True)
    match = preview(book.tx, receipt, case, amount=amount)
    event, head = _begin(book, order, receipt, MoneyEventKind.RECEIPT_ASSIGNED, match.applied)
    if head is None:
        return event
    paid = by_loan(match.parts, receipt.currency)
    allocations.pay(book.tx, receipt, match.parts, sign=1, now=book.now)
    write_offs.recover(book, paid, cause=event.id, day=order.day, source=receipt.id)
    leaves = _leaves(book, receipt, Role.SUSPENSE)
    book.post(bookings.suspense_applied(head, leaves=leaves, allocated=allocations.receivables(book.tx, paid)))
    receipts.move(
        book.tx,
        receipt,
        case_id=case.id,
        allocated_minor=receipt.allocated_minor + match.applied.minor,
        suspense_minor=match.rest.minor,
        suspense_reason=SuspenseReason.OVERPAYMENT.value if match.rest else None,
    )
    outgoing_events.of_receipt(
        book.tx,
        receipt.id,
        matched=True,
        minor=match.applied.minor,
        currency=receipt.currency,
        case_id=case.id,
        now=book.now,
    )
    _tell_assigned(book, case, receipt, event)
    return event


def give_back(book: Book, order: Order, *, receipt_id: str, amount: Money | None = None) -> MoneyEvent:
    """Decide to give money back to its payer: what waits, or of what it paid the last first. It is owed until it left.

    Without an amount all that waits is given back. Raises ``nothing_waits``, ``amount_exceeds_receipt`` and
    ``receipt_contested``.
    """
    receipt = receipts.get(book.tx, receipt_id, lock=True)
    before = orders.done(book, order)
    if before is not None:
        return before
    wanted = givable(receipt, amount)
    event, head = _begin(book, order, receipt, MoneyEventKind.REFUND_DECIDED, wanted)
    if head is None:
        return event
    taken = allocations.take_back(book.tx, receipt, wanted, now=book.now)
    entry = bookings.refund_owed(
        head,
        leaves=_leaves(book, receipt, Role.SUSPENSE, Role.REFUND_PAYABLE),
        unallocated=allocations.receivables(book.tx, taken.unallocated),
        from_suspense=taken.from_suspense,
    )
    book.post(entry)
    write_offs.unrecover(book, taken.unallocated, cause=event.id, day=order.day, source=receipt.id)
    receipts.move(
        book.tx,
        receipt,
        suspense_minor=receipt.suspense_minor - taken.from_suspense.minor,
        allocated_minor=receipt.allocated_minor - (wanted - taken.from_suspense).minor,
        refunding_minor=receipt.refunding_minor + wanted.minor,
    )
    commissions.follow(book, receipt.id, cause=event.id, day=order.day)
    if taken.parts:
        case_files.owed_again(book.tx, receipt.case_id, event.id, at=book.now, new_id=book.new_id, now=book.now)
    return event


def confirm_refund(book: Book, order: Order, *, receipt_id: str, amount: Money | None = None) -> MoneyEvent:
    """Money that was owed back has left; without an amount, all of it. Raises ``refund_not_owed``."""
    receipt = receipts.get(book.tx, receipt_id, lock=True)
    before = orders.done(book, order)
    if before is not None:
        return before
    owed = Money(receipt.refunding_minor, receipt.currency)
    paid = amount or owed
    if paid.currency != owed.currency or not 0 < paid.minor <= owed.minor:
        raise Refused("refund_not_owed", f"{paid} is not within the {owed} that are owed back.")
    event, head = _begin(book, order, receipt, MoneyEventKind.REFUND_CONFIRMED, paid)
    if head is None:
        return event
    leaves = _leaves(book, receipt, Role.REFUND_PAYABLE)
    book.post(bookings.refund_paid(head, leaves=leaves, amount=paid, to_bank=receipt.to_bank))
    receipts.move(
        book.tx,
        receipt,
        refunding_minor=receipt.refunding_minor - paid.minor,
        reversed_minor=receipt.reversed_minor + paid.minor,
    )
    return event


def hold_for_another(book: Book, order: Order, *, receipt_id: str, amount: Money | None = None) -> MoneyEvent:
    """Money that waits belongs to somebody else: an insurer, a co-lender. It is held for them until handed on.

    Raises ``nothing_waits`` and ``amount_exceeds_receipt``.
    """
    receipt = receipts.get(book.tx, receipt_id, lock=True)
    before = orders.done(book, order)
    if before is not None:
        return before
    held = _waiting(receipt, amount)
    event, head = _begin(book, order, receipt, MoneyEventKind.HELD_FOR_ANOTHER, held)
    if head is None:
        return event
    leaves = _leaves(book, receipt, Role.SUSPENSE, Role.HELD_FOR_OTHERS)
    book.post(bookings.held_for_another(head, leaves=leaves, amount=held))
    receipts.move(
        book.tx,
        receipt,
        suspense_minor=receipt.suspense_minor - held.minor,
        held_minor=receipt.held_minor + held.minor,
    )
    return event


def explain_charge(book: Book, order: Order, *, receipt_id: str, tax: bool = False) -> MoneyEvent:
    """Money out that nobody knew is a charge of the bank, or a tax that it kept; it was booked as a receipt before.

    That entry is mirrored, so that a statement shows the charge among fees or taxes. Raises ``no_charge_waits``.
    """
    receipt = receipts.get(book.tx, receipt_id, lock=True)
    before = orders.done(book, order)
    if before is not None:
        return before
    taken = Money(-receipt.suspense_minor, receipt.currency)
    if taken.minor <= 0 or receipt.suspense_minor != receipt.amount_minor:
        raise Refused("no_charge_waits", "Only money out that waits can be a charge.", fix="Choose a negative receipt.")
    event, head = _begin(book, order, receipt, MoneyEventKind.CHARGE_EXPLAINED, taken)
    if head is None:
        return event
    booked = next(one.entry for one in posting.of_source(book.tx, receipt.id) if one.entry.kind == "receipt")
    reversals.reverse(
        book.tx,
        booked.id,
        reversal_id=book.new_id("entry"),
        key=f"{head.key}/receipt",
        effective_date=order.day,
        now=book.now,
    )
    booking = bookings.tax_withheld if tax else bookings.platform_fee
    leaves = _leaves(book, receipt, Role.FEES, Role.WITHHELD)
    book.post(booking(head, leaves=leaves, amount=taken, to_bank=receipt.to_bank))
    receipts.move(
        book.tx,
        receipt,
        suspense_minor=0,
        suspense_reason=None,
        charged_minor=receipt.charged_minor - taken.minor,
    )
    return event


def _waiting(receipt: Receipt, amount: Money | None) -> Money:
    """How much of what waits is meant."""
    waiting = Money(receipt.suspense_minor, receipt.currency)
    if waiting.minor <= 0:
        raise Refused("nothing_waits", "Nothing of the receipt waits to be matched.")
    return _within(waiting, amount)


def givable(receipt: Receipt, amount: Money | None) -> Money:
    """How much of what a receipt holds is meant; what is contested is not the creditor's to give."""
    if amount is None:
        return _waiting(receipt, None)
    left = max(receipt.allocated_minor + receipt.suspense_minor - receipt.contested_minor, 0)
    if receipt.contested_minor and amount.minor > left:
        raise Refused("receipt_contested", "The payment is contested: who wins it decides where it goes.")
    return _within(Money(left, receipt.currency), amount)


def _within(most: Money, amount: Money | None) -> Money:
    wanted = most if amount is None else amount
    if wanted.currency != most.currency or not 0 < wanted.minor <= most.minor:
        raise Invalid("amount_exceeds_receipt", f"{wanted} is not within the {most} of the receipt.")
    return wanted


def _begin(
    book: Book, order: Order, receipt: Receipt, kind: MoneyEventKind, amount: Money
) -> tuple[MoneyEvent, Head | None]:
    return orders.begin(
        book, order, tenant_id=receipt.tenant_id, kind=kind, subject=receipt.id, amount=amount, source=receipt.id
    )


def _leaves(book: Book, receipt: Receipt, *roles: Role) -> dict[Role, str]:
    """The leaves that a receipt was booked in, those of ``roles`` among them."""
    connection = creditors.get_connection(book.tx, receipt.connection_id)
    return book.leaves(opening.child_for(book, connection, receipt.currency), *roles)


def _tell_assigned(book: Book, case: Case, receipt: Receipt, event: MoneyEvent) -> None:
    """The case is told of the receipt; of a further part of it, that its schedule changed."""

    def tell(kind: str, ref: str) -> bool:
        return case_files.tell(
            book.tx,
            case.id,
            tenant_id=case.tenant_id,
            kind=kind,
            ref=ref,
            at=book.now,
            new_id=book.new_id,
            now=book.now,
        )

    if not tell("receipt_posted", receipt.id):
        tell("schedule_changed", event.id)
    amount = str(Money(event.amount_minor, event.currency))
    timeline.note(
        book.tx,
        case,
        at=book.now,
        actor=event.actor,
        kind="receipt_assigned",
        detail={"receipt": receipt.id, "amount": amount, "note": event.reason},
    )
