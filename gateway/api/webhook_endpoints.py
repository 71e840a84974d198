"""Webhook endpoints: where a tenant's administrator wants to be told, with what secret, and how it is going."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, ConfigDict, Field
from sqlalchemy import Connection

from activities.webhook_endpoints import MOST_OVERLAP_HOURS, OVERLAP_HOURS, EndpointWish, WebhookDesk
from domain.outgoing_webhooks import EVENT_TYPES
from gateway import paging
from gateway.api.webhook_deliveries import DeliveryPage, WebhookDeliveryState, delivery_page
from gateway.auth import Administrator, Caller
from gateway.idempotency import Given, Once, OnceDep
from gateway.shapes import Body, Identifier, Shape, ShortText
from store import webhook_deliveries, webhook_endpoints
from store.webhook_endpoints import WebhookEndpoint

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["webhook endpoints"])

SECRET_REPEATED_FOR: Final = timedelta(hours=1)


class EndpointBody(Body):
    """An address and what it shall be told."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "url": "https://treasury.example/afluente",
                "event_types": ["receipt.unmatched", "difference.opened"],
                "description": "Treasury's queue",
            }
        }
    )

    url: Annotated[str, Field(min_length=1, max_length=2000, description="https:// and a host on the public internet.")]
    event_types: Annotated[
        list[Annotated[str, Field(max_length=64)]],
        Field(max_length=20, description=f"Of {', '.join(EVENT_TYPES)}."),
    ]
    description: ShortText | None = None
    enabled: bool = True

    def wish(self) -> EndpointWish:
        """The same, for the desk."""
        return EndpointWish(self.url, self.event_types, self.description, self.enabled)


class EndpointView(Shape):
    """An endpoint and how it is doing; its secret is not told."""

    id: str
    url: str
    description: str | None
    event_types: list[str]
    state: Annotated[str, Field(description="`enabled`, `disabled` or `deleted`.")]
    disabled_reason: Annotated[
        str | None,
        Field(description="`person`: switched off; `failing`: failed for days; `gone`: it answered 410."),
    ]
    disabled_at: datetime | None
    failing_since: Annotated[datetime | None, Field(description="The first failure since the last success.")]
    paused_until: Annotated[datetime | None, Field(description="Not tried before: it was not reached, or asked so.")]
    last_success_at: datetime | None
    secret_set_at: datetime
    previous_secret_until: Annotated[datetime | None, Field(description="Until then the last secret signs too.")]
    deliveries: Annotated[dict[str, int], Field(description="How many stand in each state.")]
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, endpoint: WebhookEndpoint, deliveries: dict[str, int], *, now: datetime) -> Self:
        """The shape of an endpoint."""
        until = endpoint.previous_until
        same = set(cls.model_fields) - {"previous_secret_until", "deliveries", "secret"}
        return cls(
            **{name: getattr(endpoint, name) for name in same},
            previous_secret_until=until if until is not None and now < until else None,
            deliveries=deliveries,
        )


class EndpointSecretView(EndpointView):
    """An endpoint with its new secret, which is told here alone."""

    secret: Annotated[
        str | None,
        Field(description="Null where the request is repeated more than an hour later, or the secret was replaced."),
    ] = None


class EndpointList(Shape):
    """Every endpoint."""

    data: list[EndpointView]


class RotateBody(Body):
    """For how long the old secret signs beside the new one."""

    overlap_hours: Annotated[int, Field(ge=0, le=MOST_OVERLAP_HOURS)] = OVERLAP_HOURS


class SinceBody(Body):
    """From when on."""

    since: Annotated[AwareDatetime, Field(description="When the events happened; at most 30 days ago.")]


class Replayed(Shape):
    """How many deliveries will be sent again."""

    queued: int


class TestSent(Shape):
    """The event that means nothing."""

    event_id: str


def _desk(caller: Caller, tx: Connection) -> WebhookDesk:
    return WebhookDesk(tx, caller.tenant_id, caller.services.new_id, caller.services.now())


def _view(caller: Caller, tx: Connection, endpoint: WebhookEndpoint) -> EndpointView:
    found = webhook_deliveries.counts(tx).get(endpoint.id, {})
    return EndpointView.of(endpoint, found, now=caller.services.now())


def _done(caller: Caller, once: Once, said: Any, act: Callable[[WebhookDesk], Shape], *, status: int = 200) -> Response:
    """An effect of the desk, answered once; what became due is sent soon."""
    given = once.in_transaction(caller, said, lambda tx: Given.of(act(_desk(caller, tx)), status=status))
    caller.services.nudge_webhooks(caller.tenant_id)
    return given.response()


def _with_secret(
    caller: Caller, once: Once, said: Any, act: Callable[[WebhookDesk], WebhookEndpoint], *, status: int
) -> Response:
    """An effect that makes a secret. The answer that is kept has none: it is added from where it is sealed."""

    def effect(tx: Connection) -> Given:
        endpoint = act(_desk(caller, tx))
        shown = EndpointSecretView(**_view(caller, tx, endpoint).model_dump())
        return Given.of(shown, status=status, location=f"/v1/webhook-endpoints/{endpoint.id}")

    given = once.in_transaction(caller, said, effect)
    shown = EndpointSecretView.model_validate_json(given.text)
    secret = _fresh_secret(caller, shown)
    told = Given.of(shown.model_copy(update={"secret": secret}), status=given.status, location=given.location)
    answer = Given(told.status, told.text, told.location, given.replayed).response()
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _fresh_secret(caller: Caller, shown: EndpointSecretView) -> str | None:
    """The secret that an answer speaks of, while it is the present one and was made within the hour."""
    if caller.services.now() - shown.secret_set_at >= SECRET_REPEATED_FOR:
        return None
    with caller.transaction() as tx:
        standing = next((one for one in webhook_endpoints.every(tx) if one.id == shown.id), None)
    return standing.secret if standing is not None and standing.secret_set_at == shown.secret_set_at else None


@router.get("", operation_id="listWebhookEndpoints", summary="List webhook endpoints")
def list_endpoints(caller: Administrator) -> EndpointList:
    """Every endpoint, the oldest first, with how many deliveries stand where."""
    with caller.transaction() as tx:
        found = webhook_deliveries.counts(tx)
        now = caller.services.now()
        return EndpointList(
            data=[EndpointView.of(one, found.get(one.id, {}), now=now) for one in webhook_endpoints.every(tx)]
        )


@router.post(
    "",
    status_code=201,
    operation_id="registerWebhookEndpoint",
    summary="Register a webhook endpoint",
    response_model=EndpointSecretView,
)
def register_endpoint(body: EndpointBody, caller: Administrator, once: OnceDep) -> Response:
    """Told of every wanted event from now on. `secret` is in this answer alone (repeated within the hour).

    Refused where the address is not HTTPS, or its host does not lie on the public internet (`address_refused`).
    """

    def act(desk: WebhookDesk) -> WebhookEndpoint:
        caller.services.webhook_sender.check(body.url)
        return desk.register(body.wish(), actor=caller.actor)

    return _with_secret(caller, once, body.model_dump(mode="json"), act, status=201)


@router.get("/{endpoint_id}", operation_id="getWebhookEndpoint", summary="Read a webhook endpoint")
def get_endpoint(endpoint_id: Identifier, caller: Administrator) -> EndpointView:
    """One endpoint, without its secret."""
    with caller.transaction() as tx:
        return _view(caller, tx, webhook_endpoints.get(tx, endpoint_id))


@router.post(
    "/{endpoint_id}/change",
    operation_id="changeWebhookEndpoint",
    summary="Change a webhook endpoint",
    response_model=EndpointView,
)
def change_endpoint(endpoint_id: Identifier, body: EndpointBody, caller: Administrator, once: OnceDep) -> Response:
    """States all of it anew. Switched off, it is told nothing, and what waited is skipped; it can be replayed."""

    def act(desk: WebhookDesk) -> Shape:
        caller.services.webhook_sender.check(body.url)
        return _view(caller, desk.tx, desk.change(endpoint_id, body.wish()))

    return _done(caller, once, body.model_dump(mode="json"), act)


@router.post(
    "/{endpoint_id}/rotate-secret",
    operation_id="rotateWebhookSecret",
    summary="Replace a webhook endpoint's secret",
    response_model=EndpointSecretView,
)
def rotate_secret(endpoint_id: Identifier, body: RotateBody, caller: Administrator, once: OnceDep) -> Response:
    """Both secrets sign for the stated hours; with 0 the old one is worth nothing from now on."""

    def act(desk: WebhookDesk) -> WebhookEndpoint:
        return desk.rotate(endpoint_id, overlap_hours=body.overlap_hours)

    return _with_secret(caller, once, body.model_dump(mode="json"), act, status=200)


@router.post(
    "/{endpoint_id}/delete",
    operation_id="deleteWebhookEndpoint",
    summary="Delete a webhook endpoint",
    response_model=EndpointView,
)
def delete_endpoint(endpoint_id: Identifier, caller: Administrator, once: OnceDep) -> Response:
    """Its secrets are erased, and nothing more is sent."""
    return _done(caller, once, None, lambda desk: _view(caller, desk.tx, desk.delete(endpoint_id)))


@router.post(
    "/{endpoint_id}/test",
    status_code=201,
    operation_id="testWebhookEndpoint",
    summary="Send a test event",
    response_model=TestSent,
)
def test_endpoint(endpoint_id: Identifier, caller: Administrator, once: OnceDep) -> Response:
    """A `webhook.test` for this endpoint alone; its delivery tells what came back. `endpoint_disabled`."""
    return _done(caller, once, None, lambda desk: TestSent(event_id=desk.test(endpoint_id)), status=201)


@router.post(
    "/{endpoint_id}/replay",
    operation_id="replayMissedWebhooks",
    summary="Send again what was missed since a moment",
    response_model=Replayed,
)
def replay_missed(endpoint_id: Identifier, body: SinceBody, caller: Administrator, once: OnceDep) -> Response:
    """Every delivery that failed for good or was skipped while the endpoint was off."""

    def act(desk: WebhookDesk) -> Shape:
        return Replayed(queued=desk.replay_missed(endpoint_id, since=body.since))

    return _done(caller, once, body.model_dump(mode="json"), act)


@router.get("/{endpoint_id}/deliveries", operation_id="listWebhookDeliveries", summary="List an endpoint's deliveries")
def list_deliveries(
    endpoint_id: Identifier,
    caller: Administrator,
    state: Annotated[WebhookDeliveryState | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> DeliveryPage:
    """Newest first."""
    before = paging.after_seq(cursor)
    with caller.transaction() as tx:
        webhook_endpoints.get(tx, endpoint_id)
        rows = webhook_deliveries.newest(tx, endpoint_id, limit=limit + 1, before_seq=before, state=state)
    return delivery_page(rows, limit)
