"""What is agreed with a debtor in a case, offered or answered: plans, settlements, requests about personal data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from activities import arrangements
from activities.arrangements import LONGEST_ANSWER, Arrangements
from domain.promises import MOST_PAYMENTS
from gateway.auth import Caller, Finance
from gateway.idempotency import Given, Once, OnceDep
from gateway.shapes import Amount, Body, Identifier, Shape

router = APIRouter(prefix="/v1/cases", tags=["cases"])

_LINES = r"^[^\x00-\x09\x0b-\x1f\x7f]*$"
"""Printable letters and line feeds."""


class PaymentBody(Body):
    """One payment of a plan."""

    due_date: date
    amount: Amount


class PlanBody(Body):
    """The payments of a plan, in the order of their days."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"payments": [{"due_date": "2026-12-15", "amount": {"amount": "500.00", "currency": "BRL"}}]}
        }
    )

    payments: Annotated[list[PaymentBody], Field(min_length=1, max_length=MOST_PAYMENTS)]


class OfferBody(Body):
    """What is accepted in the place of all that is overdue, if it arrives by a day."""

    amount: Amount
    until: date


class AnswerBody(Body):
    """The answer to a request about personal data, in the debtor's language; ``seq`` is the request's timeline line."""

    seq: Annotated[int, Field(ge=1)]
    answer: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ANSWER, pattern=_LINES)]


class ArrangedView(Shape):
    """The identifier of what was made: a plan, an offer, or the notice that answers."""

    ref: str | None


def _arrange(
    case_id: str, caller: Caller, once: Once, said: Body, work: Callable[[Arrangements], str | None]
) -> Response:
    """Arrange something, once; the case takes it into account at once, or at the next sweep at the latest."""

    def effect(tx: Connection) -> Given:
        services = caller.services
        desk = arrangements.of_case(tx, case_id, actor=caller.actor, new_id=services.new_id, now=services.now())
        return Given.of(ArrangedView(ref=work(desk)), status=201, location=f"/v1/cases/{case_id}")

    body: Any = said.model_dump(mode="json")
    return once.in_transaction(caller, body, effect).response()


@router.post(
    "/{case_id}/plans",
    status_code=201,
    operation_id="agreePlan",
    summary="Agree on a plan",
    response_model=ArrangedView,
)
def agree_plan(case_id: Identifier, body: PlanBody, caller: Finance, once: OnceDep) -> Response:
    """Each payment is a promise, in the place of those still open; the debtor is sent the plan."""
    payments = [(one.due_date, one.amount.money()) for one in body.payments]
    return _arrange(case_id, caller, once, body, lambda desk: desk.agree_plan(payments))


@router.post(
    "/{case_id}/settlement-offers",
    status_code=201,
    operation_id="offerSettlement",
    summary="Offer a settlement",
    response_model=ArrangedView,
)
def offer_settlement(case_id: Identifier, body: OfferBody, caller: Finance, once: OnceDep) -> Response:
    """The debtor is sent the offer; nobody reminds while it stands, and its money in time settles the case."""
    amount = body.amount.money()
    return _arrange(case_id, caller, once, body, lambda desk: desk.offer_settlement(amount, until=body.until))


@router.post(
    "/{case_id}/data-answers",
    status_code=201,
    operation_id="answerDataRequest",
    summary="Answer a request about personal data",
    response_model=ArrangedView,
)
def answer_data_request(case_id: Identifier, body: AnswerBody, caller: Finance, once: OnceDep) -> Response:
    """The debtor is sent the answer in full, by e-mail or letter, whatever else keeps everybody silent."""
    return _arrange(case_id, caller, once, body, lambda desk: desk.answer_data_request(body.seq, body.answer))
