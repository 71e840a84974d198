"""What treasury does to a receipt: match it to a case, give it back. A refusal is shown beside its form."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response

from activities import receipt_orders
from activities.book import Book
from domain.errors import AfluenteError, Invalid
from domain.ids import check
from domain.money import Money
from domain.money_events import Order
from gateway.console.pages import ConsoleRoute, Posted, Posting, go
from gateway.console.receipts import Trouble, receipt_page
from store import receipts

router = APIRouter(route_class=ConsoleRoute)

LONGEST_REASON = 500


@router.post("/receipts/{receipt_id}/assign")
def assign(form: Posting, receipt_id: str) -> Response:
    """Match money that waits to a case."""

    def act(book: Book, order: Order, _amount: Money | None) -> object:
        return receipt_orders.assign(book, order, receipt_id=receipt_id, case_id=form.text("case_id"))

    return _carry_out(form, receipt_id, name="assign", act=act)


@router.post("/receipts/{receipt_id}/refund")
def refund(form: Posting, receipt_id: str) -> Response:
    """Decide to give money back."""

    def act(book: Book, order: Order, amount: Money | None) -> object:
        return receipt_orders.give_back(book, order, receipt_id=receipt_id, amount=amount)

    return _carry_out(form, receipt_id, name="refund", act=act)


@router.post("/receipts/{receipt_id}/refund-paid")
def refund_paid(form: Posting, receipt_id: str) -> Response:
    """Confirm that money which was owed back has left."""

    def act(book: Book, order: Order, amount: Money | None) -> object:
        return receipt_orders.confirm_refund(book, order, receipt_id=receipt_id, amount=amount)

    return _carry_out(form, receipt_id, name="refund_paid", act=act)


@router.post("/receipts/{receipt_id}/charge")
def charge(form: Posting, receipt_id: str) -> Response:
    """Call money out a charge of the bank, or a tax that it kept."""

    def act(book: Book, order: Order, _amount: Money | None) -> object:
        tax = form.text("kind") == "tax"
        return receipt_orders.explain_charge(book, order, receipt_id=receipt_id, tax=tax)

    return _carry_out(form, receipt_id, name="charge", act=act)


def _carry_out(
    form: Posted, receipt_id: str, *, name: str, act: Callable[[Book, Order, Money | None], object]
) -> Response:
    """Have the form's order booked in one transaction; a refusal leads back to the form with what was entered."""
    here = form.visit
    try:
        here.need("money")
        now = here.services.now()
        reason = form.text("reason")
        if not reason:
            raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
        actor = f"{here.person.name} <{here.person.email}>"
        order = Order(check("money_event", form.text("command_id")), actor, reason[:LONGEST_REASON], now.date())
        with here.tx() as tx:
            entered = form.text("amount")
            amount = Money.parse(entered, receipts.get(tx, receipt_id).currency) if entered else None
            act(Book(tx, here.services.new_id, now), order, amount)
    except AfluenteError as error:
        said = {key: value for key, value in form.fields.items() if isinstance(value, str)}
        return receipt_page(here, receipt_id, trouble=Trouble(name, error, said))
    return go(f"/receipts/{receipt_id}", done=name)
