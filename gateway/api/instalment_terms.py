"""Terms on which a creditor lets debtors pay what is overdue in instalments, on the pay page and without asking."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from activities import instalments
from domain.instalment_plans import FEWEST_PAYMENTS, LATEST_FIRST_DAYS, MOST_PAYMENTS, InstalmentTerms
from gateway.auth import Caller, Finance, Reader
from gateway.idempotency import Given, Once, OnceDep
from gateway.shapes import Amount, Body, CountryCode, CurrencyCode, Identifier, Shape
from store import creditors, instalment_terms
from store.instalment_terms import TermsRow

router = APIRouter(prefix="/v1/creditors/{creditor_id}/instalment-terms", tags=["creditors"])


class TermsBody(Body):
    """How far what is overdue may be spread in a country; the currency is that of the least payment."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "country": "BR",
                "most_payments": 4,
                "least_payment": {"amount": "200.00", "currency": "BRL"},
                "first_within_days": 7,
            }
        }
    )

    country: CountryCode
    most_payments: Annotated[int, Field(ge=FEWEST_PAYMENTS, le=MOST_PAYMENTS)]
    least_payment: Amount
    first_within_days: Annotated[int, Field(ge=1, le=LATEST_FIRST_DAYS)]


class EndBody(Body):
    """Where instalments end."""

    country: CountryCode
    currency: CurrencyCode


class TermsView(Shape):
    """What was stated last for a country and currency; the three terms are null where instalments ended."""

    country: str
    currency: str
    most_payments: int | None
    least_payment: Amount | None
    first_within_days: int | None
    stated_by: str
    stated_at: datetime

    @classmethod
    def of(cls, row: TermsRow) -> TermsView:
        """The shape of what was stated."""
        terms = row.terms
        return cls(
            country=row.country,
            currency=row.currency,
            most_payments=terms.most_payments if terms else None,
            least_payment=Amount.of(terms.least) if terms else None,
            first_within_days=terms.first_within_days if terms else None,
            stated_by=row.stated_by,
            stated_at=row.stated_at,
        )


class TermsList(Shape):
    """The terms of a creditor, by country and currency."""

    data: list[TermsView]


@router.post(
    "",
    status_code=201,
    operation_id="stateInstalmentTerms",
    summary="State instalment terms",
    response_model=TermsView,
)
def state_terms(creditor_id: Identifier, body: TermsBody, caller: Finance, once: OnceDep) -> Response:
    """They take the place of those that stood; plans already taken stay as they are."""
    least = body.least_payment.money()
    terms = InstalmentTerms(body.most_payments, least, body.first_within_days)
    return _state(creditor_id, body.country, least.currency, terms, caller=caller, once=once, said=body)


@router.post(
    "/end", status_code=201, operation_id="endInstalmentTerms", summary="End instalments", response_model=TermsView
)
def end_terms(creditor_id: Identifier, body: EndBody, caller: Finance, once: OnceDep) -> Response:
    """Debtors are offered none any more; plans already taken stay as they are."""
    return _state(creditor_id, body.country, body.currency, None, caller=caller, once=once, said=body)


def _state(
    creditor_id: str,
    country: str,
    currency: str,
    terms: InstalmentTerms | None,
    *,
    caller: Caller,
    once: Once,
    said: Body,
) -> Response:
    services = caller.services

    def effect(tx: Connection) -> Given:
        row = instalments.state_terms(
            tx,
            creditor_id=creditor_id,
            country=country,
            currency=currency,
            terms=terms,
            actor=caller.actor,
            new_id=services.new_id,
            now=services.now(),
        )
        return Given.of(TermsView.of(row), status=201, location=f"/v1/creditors/{creditor_id}/instalment-terms")

    return once.in_transaction(caller, said.model_dump(mode="json"), effect).response()


@router.get("", operation_id="listInstalmentTerms", summary="List instalment terms")
def list_terms(creditor_id: Identifier, caller: Reader) -> TermsList:
    """What was stated last for each country and currency."""
    with caller.transaction() as tx:
        creditors.get(tx, creditor_id)
        return TermsList(data=[TermsView.of(row) for row in instalment_terms.standing(tx, creditor_id=creditor_id)])
