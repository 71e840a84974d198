"""Statements and the inbox: bank files that a person hands in, and what became of every delivery."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from pydantic import Field
from sqlalchemy import Connection

from domain.errors import Conflict
from gateway import paging
from gateway.auth import MoneyDesk, Reader
from gateway.idempotency import Given, OnceDep
from gateway.queries import DeliveryState, PlatformCode
from gateway.shapes import Identifier, Page, Shape
from gateway.statements import keep_statement
from gateway.uploads import name_of, read
from store import creditors, inbox, listings
from store.listings import InboxFilter

router = APIRouter(prefix="/v1", tags=["inbox"])


class DeliveryView(Shape):
    """A delivery, without its body."""

    id: str
    platform: str
    delivery_id: Annotated[str, Field(description="The sender's own name of it; else the SHA-256 of its content.")]
    filename: str | None
    state: Annotated[str, Field(description="new, waiting (for another fact), done, ignored or error.")]
    error_code: str | None
    error: str | None
    attempts: int
    facts: Annotated[int | None, Field(description="How many facts were read from it.")]
    received_at: datetime


class DeliveryPage(Page[DeliveryView]):
    """One page of deliveries."""


@router.post(
    "/statements",
    status_code=201,
    operation_id="handInStatement",
    summary="Hand in a bank statement",
    response_model=DeliveryView,
    responses={200: {"description": "The same file had been handed in before; this is its delivery."}},
)
def hand_in_statement(
    *,
    file: Annotated[UploadFile, File(description="camt.053 XML or CSV, as the connection's platform reads it.")],
    connection_id: Annotated[Identifier, Form()],
    caller: MoneyDesk,
    once: OnceDep,
) -> Response:
    """Keeps the file for the intake; a file that cannot be read is refused at once and not kept."""
    content, filename = read(file), name_of(file)
    digest = hashlib.sha256(content).hexdigest()

    def effect(tx: Connection) -> Given:
        connection = creditors.get_connection(tx, connection_id)
        kept, is_new = keep_statement(tx, caller.services, connection, content=content, filename=filename)
        shown = DeliveryView.model_validate(kept)
        return Given.of(shown, location=f"/v1/inbox/{kept.id}") if is_new else Given.of(shown, status=200)

    given = once.in_transaction(caller, [connection_id, filename, digest], effect)
    caller.services.nudge(caller.tenant_id)
    return given.response()


@router.get("/inbox", operation_id="listInbox", summary="List deliveries")
def list_inbox(
    caller: Reader,
    state: Annotated[DeliveryState | None, Query()] = None,
    platform: Annotated[PlatformCode | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> DeliveryPage:
    """Newest first."""
    after = paging.after_moment(cursor, kind="inbox")
    with caller.transaction() as tx:
        listed = listings.inbox(tx, InboxFilter(state=state, platform=platform), after=after, limit=limit)
    data = [DeliveryView.model_validate(line) for line in listed.rows]
    return DeliveryPage(data=data, next_cursor=paging.encode(listed.next))


@router.get("/inbox/{inbox_id}", operation_id="getDelivery", summary="Read what became of a delivery")
def get_delivery(inbox_id: str, caller: Reader) -> DeliveryView:
    """One delivery, without its body."""
    with caller.transaction() as tx:
        return DeliveryView.model_validate(inbox.get(tx, inbox_id))


@router.post(
    "/inbox/{inbox_id}/retry",
    operation_id="retryDelivery",
    summary="Have a failed delivery read again",
    response_model=DeliveryView,
)
def retry_delivery(inbox_id: str, caller: MoneyDesk, once: OnceDep) -> Response:
    """After a fix; a delivery that has not failed is refused."""

    def effect(tx: Connection) -> Given:
        delivery = inbox.get(tx, inbox_id)
        if not inbox.retry(tx, inbox_id, now=caller.services.now()):
            raise Conflict("delivery_not_failed", f"The delivery is {delivery.state}; only a failed one is read again.")
        return Given.of(DeliveryView.model_validate(inbox.get(tx, inbox_id)), status=200)

    given = once.in_transaction(caller, None, effect)
    caller.services.nudge(caller.tenant_id)
    return given.response()
