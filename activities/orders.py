"""What people order to be booked, once: its record is written first, under the identifier that it came with."""

from __future__ import annotations

from activities.book import Book
from domain.bookings import Head
from domain.errors import Conflict, Invalid
from domain.money import Money
from domain.money_events import MoneyEventKind, Order
from store import money_events
from store.money_events import MoneyEvent


def begin(
    book: Book, order: Order, *, tenant_id: str, kind: MoneyEventKind, subject: str, amount: Money, source: str = ""
) -> tuple[MoneyEvent, Head | None]:
    """Record an order, and the head of the entry that books it; no head where it was carried out before.

    ``source`` is what the entry names as its cause, the event itself where it is left out.
    Raises ``day_of_the_future``, ``reason_missing`` and ``idempotency_conflict``.
    """
    if order.day > book.now.date():
        raise Invalid("day_of_the_future", f"{order.day} has not come yet.")
    if not order.reason.strip():
        raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
    event = MoneyEvent(
        id=order.event_id,
        tenant_id=tenant_id,
        kind=kind.value,
        subject=subject,
        amount_minor=amount.minor,
        currency=amount.currency,
        day=order.day,
        reason=order.reason,
        actor=order.actor,
        entry_id=book.new_id("entry"),
        created_at=book.now,
    )
    if money_events.add(book.tx, event):
        return event, Head(event.entry_id, f"event/{event.id}", order.day, source or event.id)
    standing = money_events.find(book.tx, order.event_id)
    if standing is None or (standing.kind, standing.subject) != (event.kind, event.subject):
        raise Conflict("idempotency_conflict", f"Another order stands under {order.event_id}.")
    return standing, None


def done(book: Book, order: Order) -> MoneyEvent | None:
    """What was booked under an order's identifier before, if anything was."""
    return money_events.find(book.tx, order.event_id)
