"""Webhook deliveries: one event for one endpoint, every try with its answer, and sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import Connection

from activities.webhook_endpoints import WebhookDesk
from gateway import paging
from gateway.auth import Administrator
from gateway.idempotency import Given, OnceDep
from gateway.queries import Among
from gateway.shapes import Code, Identifier, Page, Shape
from store import webhook_deliveries
from store.listings import Place
from store.webhook_deliveries import Attempt, WebhookDelivery

router = APIRouter(prefix="/v1/webhook-deliveries", tags=["webhook endpoints"])

WebhookDeliveryState = Annotated[Code, Among(lambda: webhook_deliveries.STATES)]


class DeliveryView(Shape):
    """One event for one endpoint: `pending`, `sending`, `delivered`, `failed` for good, or `skipped`."""

    id: str
    endpoint_id: str
    event_id: Annotated[str, Field(description="What every try is sent under as `webhook-id`.")]
    event_type: str
    subject_id: str
    state: str
    attempts: int
    next_try_at: Annotated[datetime | None, Field(description="Null where nothing more is tried.")]
    last_status: int | None
    last_error: Annotated[str | None, Field(description="Why no answer came, by code.")]
    settled_at: datetime | None
    created_at: Annotated[datetime, Field(description="When the event happened.")]

    @classmethod
    def of(cls, delivery: WebhookDelivery) -> Self:
        """The shape of a delivery."""
        same = set(cls.model_fields) - {"next_try_at", "tries"}
        due = delivery.next_try_at if delivery.state == "pending" else None
        return cls(**{name: getattr(delivery, name) for name in same}, next_try_at=due)


class AttemptView(Shape):
    """One try."""

    at: datetime
    verdict: Annotated[str, Field(description="`delivered`, `retry` or `gone`.")]
    status: int | None
    error: str | None
    answer: Annotated[str, Field(description="The first 1,024 bytes of what came back, read as UTF-8.")]
    milliseconds: int

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """The shape of a try."""
        return cls(
            at=attempt.at,
            verdict=attempt.verdict,
            status=attempt.status,
            error=attempt.error,
            answer=attempt.answer.decode("utf-8", errors="replace"),
            milliseconds=attempt.milliseconds,
        )


class DeliveryDetail(Shape):
    """A delivery with every try."""

    delivery: DeliveryView
    tries: list[AttemptView]


class DeliveryPage(Page[DeliveryView]):
    """One page of deliveries."""


def delivery_page(rows: Sequence[WebhookDelivery], limit: int) -> DeliveryPage:
    """The page of rows of which one more than ``limit`` was asked for."""
    following = Place(str(rows[limit - 1].seq), "") if len(rows) > limit else None
    return DeliveryPage(data=[DeliveryView.of(one) for one in rows[:limit]], next_cursor=paging.encode(following))


@router.get("/{delivery_id}", operation_id="getWebhookDelivery", summary="Read a delivery with its tries")
def get_delivery(delivery_id: Identifier, caller: Administrator) -> DeliveryDetail:
    """What was sent when, and what came back."""
    with caller.transaction() as tx:
        return _detail(tx, delivery_id)


def _detail(tx: Connection, delivery_id: str) -> DeliveryDetail:
    delivery = webhook_deliveries.get(tx, delivery_id)
    tries = webhook_deliveries.attempts(tx, delivery_id)
    return DeliveryDetail(delivery=DeliveryView.of(delivery), tries=[AttemptView.of(one) for one in tries])


@router.post(
    "/{delivery_id}/replay",
    operation_id="replayWebhookDelivery",
    summary="Send a delivery again",
    response_model=DeliveryDetail,
)
def replay_delivery(delivery_id: Identifier, caller: Administrator, once: OnceDep) -> Response:
    """Whatever became of it, now and from its first try; under the same `webhook-id`. `endpoint_disabled`."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        WebhookDesk(tx, caller.tenant_id, services.new_id, services.now()).replay_delivery(delivery_id)
        return Given.of(_detail(tx, delivery_id), status=200)

    given = once.in_transaction(caller, None, effect)
    services.nudge_webhooks(caller.tenant_id)
    return given.response()
