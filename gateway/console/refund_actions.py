"""Refunds through the platform: asked for on the receipt's page, approved, withdrawn or given up there."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response

from activities import refunds as keeping
from activities.book import Book
from domain.day_close import Actor
from domain.errors import AfluenteError
from domain.ids import check
from domain.money import Money
from gateway.console.pages import ConsoleRoute, Posted, Posting, go
from gateway.console.receipts import Trouble, receipt_page
from store import receipts, refunds
from store.refunds import Refund

router = APIRouter(route_class=ConsoleRoute)

LONGEST_REASON = 500


@router.post("/receipts/{receipt_id}/platform-refund")
def request(form: Posting, receipt_id: str) -> Response:
    """Have the platform give money back, or propose it."""

    def act(book: Book, actor: Actor) -> Refund:
        entered = form.text("amount")
        amount = Money.parse(entered, receipts.get(book.tx, receipt_id).currency) if entered else None
        return keeping.request(
            book,
            actor,
            refund_id=check("refund", form.text("refund_id")),
            receipt_id=receipt_id,
            reason=form.text("reason")[:LONGEST_REASON],
            amount=amount,
        )

    return _carry_out(form, receipt_id, act=act)


@router.post("/receipts/{receipt_id}/refunds/{refund_id}/approve")
def approve(form: Posting, receipt_id: str, refund_id: str) -> Response:
    """Approve what another person proposed."""
    return _carry_out(form, receipt_id, act=lambda book, actor: keeping.approve(book, actor, refund_id))


@router.post("/receipts/{receipt_id}/refunds/{refund_id}/withdraw")
def withdraw(form: Posting, receipt_id: str, refund_id: str) -> Response:
    """Do not carry out what was proposed."""
    return _carry_out(form, receipt_id, act=lambda book, actor: keeping.withdraw(book, actor, refund_id))


@router.post("/receipts/{receipt_id}/refunds/{refund_id}/give-up")
def give_up(form: Posting, receipt_id: str, refund_id: str) -> Response:
    """Put the money back of a refund that did not happen."""
    reason = form.text("reason")[:LONGEST_REASON]
    return _carry_out(form, receipt_id, act=lambda book, actor: keeping.give_up(book, actor, refund_id, reason=reason))


_DONE = {
    "proposed": "refund_proposed",
    "due": "refund_due",
    "withdrawn": "refund_withdrawn",
    "refused": "refund_put_back",
}


def _carry_out(form: Posted, receipt_id: str, *, act: Callable[[Book, Actor], Refund]) -> Response:
    here = form.visit
    try:
        here.need("money")
        with here.tx() as tx:
            book = Book(tx, here.services.new_id, here.services.now())
            done = act(book, Actor(here.person.id, f"{here.person.name} <{here.person.email}>"))
            state = refunds.get(tx, done.id).state
    except AfluenteError as error:
        said = {key: value for key, value in form.fields.items() if isinstance(value, str)}
        return receipt_page(here, receipt_id, trouble=Trouble("platform_refund", error, said))
    return go(f"/receipts/{receipt_id}", done=_DONE.get(state))
