"""Events: what happened, in order, as webhooks tell it; for who asks instead of being told, or asks again."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy import Connection

from activities.webhook_endpoints import WebhookDesk
from domain.outgoing_webhooks import EVENT_TYPES, TEST_TYPE, body
from gateway import paging
from gateway.api.webhook_deliveries import DeliveryView
from gateway.api.webhook_endpoints import Replayed
from gateway.auth import Administrator, Reader
from gateway.idempotency import Given, OnceDep
from gateway.queries import Among
from gateway.shapes import Body, Identifier, JsonObject, Page, Shape
from store import outgoing_events, webhook_deliveries
from store.listings import Place
from store.outgoing_events import OutgoingEvent

router = APIRouter(prefix="/v1/events", tags=["events"])

EventType = Annotated[str, Field(max_length=64), Among(lambda: (*EVENT_TYPES, TEST_TYPE))]


class EventView(Shape):
    """An event: `type`, `timestamp` and `data` are what a webhook's body says; `id` is its `webhook-id`."""

    id: str
    type: str
    timestamp: datetime
    data: JsonObject

    @classmethod
    def of(cls, event: OutgoingEvent) -> Self:
        """The shape of an event."""
        told = body(event.type, subject_id=event.subject_id, payload=event.payload, at=event.created_at)
        return cls(id=event.id, **json.loads(told))


class EventPage(Page[EventView]):
    """One page of events."""


class EventDeliveries(Shape):
    """What became of an event at each endpoint."""

    event: EventView
    deliveries: list[DeliveryView]


class ReplayBody(Body):
    """To whom."""

    endpoint_id: Annotated[
        Identifier | None, Field(description="One endpoint, whatever it wants; null: all that are on and want it.")
    ] = None


@router.get("", operation_id="listEvents", summary="List events")
def list_events(
    caller: Reader,
    type_: Annotated[EventType | None, Query(alias="type")] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> EventPage:
    """Newest first."""
    before = paging.after_seq(cursor)
    with caller.transaction() as tx:
        rows = outgoing_events.newest(tx, limit=limit + 1, before_seq=before, type_=type_)
    following = Place(str(rows[limit - 1].seq), "") if len(rows) > limit else None
    return EventPage(data=[EventView.of(one) for one in rows[:limit]], next_cursor=paging.encode(following))


@router.get("/{event_id}", operation_id="getEvent", summary="Read an event and what became of it at each endpoint")
def get_event(event_id: Identifier, caller: Administrator) -> EventDeliveries:
    """One event; its deliveries for as long as they are kept."""
    with caller.transaction() as tx:
        event = outgoing_events.get(tx, event_id)
        told = webhook_deliveries.of_event(tx, event_id)
    return EventDeliveries(event=EventView.of(event), deliveries=[DeliveryView.of(one) for one in told])


@router.post("/{event_id}/replay", operation_id="replayEvent", summary="Send an event again", response_model=Replayed)
def replay_event(event_id: Identifier, body: ReplayBody, caller: Administrator, once: OnceDep) -> Response:
    """Under the same `webhook-id`, so that a receiver that knows it can tell."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        desk = WebhookDesk(tx, caller.tenant_id, services.new_id, services.now())
        return Given.of(Replayed(queued=desk.replay_event(event_id, endpoint_id=body.endpoint_id)), status=200)

    given = once.in_transaction(caller, body.model_dump(mode="json"), effect)
    services.nudge_webhooks(caller.tenant_id)
    return given.response()
