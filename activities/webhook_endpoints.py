"""What an administrator does about webhooks: register, change, rotate the secret, delete, test, send again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from domain.errors import Conflict, Invalid
from domain.ids import NewId
from domain.outgoing_webhooks import EVENT_TYPES, SECRET_BYTES, TEST_TYPE, secret_of
from store import outgoing_events, sealing, webhook_deliveries, webhook_endpoints
from store.webhook_endpoints import WebhookEndpoint

MOST_ENDPOINTS: Final = 20
MOST_OVERLAP_HOURS: Final = 168
OVERLAP_HOURS: Final = 24
KEPT_DAYS: Final = 30
"""How long deliveries are kept once settled; nothing older can be sent again by time."""


@dataclass(frozen=True, slots=True)
class EndpointWish:
    """How an endpoint shall be."""

    url: str
    event_types: Sequence[str]
    description: str | None = None
    enabled: bool = True


@dataclass(frozen=True)
class WebhookDesk:
    """Endpoints and deliveries of one tenant, in one transaction. Callers check addresses first, outside it."""

    tx: Connection
    tenant_id: str
    new_id: NewId
    now: datetime

    def register(self, wish: EndpointWish, *, actor: str) -> WebhookEndpoint:
        """A new endpoint with a secret of its own; ``endpoint_exists``, ``endpoints_too_many`` and as ``_types``."""
        if webhook_endpoints.count(self.tx) >= MOST_ENDPOINTS:
            raise Conflict(
                "endpoints_too_many", f"There are {MOST_ENDPOINTS} endpoints already.", fix="Delete one of them first."
            )
        endpoint = WebhookEndpoint(
            id=self.new_id("webhook_endpoint"),
            tenant_id=self.tenant_id,
            url=wish.url,
            description=wish.description,
            event_types=_types(wish.event_types),
            state="enabled" if wish.enabled else "disabled",
            disabled_reason=None if wish.enabled else "person",
            disabled_at=None if wish.enabled else self.now,
            failing_since=None,
            paused_until=None,
            last_success_at=None,
            secret=_new_secret(),
            secret_set_at=self.now,
            previous_secret=None,
            previous_until=None,
            created_by=actor,
            created_at=self.now,
        )
        webhook_endpoints.add(self.tx, endpoint)
        return endpoint

    def change(self, endpoint_id: str, wish: EndpointWish) -> WebhookEndpoint:
        """State an endpoint anew; switching it on forgets its failures, switching it off skips what waits."""
        before = webhook_endpoints.get(self.tx, endpoint_id, lock=True)
        values: dict[str, object] = {
            "url": wish.url,
            "description": wish.description,
            "event_types": _types(wish.event_types),
        }
        if wish.enabled:
            values |= {"state": "enabled", "disabled_reason": None, "disabled_at": None, "paused_until": None}
            if before.state != "enabled" or before.url != wish.url:
                values["failing_since"] = None
        elif before.state == "enabled":
            values |= {"state": "disabled", "disabled_reason": "person", "disabled_at": self.now}
            webhook_deliveries.skip_open(self.tx, endpoint_id, self.now)
        webhook_endpoints.change(self.tx, endpoint_id, **values)
        return webhook_endpoints.get(self.tx, endpoint_id)

    def rotate(self, endpoint_id: str, *, overlap_hours: int, replacing: datetime | None = None) -> WebhookEndpoint:
        """A new secret; the old one signs beside it for ``overlap_hours`` (0: it is worth nothing from now on).

        ``replacing`` is when the secret to replace was set: ``secret_changed`` where another took its place since.
        """
        if not 0 <= overlap_hours <= MOST_OVERLAP_HOURS:
            raise Invalid("overlap_out_of_range", f"Both secrets are valid for 0 to {MOST_OVERLAP_HOURS} hours.")
        before = webhook_endpoints.get(self.tx, endpoint_id, lock=True)
        if replacing is not None and replacing != before.secret_set_at:
            raise Conflict("secret_changed", "The secret was changed since.", fix="Open the endpoint again.")
        webhook_endpoints.change(
            self.tx,
            endpoint_id,
            secret=_new_secret(),
            secret_set_at=self.now,
            previous_secret=before.secret if overlap_hours else None,
            previous_until=self.now + timedelta(hours=overlap_hours) if overlap_hours else None,
        )
        return webhook_endpoints.get(self.tx, endpoint_id)

    def delete(self, endpoint_id: str) -> WebhookEndpoint:
        """Forget an endpoint and its secrets; its deliveries stay to be read for as long as others."""
        before = webhook_endpoints.get(self.tx, endpoint_id, lock=True)
        webhook_deliveries.skip_open(self.tx, endpoint_id, self.now)
        webhook_endpoints.change(
            self.tx, endpoint_id, state="deleted", secret=None, previous_secret=None, previous_until=None
        )
        return replace(before, state="deleted", secret=None, previous_secret=None)

    def test(self, endpoint_id: str) -> str:
        """Send an endpoint an event that means nothing; the event's identifier. ``endpoint_disabled``."""
        self._enabled(endpoint_id)
        return outgoing_events.emit(self.tx, TEST_TYPE, endpoint_id, {}, self.now)

    def replay_delivery(self, delivery_id: str) -> None:
        """Send a delivery again, whatever became of it; ``endpoint_disabled``."""
        delivery = webhook_deliveries.get(self.tx, delivery_id)
        self._enabled(delivery.endpoint_id)
        self._queue(delivery.endpoint_id, delivery.event_id, delivery.created_at)

    def replay_event(self, event_id: str, *, endpoint_id: str | None = None) -> int:
        """Send an event again to one endpoint, or to all that are on and want it; to how many."""
        event = outgoing_events.get(self.tx, event_id)
        if endpoint_id is not None:
            targets = [self._enabled(endpoint_id)]
        else:
            targets = [
                one
                for one in webhook_endpoints.every(self.tx)
                if one.state == "enabled" and (event.type in one.event_types or event.subject_id == one.id)
            ]
        for one in targets:
            self._queue(one.id, event.id, event.created_at)
        return len(targets)

    def replay_missed(self, endpoint_id: str, *, since: datetime) -> int:
        """Send again what failed or was skipped of events since a moment; how many. ``since_too_early``."""
        if since < self.now - timedelta(days=KEPT_DAYS):
            raise Invalid(
                "since_too_early",
                f"Deliveries are kept for {KEPT_DAYS} days.",
                fix="Name a later moment, or replay single events.",
            )
        self._enabled(endpoint_id)
        return webhook_deliveries.requeue_missed(self.tx, endpoint_id, since=since, now=self.now)

    def _queue(self, endpoint_id: str, event_id: str, at: datetime) -> None:
        webhook_deliveries.queue(self.tx, endpoint_id=endpoint_id, event_id=event_id, now=self.now, at=at)

    def _enabled(self, endpoint_id: str) -> WebhookEndpoint:
        endpoint = webhook_endpoints.get(self.tx, endpoint_id, lock=True)
        if endpoint.state != "enabled":
            raise Conflict("endpoint_disabled", "The endpoint is switched off.", fix="Switch it on first.")
        if endpoint.paused_until is not None:  # a person asks for it now
            webhook_endpoints.change(self.tx, endpoint_id, paused_until=None)
        return endpoint


def _types(wanted: Sequence[str]) -> list[str]:
    """The wanted types, each once, in the order of the list; ``event_types_missing`` and ``event_type_unknown``."""
    unknown = sorted(set(wanted) - set(EVENT_TYPES))
    if unknown:
        raise Invalid(
            "event_type_unknown", f"There is no event {unknown[0][:60]!r}.", fix=f"Known: {', '.join(EVENT_TYPES)}."
        )
    if not wanted:
        raise Invalid("event_types_missing", "The endpoint wants no event.", fix="Name at least one type of event.")
    return [one for one in EVENT_TYPES if one in wanted]


def _new_secret() -> str:
    return secret_of(sealing.ring().entropy(SECRET_BYTES))
