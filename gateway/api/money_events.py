"""Money events: what treasury has booked by hand, each with its reason, and once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy import Connection

from activities import money_events, receipt_orders
from activities.book import Book
from domain.accounts import Role
from domain.money import Money
from domain.money_events import TAKES, AccountEvent, MoneyEventKind, Order
from gateway import paging
from gateway.auth import Caller, Reader, Treasury
from gateway.idempotency import Given, Once, OnceDep
from gateway.queries import Among
from gateway.shapes import Amount, Body, Code, Identifier, LongText, Page, Shape
from store import cases, receipts
from store import money_events as kept
from store.listings import Place
from store.money_events import MoneyEvent

router = APIRouter(tags=["money events"])

KindCode = Annotated[Code, Among(lambda: tuple(kind.value for kind in MoneyEventKind))]
AccountKind = Annotated[Code, Among(lambda: tuple(kind.value for kind in TAKES))]
LeafCode = Annotated[Code, Among(lambda: tuple(role.value for role in Role))]


class MoneyEventView(Shape):
    """What a person had booked. ``subject`` is the account, receipt or loan that it is about."""

    id: str
    kind: str
    subject: str
    amount: Amount
    day: date
    reason: str
    actor: str
    entry_id: str
    created_at: datetime

    @classmethod
    def of(cls, event: MoneyEvent) -> MoneyEventView:
        """The shape of an event."""
        same = {name: getattr(event, name) for name in cls.model_fields if name != "amount"}
        return cls(amount=Amount.minor(event.amount_minor, event.currency), **same)


class MoneyEventPage(Page[MoneyEventView]):
    """One page of events."""


class OrderBody(Body):
    """Why, and for which day (today, UTC, where left out)."""

    reason: LongText
    day: date | None = None


class PartBody(OrderBody):
    """How much of it; all where left out."""

    amount: Amount | None = None


class AssignBody(PartBody):
    """To which case; all that waits where no amount is stated."""

    case_id: Identifier


class ChargeBody(OrderBody):
    """What the bank took it for."""

    kind: Annotated[Literal["fee", "tax"], Field(description="A fee of the bank, or a tax that it kept.")] = "fee"


class AmountBody(OrderBody):
    """How much."""

    amount: Amount


class NewMoneyEvent(AmountBody):
    """An event of a child account. Which of the other fields it takes depends on its kind."""

    kind: AccountKind
    account_id: Identifier
    fee: Annotated[Amount | None, Field(description="settlement: what the platform took of the batch.")] = None
    withheld: Annotated[Amount | None, Field(description="settlement, agency_remitted: tax kept.")] = None
    kept: Annotated[Amount | None, Field(description="agency_remitted: the commission it kept.")] = None
    arrived: Annotated[Amount | None, Field(description="settlement_arrived: what the bank got.")] = None
    against: Annotated[LeafCode | None, Field(description="rounding: the leaf that the remainder stands on.")] = None
    loan_id: Annotated[Identifier | None, Field(description="agency_reported: the contract paid.")] = None
    receipt_id: Annotated[
        Identifier | None,
        Field(
            description="commission_accrued: the receipt it was earned on; if that goes back, so does the commission."
        ),
    ] = None
    in_bank: Annotated[bool | None, Field(description="settlement, tax_withheld: whether the bank holds it.")] = None

    def event(self) -> AccountEvent:
        """The event; raises what ``AccountEvent`` raises."""
        parts = {name: _money(getattr(self, name)) for name in ("fee", "withheld", "kept", "arrived")}
        return AccountEvent(
            kind=MoneyEventKind(self.kind),
            account_id=self.account_id,
            amount=self.amount.money(),
            against=Role(self.against) if self.against else None,
            loan_id=self.loan_id,
            receipt_id=self.receipt_id,
            in_bank=self.in_bank,
            **parts,
        )


class MatchedPart(Shape):
    """What an instalment would get."""

    loan_id: str
    instalment: int
    amount: Amount


class MatchingView(Shape):
    """What matching would do: how much would pay debts, and how much would still wait."""

    receipt_id: str
    case_id: str
    applied: Amount
    rest: Amount
    parts: list[MatchedPart]


@router.get("/v1/money-events", operation_id="listMoneyEvents", summary="List what people had booked")
def list_money_events(
    caller: Reader,
    kind: Annotated[KindCode | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> MoneyEventPage:
    """Newest first."""
    with caller.transaction() as tx:
        found = kept.page(tx, before_seq=paging.after_seq(cursor), limit=limit + 1, kind=kind)
    shown = found[:limit]
    more = Place(str(shown[-1][0]), "") if len(found) > limit else None
    return MoneyEventPage(data=[MoneyEventView.of(event) for _, event in shown], next_cursor=paging.encode(more))


@router.post(
    "/v1/money-events",
    status_code=201,
    operation_id="recordMoneyEvent",
    summary="Book an event of a child account",
    response_model=MoneyEventView,
)
def record_money_event(body: NewMoneyEvent, caller: Treasury, once: OnceDep) -> Response:
    """A fee, tax, batch, agency's report or remittance, commission, charity or remainder that no platform tells of."""
    event = body.event()
    return _carry_out(body, caller, once, lambda book, order: money_events.record(book, order, event))


@router.get(
    "/v1/receipts/{receipt_id}/matching",
    operation_id="previewMatching",
    summary="Ask what matching a receipt to a case would do",
    tags=["receipts"],
)
def preview_matching(
    receipt_id: str, caller: Reader, case_id: Annotated[Identifier, Query(description="The case to match it to.")]
) -> MatchingView:
    """Changes nothing; refuses what matching itself would refuse."""
    with caller.transaction() as tx:
        found = receipt_orders.preview(tx, receipts.get(tx, receipt_id), cases.get(tx, case_id))
    parts = [
        MatchedPart(loan_id=part.loan_id, instalment=part.instalment, amount=Amount.of(part.amount))
        for part in found.parts
    ]
    return MatchingView(
        receipt_id=receipt_id,
        case_id=case_id,
        applied=Amount.of(found.applied),
        rest=Amount.of(found.rest),
        parts=parts,
    )


@router.post(
    "/v1/receipts/{receipt_id}/assign",
    status_code=201,
    operation_id="assignReceipt",
    summary="Match a receipt to a case",
    response_model=MoneyEventView,
    tags=["receipts"],
)
def assign_receipt(receipt_id: str, body: AssignBody, caller: Treasury, once: OnceDep) -> Response:
    """Money that waits pays the case's instalments, oldest first; the case is told."""
    amount = _money(body.amount)

    def act(book: Book, order: Order) -> MoneyEvent:
        return receipt_orders.assign(book, order, receipt_id=receipt_id, case_id=body.case_id, amount=amount)

    return _carry_out(body, caller, once, act)


@router.post(
    "/v1/receipts/{receipt_id}/refund",
    status_code=201,
    operation_id="decideRefund",
    summary="Decide to give a receipt back",
    response_model=MoneyEventView,
    tags=["receipts"],
)
def decide_refund(receipt_id: str, body: PartBody, caller: Treasury, once: OnceDep) -> Response:
    """All that waits, or an amount: first what waits, then what it paid, the last first. It is owed until it left."""
    amount = _money(body.amount)

    def act(book: Book, order: Order) -> MoneyEvent:
        return receipt_orders.give_back(book, order, receipt_id=receipt_id, amount=amount)

    return _carry_out(body, caller, once, act)


@router.post(
    "/v1/receipts/{receipt_id}/refund/paid",
    status_code=201,
    operation_id="confirmRefund",
    summary="Confirm that a refund has left",
    response_model=MoneyEventView,
    tags=["receipts"],
)
def confirm_refund(receipt_id: str, body: PartBody, caller: Treasury, once: OnceDep) -> Response:
    """For refunds that no platform tells of; where one does, its word confirms it."""
    amount = _money(body.amount)

    def act(book: Book, order: Order) -> MoneyEvent:
        return receipt_orders.confirm_refund(book, order, receipt_id=receipt_id, amount=amount)

    return _carry_out(body, caller, once, act)


@router.post(
    "/v1/receipts/{receipt_id}/hold-for-another",
    status_code=201,
    operation_id="holdForAnother",
    summary="Hold a receipt for somebody else",
    response_model=MoneyEventView,
    tags=["receipts"],
)
def hold_for_another(receipt_id: str, body: PartBody, caller: Treasury, once: OnceDep) -> Response:
    """Money that waits belongs to an insurer, a co-lender or another; hand it on by a money event."""
    amount = _money(body.amount)

    def act(book: Book, order: Order) -> MoneyEvent:
        return receipt_orders.hold_for_another(book, order, receipt_id=receipt_id, amount=amount)

    return _carry_out(body, caller, once, act)


@router.post(
    "/v1/receipts/{receipt_id}/charge",
    status_code=201,
    operation_id="explainCharge",
    summary="Call money out a charge of the bank",
    response_model=MoneyEventView,
    tags=["receipts"],
)
def explain_charge(receipt_id: str, body: ChargeBody, caller: Treasury, once: OnceDep) -> Response:
    """A negative receipt that waits was taken by the bank: a fee of its own, or a tax that it kept."""

    def act(book: Book, order: Order) -> MoneyEvent:
        return receipt_orders.explain_charge(book, order, receipt_id=receipt_id, tax=body.kind == "tax")

    return _carry_out(body, caller, once, act)


@router.post(
    "/v1/loans/{loan_id}/write-off",
    status_code=201,
    operation_id="writeOffLoan",
    summary="Write a loan off",
    response_model=MoneyEventView,
    tags=["loans"],
)
def write_off_loan(loan_id: str, body: PartBody, caller: Treasury, once: OnceDep) -> Response:
    """Gives up what is owed, or an amount of it, in the book; what still comes in for it is booked as recovered."""
    amount = _money(body.amount)

    def act(book: Book, order: Order) -> MoneyEvent:
        return money_events.write_off(book, order, loan_id=loan_id, amount=amount)

    return _carry_out(body, caller, once, act)


@router.post(
    "/v1/loans/{loan_id}/charity",
    status_code=201,
    operation_id="chargeForCharity",
    summary="Charge a late amount for charity",
    response_model=MoneyEventView,
    tags=["loans"],
)
def charge_for_charity(loan_id: str, body: AmountBody, caller: Treasury, once: OnceDep) -> Response:
    """Of murabaha and ijara alone: the debtor owes it in an instalment of its own, and it is owed to charity."""
    amount = body.amount.money()

    def act(book: Book, order: Order) -> MoneyEvent:
        return money_events.charge_for_charity(book, order, loan_id=loan_id, amount=amount)

    return _carry_out(body, caller, once, act)


def _carry_out(body: OrderBody, caller: Caller, once: Once, act: Callable[[Book, Order], MoneyEvent]) -> Response:
    services = caller.services

    def effect(tx: Connection) -> Given:
        now = services.now()
        order = Order(services.new_id("money_event"), caller.actor, body.reason, body.day or now.date())
        return Given.of(MoneyEventView.of(act(Book(tx, services.new_id, now), order)))

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()


def _money(amount: Amount | None) -> Money | None:
    return None if amount is None else amount.money()
