"""Commission on receipts: earned once, and taken back in proportion when the money of the receipt goes back.

What an agency was paid already is not asked back in cash: it stands as owed by the agency on the leaf of commission
owed, so that no further commission is paid, and none may be kept of a remittance, until it is made up.
"""

from __future__ import annotations

from datetime import date

from activities.book import Book
from domain import claim_bookings
from domain.accounts import Role
from domain.errors import Invalid, Refused
from domain.money import Money
from domain.money_events import AccountEvent
from store import commissions as kept
from store import creditors, receipts
from store.commissions import Commission


def earned(book: Book, event: AccountEvent, *, event_id: str, creditor_id: str) -> None:
    """Remember on which receipt a commission was earned.

    Raises ``receipt_unknown``, ``receipt_of_another_creditor``, ``currency_mismatch`` and
    ``commission_exceeds_receipt`` where all commission on the receipt would be more than what it paid.
    """
    receipt = receipts.get(book.tx, str(event.receipt_id), lock=True)
    if creditors.get_connection(book.tx, receipt.connection_id).creditor_id != creditor_id:
        raise Invalid("receipt_of_another_creditor", "The receipt is of another creditor.")
    if receipt.currency != event.amount.currency:
        raise Invalid("currency_mismatch", f"The receipt is in {receipt.currency}, not {event.amount.currency}.")
    standing = sum(one.amount_minor - one.clawed_minor for one in kept.of_receipt(book.tx, receipt.id))
    if standing + event.amount.minor > receipt.allocated_minor:
        paid = Money(receipt.allocated_minor, receipt.currency)
        raise Refused("commission_exceeds_receipt", f"Commission on the receipt is more than the {paid} that it paid.")
    commission = Commission(
        id=book.new_id("commission"),
        tenant_id=receipt.tenant_id,
        event_id=event_id,
        receipt_id=receipt.id,
        account_id=event.account_id,
        base_minor=receipt.allocated_minor,
        amount_minor=event.amount.minor,
        clawed_minor=0,
        currency=receipt.currency,
        created_at=book.now,
    )
    kept.add(book.tx, commission)


def follow(book: Book, receipt_id: str, *, cause: str, day: date) -> None:
    """After a receipt pays less than it did: commission on what it no longer pays is taken back.

    ``cause`` names what took the money, once for ever.
    """
    _adjust(book, receipt_id, cause=cause, day=day, given_back=False)


def restore(book: Book, receipt_id: str, *, cause: str, day: date) -> None:
    """After what took a receipt's money is undone exactly: the commission stands again."""
    _adjust(book, receipt_id, cause=cause, day=day, given_back=True)


def _adjust(book: Book, receipt_id: str, *, cause: str, day: date, given_back: bool) -> None:
    paid = receipts.get(book.tx, receipt_id).allocated_minor
    for one in kept.of_receipt(book.tx, receipt_id):
        earned_still = one.amount_minor * min(paid, one.base_minor) // one.base_minor
        further = one.amount_minor - earned_still - one.clawed_minor
        if not further or (further < 0) is not given_back:
            continue
        entry = claim_bookings.commission_clawed_back(
            book.head(f"commission/{one.id}/{cause}", day=day, source=receipt_id),
            leaves=book.leaves(one.account_id, Role.COMMISSION, Role.COMMISSION_PAYABLE),
            amount=Money(further, one.currency),
        )
        book.post(entry)
        kept.set_clawed(book.tx, one.id, one.clawed_minor + further)
