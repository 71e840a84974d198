"""Payment requests: what a debtor was asked to pay over a local rail, and the code they were given."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, select

from activities import payment_requests as asking
from domain.errors import Conflict
from gateway import paging
from gateway.auth import Finance, Reader
from gateway.idempotency import Given, OnceDep
from gateway.queries import RequestState
from gateway.shapes import Amount, Body, Code, Identifier, Page, Shape
from store import cases, payment_requests
from store.payment_requests import PaymentRequest, payment_request_table

router = APIRouter(prefix="/v1/payment_requests", tags=["payment requests"])


class NewPaymentRequestBody(Body):
    """What to ask for."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "case_id": "case_01jd0000000000000000000000",
                "amount": {"amount": "2500.00", "currency": "BRL"},
                "rail": "pix",
            }
        }
    )

    case_id: Identifier
    amount: Annotated[Amount | None, Field(description="All that is overdue where left out.")] = None
    rail: Annotated[
        Code | None, Field(description="Where left out, the best by limits, health and cost of what is connected.")
    ] = None
    amount_open: Annotated[bool, Field(description="Whether the code leaves the amount to the debtor.")] = False


class PaymentRequestView(Shape):
    """A request; ``code`` is what the debtor scans, copies or quotes, null while the platform is still to be asked."""

    id: str
    case_id: str
    connection_id: str
    rail: str
    reference: str
    amount: Amount
    state: Annotated[str, Field(description="draft, issued, paid, expired or cancelled.")]
    amount_open: Annotated[bool, Field(description="`amount` is what was owed; the code does not state it.")]
    external_ref: str | None
    code: dict[str, Any] | None
    expires_at: datetime
    created_at: datetime
    issued_at: datetime | None
    paid_at: datetime | None

    @classmethod
    def of(cls, request: PaymentRequest) -> PaymentRequestView:
        """The shape of a request."""
        same = {name: getattr(request, name) for name in cls.model_fields if name != "amount"}
        return cls(**same, amount=Amount.minor(request.amount_minor, request.currency))


class PaymentRequestPage(Page[PaymentRequestView]):
    """One page of requests."""


@router.post(
    "",
    status_code=201,
    operation_id="createPaymentRequest",
    summary="Ask a debtor for money over a rail",
    response_model=PaymentRequestView,
)
def create_payment_request(body: NewPaymentRequestBody, caller: Finance, once: OnceDep) -> Response:
    """Makes the debtor's code; an unpaid request of the case for the same amount is given again.

    Where only the platform can make the code, the request is a ``draft`` until the platform has been asked.
    """
    services = caller.services
    amount = None if body.amount is None else body.amount.money()

    def effect(tx: Connection) -> Given:
        case = cases.get(tx, body.case_id, lock=True)
        if case.closed_at is not None:
            raise Conflict("case_closed", "The case is closed; nothing is asked for any more.")
        request = asking.create(
            tx,
            case,
            amount=amount,
            rail=body.rail,
            amount_open=body.amount_open,
            now=services.now(),
            new_id=services.new_id,
        )
        return Given.of(PaymentRequestView.of(request), location=f"/v1/payment_requests/{request.id}")

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()


@router.get("", operation_id="listPaymentRequests", summary="List payment requests")
def list_payment_requests(
    caller: Reader,
    case_id: Annotated[Identifier | None, Query()] = None,
    state: Annotated[RequestState | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> PaymentRequestPage:
    """Newest first."""
    table = payment_request_table
    query = select(table)
    if case_id is not None:
        query = query.where(table.c.case_id == case_id)
    if state is not None:
        query = query.where(table.c.state == state)
    with caller.transaction() as tx:
        rows, more = paging.page_by_id(tx, query, table.c.id, kind="payment_request", cursor=cursor, limit=limit)
    return PaymentRequestPage(data=[PaymentRequestView.of(PaymentRequest(**row)) for row in rows], next_cursor=more)


@router.get("/{request_id}", operation_id="getPaymentRequest", summary="Read a payment request")
def get_payment_request(request_id: str, caller: Reader) -> PaymentRequestView:
    """One request with its code."""
    with caller.transaction() as tx:
        return PaymentRequestView.of(payment_requests.get(tx, request_id))


@router.post(
    "/{request_id}/cancel",
    status_code=200,
    operation_id="cancelPaymentRequest",
    summary="Ask for a payment no longer",
    response_model=PaymentRequestView,
)
def cancel_payment_request(request_id: str, caller: Finance, once: OnceDep) -> Response:
    """The code is shown no more; money that still comes for it is matched as before."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        request = asking.cancel(tx, request_id, actor=caller.actor, now=services.now())
        return Given.of(PaymentRequestView.of(request), status=200, location=f"/v1/payment_requests/{request.id}")

    return once.in_transaction(caller, None, effect).response()


@router.post(
    "/{request_id}/reissue",
    status_code=201,
    operation_id="reissuePaymentRequest",
    summary="Ask again in place of an earlier request",
    response_model=PaymentRequestView,
)
def reissue_payment_request(request_id: str, caller: Finance, once: OnceDep) -> Response:
    """A new code for the same amount and rail; the earlier request is cancelled if it is still live."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        request = asking.reissue(tx, request_id, actor=caller.actor, now=services.now(), new_id=services.new_id)
        return Given.of(PaymentRequestView.of(request), location=f"/v1/payment_requests/{request.id}")

    return once.in_transaction(caller, None, effect).response()
