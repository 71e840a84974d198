"""Contact stops: numbers and addresses that nobody uses any more, and channels that debtors want no more of."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, select

from activities import contact_stops as stopping
from activities.contact_stops import Told
from domain.contact_outcomes import StopReason
from domain.contacts import Channel
from domain.errors import Conflict
from gateway import paging
from gateway.auth import Finance, Reader
from gateway.idempotency import Given, OnceDep
from gateway.shapes import Body, Identifier, LongText, Page, Shape
from store import cases, contact_stops
from store.contact_stops import ContactStop, stop_table

router = APIRouter(prefix="/v1/contact-stops", tags=["contact"])


class NewContactStopBody(Body):
    """Which channel the debtor of a case wants no more of."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"case_id": "case_01jd0000000000000000000000", "channel": "sms"}}
    )

    case_id: Identifier
    channel: Channel


class LiftBody(Body):
    """Why it may be used again."""

    model_config = ConfigDict(json_schema_extra={"example": {"because": "The debtor asked for e-mails again."}})

    because: LongText


class ContactStopView(Shape):
    """A channel that is stopped, or one number or address, which is not shown: `channel` is null then."""

    id: str
    party_id: str
    case_id: Annotated[str, Field(description="The case in which it was told; it holds in all.")]
    channel: str | None
    reason: str
    told_by: str
    created_at: datetime
    lifted_by: str | None
    lifted_because: str | None
    lifted_at: datetime | None

    @classmethod
    def of(cls, stop: ContactStop) -> ContactStopView:
        """The shape of a stop."""
        return cls(**{name: getattr(stop, name) for name in cls.model_fields})


class ContactStopPage(Page[ContactStopView]):
    """One page of stops."""


@router.post(
    "",
    status_code=201,
    operation_id="stopContact",
    summary="Stop a channel that a debtor wants no more of",
    response_model=ContactStopView,
)
def stop_contact(body: NewContactStopBody, caller: Finance, once: OnceDep) -> Response:
    """Nobody, agencies included, uses the channel any more; `channel_stopped` where that was so."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        case = cases.get(tx, body.case_id)
        told = Told(case, caller.actor, services.now(), services.new_id)
        if not stopping.stop_channel(tx, told, body.channel, reason=StopReason.ASKED):
            raise Conflict("channel_stopped", "The channel is stopped already.")
        standing = contact_stops.standing(tx, [case.party_id])[case.party_id]
        stop = next(one for one in standing if one.channel == body.channel)
        return Given.of(ContactStopView.of(stop))

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()


@router.get("", operation_id="listContactStops", summary="List contact stops")
def list_contact_stops(
    caller: Reader,
    party_id: Annotated[Identifier | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> ContactStopPage:
    """Newest first, lifted ones included."""
    query = select(stop_table)
    if party_id is not None:
        query = query.where(stop_table.c.party_id == party_id)
    with caller.transaction() as tx:
        rows, more = paging.page_by_id(tx, query, stop_table.c.id, kind="contact_stop", cursor=cursor, limit=limit)
    return ContactStopPage(data=[ContactStopView.of(ContactStop(**row)) for row in rows], next_cursor=more)


@router.post(
    "/{stop_id}/lift",
    status_code=200,
    operation_id="liftContactStop",
    summary="Lift a contact stop",
    response_model=ContactStopView,
)
def lift_contact_stop(stop_id: str, body: LiftBody, caller: Finance, once: OnceDep) -> Response:
    """It may be used again; the reason stands in the case's history."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        stop = stopping.lift(tx, stop_id, by=caller.actor, because=body.because, now=services.now())
        return Given.of(ContactStopView.of(stop), status=200)

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()
