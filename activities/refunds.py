"""Refunds through the platform that the money came over: asked for, approved by another above a limit, and ended.

A decided refund is owed to the payer from then on (``receipt_orders.give_back``). It is booked as paid when the
platform says so, whoever hears of it first: its answer (``activities.refund_calls``) or its webhook
(``activities.receipts``). Where the platform refuses, the money is put back where it was.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from activities import creditors as opening
from activities import receipt_orders
from activities.book import Book
from activities.connections import LIMIT_SETTING
from activities.platform_calls import settings_of
from connectors import registry
from domain import bookings
from domain.accounts import PlatformKind, Role
from domain.day_close import Actor, four_eyes
from domain.errors import AfluenteError, Conflict, Invalid, Refused
from domain.money import Money, zero
from domain.money_events import Order
from domain.platforms import RefundOrder
from domain.receipts import ReversalFact, SuspenseReason
from store import cases, creditors, receipts, refunds, timeline
from store.creditors import PlatformConnection
from store.receipts import Receipt
from store.refunds import ASKED, Refund


def offered(connection: PlatformConnection, receipt: Receipt) -> bool:
    """Whether a receipt can be given back through its platform: what has gone to a bank only by that bank itself."""
    platform = registry.platform(connection.platform)
    return platform.refunds is not None and (platform.kind is PlatformKind.BANK or not receipt.to_bank)


def alone_up_to(connection: PlatformConnection, currency: str) -> Money:
    """Up to which amount one person may refund over a connection."""
    stated = connection.config.get(LIMIT_SETTING)
    return Money.parse(stated, currency) if stated and currency == connection.currency else zero(currency)


def request(
    book: Book, actor: Actor, *, refund_id: str, receipt_id: str, reason: str, amount: Money | None = None
) -> Refund:
    """Have money given back through its platform: at once, or once another person approves it.

    Without an amount all that waits goes back. ``refund_id`` names the request: given again, it is done once. Raises
    ``refund_not_offered``, ``reason_missing``, ``refund_underway``, ``idempotency_conflict``, what ``give_back`` raises
    and what the platform's ``build`` does.
    """
    receipt = receipts.get(book.tx, receipt_id, lock=True)
    standing = refunds.find(book.tx, refund_id)
    if standing is not None:
        if standing.receipt_id != receipt_id:
            raise Conflict("idempotency_conflict", f"Another refund stands under {refund_id}.")
        return standing
    connection = creditors.get_connection(book.tx, receipt.connection_id)
    _check(book.tx, receipt, connection, reason)
    wanted = receipt_orders.givable(receipt, amount)
    refund = Refund(
        id=refund_id,
        tenant_id=receipt.tenant_id,
        connection_id=connection.id,
        receipt_id=receipt.id,
        money_event_id=book.new_id("money_event"),
        amount_minor=wanted.minor,
        from_debt_minor=0,
        currency=receipt.currency,
        reason=reason.strip(),
        state="proposed",
        alone=wanted.minor <= alone_up_to(connection, receipt.currency).minor,
        requested_by=actor.id,
        requester=actor.name,
        requested_at=book.now,
        decided_by=None,
        decider=None,
        decided_at=None,
        attempts=0,
        asked_at=None,
        next_try_at=book.now,
        external_ref=None,
        error_code=None,
        ended_at=None,
    )
    build(refund, receipt, connection)
    refunds.add(book.tx, refund)
    note(book, refund, "refund_requested", actor.name, note=refund.reason)
    return _decide(book, refund, actor) if refund.alone else refund


def approve(book: Book, actor: Actor, refund_id: str) -> Refund:
    """Have a proposed refund carried out. Raises ``four_eyes``, ``refund_decided`` and what ``give_back`` raises."""
    refund = _proposed(book.tx, refund_id)
    four_eyes(refund.requested_by, actor)
    note(book, refund, "refund_approved", actor.name)
    return _decide(book, refund, actor)


def withdraw(book: Book, actor: Actor, refund_id: str) -> Refund:
    """Do not carry out a proposed refund: taken back, or not approved. Raises ``refund_decided``."""
    refund = _proposed(book.tx, refund_id)
    refunds.change(
        book.tx,
        refund.id,
        state="withdrawn",
        decided_by=actor.id,
        decider=actor.name,
        decided_at=book.now,
        ended_at=book.now,
    )
    note(book, refund, "refund_withdrawn", actor.name)
    return refunds.get(book.tx, refund.id)


def give_up(book: Book, actor: Actor, refund_id: str, *, reason: str) -> Refund:
    """A person has looked at the platform, and it has not given the money back: it is put back.

    Raises ``refund_decided`` where it has ended, and ``reason_missing``.
    """
    refund = refunds.get(book.tx, refund_id, lock=True)
    if refund.state not in {"uncertain", "sent"}:
        raise Conflict("refund_decided", f"The refund is {refund.state}.", fix="Open the receipt again.")
    if not reason.strip():
        raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
    return put_back(book, refund, code=refund.error_code or "given_up", by=actor.name, why=reason.strip())


def build(refund: Refund, receipt: Receipt, connection: PlatformConnection) -> tuple[RefundOrder, dict[str, str]]:
    """What the platform is asked for, with the connection's settings; raises where it cannot be asked for that."""
    platform = registry.platform(connection.platform)
    order = RefundOrder(
        refund_id=refund.id,
        original_ref=receipt.external_ref,
        amount=refund.amount,
        paid=Money(receipt.amount_minor, receipt.currency),
        reason=refund.reason,
    )
    config = settings_of(connection)
    if platform.refunds is not None:
        platform.refunds.build(order, config)
    return order, config


def asked_for(tx: Connection, receipt: Receipt, *, external_ref: str, ordered_as: str | None) -> Refund | None:
    """The refund not over yet that a platform names, by its own name or by the one that we gave it."""
    return next(
        (
            one
            for one in refunds.of_receipt(tx, receipt.id, states=ASKED)
            if external_ref == one.external_ref or ordered_as == one.id
        ),
        None,
    )


def carried_out(book: Book, receipt: Receipt, fact: ReversalFact) -> Refund | None:
    """The refund that a platform's word is about, ended as paid; ``None`` where it is about none that was asked for.

    Only a platform that hands no names on is believed by the amount: elsewhere somebody else's refund has another name.
    """
    found = asked_for(book.tx, receipt, external_ref=fact.external_ref, ordered_as=fact.ordered_as)
    if found is None and fact.ordered_as is None:
        open_ones = refunds.of_receipt(book.tx, receipt.id, states=ASKED)
        found = next((one for one in open_ones if one.external_ref is None and one.amount == fact.amount), None)
    if found is None:
        return None
    refunds.change(book.tx, found.id, state="paid", external_ref=fact.external_ref, error_code=None, ended_at=book.now)
    note(book, found, "refund_paid", "system")
    return found


def owed_otherwise(tx: Connection, receipt: Receipt) -> Money:
    """What is owed back of a receipt and no platform was asked for."""
    asked = sum(one.amount_minor for one in refunds.of_receipt(tx, receipt.id, states=ASKED))
    return Money(max(receipt.refunding_minor - asked, 0), receipt.currency)


def put_back(book: Book, refund: Refund, *, code: str, by: str = "system", why: str = "") -> Refund:
    """The money did not leave: it waits again, and what of it had paid the receipt's case pays it again."""
    receipt = receipts.get(book.tx, refund.receipt_id, lock=True)
    connection = creditors.get_connection(book.tx, receipt.connection_id)
    child = opening.child_for(book, connection, receipt.currency)
    entry = bookings.refund_put_back(
        book.head(f"refund/{refund.id}/put-back", day=book.now.date(), source=receipt.id),
        leaves=book.leaves(child, Role.SUSPENSE, Role.REFUND_PAYABLE),
        amount=refund.amount,
    )
    book.post(entry)
    receipts.move(
        book.tx,
        receipt,
        refunding_minor=receipt.refunding_minor - refund.amount_minor,
        suspense_minor=receipt.suspense_minor + refund.amount_minor,
        suspense_reason=receipt.suspense_reason or SuspenseReason.OVERPAYMENT.value,
    )
    refunds.change(book.tx, refund.id, state="refused", error_code=code, ended_at=book.now)
    note(book, refund, "refund_refused", by, code=code, **({"note": why} if why else {}))
    _pay_again(book, refund, receipt)
    return refunds.get(book.tx, refund.id)


def note(book: Book, refund: Refund, kind: str, actor: str, **detail: str) -> None:
    """Tell the history of the receipt's case, if it has one."""
    receipt = receipts.get(book.tx, refund.receipt_id)
    if receipt.case_id is None:
        return
    said = {"receipt": receipt.id, "refund": refund.id, "amount": str(refund.amount), **detail}
    timeline.note(book.tx, cases.get(book.tx, receipt.case_id), at=book.now, actor=actor, kind=kind, detail=said)


def _pay_again(book: Book, refund: Refund, receipt: Receipt) -> None:
    """What had paid the case pays it again; where it no longer can (the case is over), it goes on waiting."""
    if not refund.from_debt_minor or receipt.case_id is None:
        return
    order = Order(book.new_id("money_event"), "system", f"{refund.id}: {refund.reason}", book.now.date())
    amount = replace(refund.amount, minor=refund.from_debt_minor)
    try:
        with book.tx.begin_nested():
            receipt_orders.assign(book, order, receipt_id=receipt.id, case_id=receipt.case_id, amount=amount)
    except AfluenteError:
        return


def _check(tx: Connection, receipt: Receipt, connection: PlatformConnection, reason: str) -> None:
    if not offered(connection, receipt):
        raise Refused(
            "refund_not_offered",
            "This money cannot be given back through the platform that it came over.",
            fix="Decide the refund, pay it by bank, and confirm it.",
        )
    if not reason.strip():
        raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
    if refunds.of_receipt(tx, receipt.id, states=("proposed", *ASKED)):
        raise Conflict(
            "refund_underway",
            "Another refund of this receipt is not over yet.",
            fix="Wait for its end, or withdraw it.",
        )


def _decide(book: Book, refund: Refund, actor: Actor) -> Refund:
    before = receipts.get(book.tx, refund.receipt_id, lock=True)
    order = Order(refund.money_event_id, actor.name, refund.reason, book.now.date())
    receipt_orders.give_back(book, order, receipt_id=before.id, amount=refund.amount)
    after = receipts.get(book.tx, before.id)
    refunds.change(
        book.tx,
        refund.id,
        state="due",
        from_debt_minor=before.allocated_minor - after.allocated_minor,
        decided_by=actor.id,
        decider=actor.name,
        decided_at=book.now,
        next_try_at=book.now,
    )
    return refunds.get(book.tx, refund.id)


def _proposed(tx: Connection, refund_id: str) -> Refund:
    refund = refunds.get(tx, refund_id, lock=True)
    if refund.state != "proposed":
        raise Conflict("refund_decided", f"The refund is {refund.state}.", fix="Open the receipt again.")
    return refund
