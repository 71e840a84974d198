"""Refunds through the platform that the money came over: asked for, approved by another, and how far each has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy import Connection, select

from activities import refunds as keeping
from activities.book import Book
from domain.day_close import Actor
from gateway import paging
from gateway.auth import Caller, Reader, Treasury
from gateway.idempotency import Given, Once, OnceDep
from gateway.shapes import Amount, Body, Identifier, LongText, Page, Shape
from store import refunds
from store.refunds import Refund, refund_table

router = APIRouter(tags=["receipts"])


class RefundBody(Body):
    """Why money goes back, and how much of it; all that waits where no amount is stated."""

    reason: LongText
    amount: Amount | None = None


class GiveUpBody(Body):
    """What was seen at the platform."""

    reason: LongText


class RefundView(Shape):
    """A refund through a platform."""

    id: str
    receipt_id: str
    connection_id: str
    amount: Amount
    state: Annotated[
        str, Field(description="proposed, withdrawn, due, asking, uncertain, sent, paid or refused (and put back).")
    ]
    reason: str
    requester: str
    requested_at: datetime
    decider: str | None
    decided_at: datetime | None
    external_ref: Annotated[str | None, Field(description="The platform's own name of it.")]
    error_code: Annotated[str | None, Field(description="Why it is not paid, or not yet.")]
    attempts: int
    ended_at: datetime | None

    @classmethod
    def of(cls, refund: Refund) -> RefundView:
        """The shape of a refund."""
        same = {name: getattr(refund, name) for name in cls.model_fields if name != "amount"}
        return cls(amount=Amount.of(refund.amount), **same)


class RefundPage(Page[RefundView]):
    """One page of refunds."""


@router.post(
    "/v1/receipts/{receipt_id}/platform-refund",
    status_code=201,
    operation_id="requestRefund",
    summary="Have the platform give a receipt back",
    response_model=RefundView,
)
def request_refund(receipt_id: str, body: RefundBody, caller: Treasury, once: OnceDep) -> Response:
    """Above the connection's limit for one person it is proposed, and another has to approve it."""
    amount = None if body.amount is None else body.amount.money()

    def act(book: Book, actor: Actor) -> Refund:
        refund_id = book.new_id("refund")
        return keeping.request(
            book, actor, refund_id=refund_id, receipt_id=receipt_id, reason=body.reason, amount=amount
        )

    return _carry_out(caller, once, body, act, status=201)


@router.get("/v1/refunds", operation_id="listRefunds", summary="List refunds through platforms")
def list_refunds(
    caller: Reader,
    receipt_id: Annotated[Identifier | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> RefundPage:
    """Newest first."""
    query = select(refund_table)
    if receipt_id is not None:
        query = query.where(refund_table.c.receipt_id == receipt_id)
    with caller.transaction() as tx:
        rows, more = paging.page_by_id(tx, query, refund_table.c.id, kind="refund", cursor=cursor, limit=limit)
    return RefundPage(data=[RefundView.of(Refund(**row)) for row in rows], next_cursor=more)


@router.get("/v1/refunds/{refund_id}", operation_id="getRefund", summary="Read a refund")
def get_refund(refund_id: str, caller: Reader) -> RefundView:
    """One refund."""
    with caller.transaction() as tx:
        return RefundView.of(refunds.get(tx, refund_id))


@router.post(
    "/v1/refunds/{refund_id}/approve",
    operation_id="approveRefund",
    summary="Approve a refund that another proposed",
    response_model=RefundView,
)
def approve_refund(refund_id: str, caller: Treasury, once: OnceDep) -> Response:
    """The money is owed back from now on, and the platform is asked for it."""
    return _carry_out(caller, once, None, lambda book, actor: keeping.approve(book, actor, refund_id))


@router.post(
    "/v1/refunds/{refund_id}/withdraw",
    operation_id="withdrawRefund",
    summary="Withdraw a proposed refund",
    response_model=RefundView,
)
def withdraw_refund(refund_id: str, caller: Treasury, once: OnceDep) -> Response:
    """Nothing has moved; nothing will."""
    return _carry_out(caller, once, None, lambda book, actor: keeping.withdraw(book, actor, refund_id))


@router.post(
    "/v1/refunds/{refund_id}/give-up",
    operation_id="giveUpRefund",
    summary="Put the money of a refund back",
    response_model=RefundView,
)
def give_up_refund(refund_id: str, body: GiveUpBody, caller: Treasury, once: OnceDep) -> Response:
    """For one whose end the platform does not tell, once a person has seen there that nothing went back."""
    return _carry_out(
        caller, once, body, lambda book, actor: keeping.give_up(book, actor, refund_id, reason=body.reason)
    )


def _carry_out(
    caller: Caller, once: Once, body: Body | None, act: Callable[[Book, Actor], Refund], *, status: int = 200
) -> Response:
    services = caller.services

    def effect(tx: Connection) -> Given:
        book = Book(tx, services.new_id, services.now())
        refund = act(book, Actor(caller.principal.id, caller.actor))
        return Given.of(RefundView.of(refund), status=status, location=f"/v1/refunds/{refund.id}")

    said = None if body is None else body.model_dump(mode="json")
    return once.in_transaction(caller, said, effect).response()
