"""Creditors: whom debts are owed to. Opening one opens its parent account."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, select

from activities import creditors as opening
from gateway import paging
from gateway.auth import Administrator, Reader
from gateway.idempotency import Given, OnceDep
from gateway.shapes import Body, CountryCode, CurrencyCode, Page, Shape, ShortText
from store import creditors
from store.creditors import creditor_table

router = APIRouter(prefix="/v1/creditors", tags=["creditors"])


class NewCreditorBody(Body):
    """A creditor to open."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "Aurora Motors Export",
                "country": "CN",
                "document": "91310000MA1FL0000X",
                "contact": "collections@aurora.example",
                "lender_type": "vehicle_dealer",
                "settlement_currency": "USD",
            }
        }
    )

    name: ShortText
    country: CountryCode
    document: ShortText | None = None
    contact: Annotated[ShortText, Field(description="What notices give debtors to reach the creditor by.")]
    lender_type: Literal["bank", "finance_company", "vehicle_dealer"]
    settlement_currency: Annotated[CurrencyCode, Field(description="The currency of the parent account.")]


class CreditorView(Shape):
    """A creditor with its parent account."""

    id: str
    name: str
    country: str
    document: str | None
    contact: str
    lender_type: str
    settlement_currency: str
    parent_account_id: str
    created_at: datetime

    @classmethod
    def of(cls, creditor: creditors.Creditor) -> CreditorView:
        """The shape of a creditor."""
        return cls(**{name: getattr(creditor, name) for name in cls.model_fields})


class CreditorPage(Page[CreditorView]):
    """One page of creditors."""


@router.post("", status_code=201, operation_id="openCreditor", summary="Open a creditor", response_model=CreditorView)
def open_creditor(body: NewCreditorBody, caller: Administrator, once: OnceDep) -> Response:
    """Opens a creditor and its parent account in the settlement currency."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        creditor = opening.open_creditor(
            tx,
            opening.NewCreditor(**body.model_dump()),
            tenant_id=caller.tenant_id,
            new_id=services.new_id,
            now=services.now(),
        )
        return Given.of(CreditorView.of(creditor), location=f"/v1/creditors/{creditor.id}")

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()


@router.get("", operation_id="listCreditors", summary="List creditors")
def list_creditors(
    caller: Reader, cursor: paging.Cursor = None, limit: paging.Limit = paging.DEFAULT_LIMIT
) -> CreditorPage:
    """Newest first."""
    with caller.transaction() as tx:
        rows, more = paging.page_by_id(
            tx, select(creditor_table), creditor_table.c.id, kind="creditor", cursor=cursor, limit=limit
        )
    return CreditorPage(data=[CreditorView.of(creditors.Creditor(**row)) for row in rows], next_cursor=more)


@router.get("/{creditor_id}", operation_id="getCreditor", summary="Read a creditor")
def get_creditor(creditor_id: str, caller: Reader) -> CreditorView:
    """One creditor."""
    with caller.transaction() as tx:
        return CreditorView.of(creditors.get(tx, creditor_id))
