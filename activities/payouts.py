"""Batches that platforms pay out: booked as on their way, until a bank's statement shows them or they come back."""

from __future__ import annotations

from activities.receipts import Recorder
from domain import bookings
from domain.accounts import Role
from domain.errors import Conflict, Invalid
from domain.money import zero
from domain.receipts import PayoutFact, PayoutReturned
from ledger import reversals
from store import payouts
from store.payouts import Payout


def record(recorder: Recorder, fact: PayoutFact) -> None:
    """Record a batch that a platform paid out, once. Raises ``payout_not_positive``."""
    if fact.net.minor <= 0:
        raise Invalid("payout_not_positive", f"A payout of {fact.net} is none.", fix="Check the platform's event.")
    connection, book, currency = recorder.connection, recorder.book, fact.net.currency
    if payouts.by_external(recorder.tx, connection_id=connection.id, external_ref=fact.external_ref):
        return
    entry = bookings.settlement(
        book.head(_key(recorder, fact.external_ref, "sent"), day=fact.value_date, source=book.new_id("payout")),
        leaves=recorder.leaves(currency, Role.WITHHELD),
        net=fact.net,
        fee=fact.fee,
        withheld=fact.withheld,
        in_bank=fact.in_bank,
    )
    payout = Payout(
        id=entry.source,
        tenant_id=connection.tenant_id,
        connection_id=connection.id,
        inbox_id=recorder.inbox_id,
        external_ref=fact.external_ref,
        references=list(dict.fromkeys((fact.external_ref, *fact.references))),
        net_minor=fact.net.minor,
        fee_minor=(fact.fee or zero(currency)).minor,
        withheld_minor=(fact.withheld or zero(currency)).minor,
        currency=currency,
        value_date=fact.value_date,
        state="arrived" if fact.in_bank else "sent",
        entry_id=entry.id,
        arrived_minor=None,
        arrived_ref=None,
        created_at=recorder.now,
    )
    if payouts.add(recorder.tx, payout):
        book.post(entry)


def came_back(recorder: Recorder, fact: PayoutReturned) -> None:
    """Undo a batch that did not reach the bank. One that was never told as paid moved nothing.

    Raises ``payout_arrived`` where a bank's statement had shown it: that is a difference for a person.
    """
    payout = payouts.by_external(recorder.tx, connection_id=recorder.connection.id, external_ref=fact.external_ref)
    if payout is None or payout.state == "returned":
        return
    if payout.state == "arrived":
        raise Conflict(
            "payout_arrived",
            f"Payout {fact.external_ref} arrived at the bank, and the platform says that it came back.",
            fix="Ask the bank; book what is true by hand.",
        )
    reversals.reverse(
        recorder.tx,
        payout.entry_id,
        reversal_id=recorder.new_id("entry"),
        key=_key(recorder, fact.external_ref, "returned"),
        effective_date=fact.value_date,
        now=recorder.now,
    )
    payouts.change(recorder.tx, payout.id, state="returned")


def _key(recorder: Recorder, external_ref: str, phase: str) -> str:
    return f"payout/{recorder.connection.id}/{external_ref}/{phase}"
