"""Delivering webhooks: batches of what is due, sent outside any transaction, each try recorded with its answer.

A delivery is claimed with a lease. A sender that dies between sending and recording leaves it claimed; when the lease
ends it is sent again under the same ``webhook-id``: at least once, and the receiver can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, Protocol

import structlog
from sqlalchemy import Connection
from temporalio import activity

from activities.webhook_endpoints import KEPT_DAYS
from domain.errors import NotFound
from domain.outgoing_webhooks import DISABLED_AFTER, Answer, Verdict, body, headers, retry_delay
from store import webhook_deliveries, webhook_endpoints
from store.database import Database
from store.webhook_deliveries import WebhookDelivery
from store.webhook_endpoints import WebhookEndpoint

AT_ONCE: Final = 8
EACH: Final = 25  # of one endpoint in one batch
LEASE: Final = timedelta(minutes=10)
PAUSE: Final = timedelta(minutes=1)
_BATCH_TIME: Final = timedelta(minutes=4)  # with the last exchange, well within the lease
_FORGOTTEN_AT_ONCE: Final = 1000
_log = structlog.get_logger("webhooks")


class Sender(Protocol):
    """What posts to a stranger's server."""

    def post(self, url: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """What came back; never raises for what the other side does."""


@dataclass(frozen=True)
class DeliveryInput:
    """Whose webhooks to deliver; ``None`` delivers every tenant's in turn (the sweep), and forgets old ones."""

    tenant_id: str | None = None


@dataclass(frozen=True)
class DeliveryDone:
    """How many deliveries a batch brought over and how many it could not, and whether more may be due."""

    delivered: int = 0
    failed: int = 0
    more: bool = False


@dataclass
class _Broken:
    """Endpoints that a batch has found not to take anything now; shared by its threads."""

    found: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def add(self, endpoint_id: str) -> None:
        with self.lock:
            self.found.add(endpoint_id)

    def __contains__(self, endpoint_id: str) -> bool:
        with self.lock:
            return endpoint_id in self.found


@dataclass(frozen=True)
class WebhookActivities:
    """Batches over what is due to endpoints. ``chance`` draws from 0 up to 1."""

    database: Database
    sender: Sender
    chance: Callable[[], float]
    now: Callable[[], datetime]

    @activity.defn(name="deliver_webhooks")
    def deliver_webhooks(self, request: DeliveryInput) -> DeliveryDone:
        """Send one batch of each tenant's due deliveries."""
        if request.tenant_id is not None:
            return self.batch(request.tenant_id)
        done = []
        for tenant_id in self.database.tenants():
            self.forget(tenant_id)
            done.append(self.batch(tenant_id))
        return DeliveryDone(
            delivered=sum(one.delivered for one in done),
            failed=sum(one.failed for one in done),
            more=any(one.more for one in done),
        )

    def forget(self, tenant_id: str) -> int:
        """Delete what was settled long ago; how many deliveries."""
        before = self.now() - timedelta(days=KEPT_DAYS)
        with self.database.tenant(tenant_id) as tx:
            return webhook_deliveries.forget(tx, before=before, limit=_FORGOTTEN_AT_ONCE)

    def batch(self, tenant_id: str) -> DeliveryDone:
        """One batch of one tenant: claimed in one transaction, sent by some threads, each recorded by itself."""
        started = self.now()
        with self.database.tenant(tenant_id) as tx:
            claimed = webhook_deliveries.claim(tx, now=started, until=started + LEASE, each=EACH)
            endpoints = {one.id: one for one in webhook_endpoints.every(tx)} if claimed else {}
        if not claimed:
            return DeliveryDone()
        broken = _Broken()

        def send(delivery: WebhookDelivery) -> Verdict | None:
            late = self.now() - started > _BATCH_TIME
            endpoint = endpoints.get(delivery.endpoint_id)  # deleted while its deliveries were claimed?
            if late or endpoint is None or endpoint.id in broken:
                return None
            return self._send(delivery, endpoint, broken)

        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as threads:
            verdicts = list(threads.map(send, claimed))
        untried = [one for one, verdict in zip(claimed, verdicts, strict=True) if verdict is None]
        with self.database.tenant(tenant_id) as tx:
            webhook_deliveries.put_back(tx, untried)
            more = webhook_deliveries.any_due(tx, self.now())
        delivered = verdicts.count(Verdict.DELIVERED)
        return DeliveryDone(delivered, len(claimed) - len(untried) - delivered, more=more)

    def _send(self, delivery: WebhookDelivery, endpoint: WebhookEndpoint, broken: _Broken) -> Verdict:
        at = self.now()
        content = body(
            delivery.event_type, subject_id=delivery.subject_id, payload=delivery.payload, at=delivery.created_at
        )
        signed = headers(
            endpoint.secrets(at), message_id=delivery.event_id, timestamp=int(at.timestamp()), content=content
        )
        answer = self.sender.post(endpoint.url, signed, content)
        if answer.breaks or answer.verdict is Verdict.GONE:
            broken.add(endpoint.id)
        with self.database.tenant(delivery.tenant_id) as tx:
            self._record(tx, delivery, answer, at=at)
        return answer.verdict

    def _record(self, tx: Connection, delivery: WebhookDelivery, answer: Answer, *, at: datetime) -> None:
        now = self.now()
        try:
            endpoint = webhook_endpoints.get(tx, delivery.endpoint_id, lock=True)
        except NotFound:  # deleted meanwhile, and its deliveries settled with it
            return
        if not webhook_deliveries.settle(tx, delivery, answer, at=at, **self._next(delivery, answer, now)):
            _log.warning("delivery_taken_over", delivery=delivery.id)
        elif answer.verdict is Verdict.DELIVERED:
            webhook_endpoints.succeeded(tx, endpoint.id, now)
        else:
            _log.info("webhook_failed", delivery=delivery.id, status=answer.status, error=answer.error)
            _endpoint_failed(tx, endpoint, answer, now)

    def _next(self, delivery: WebhookDelivery, answer: Answer, now: datetime) -> dict[str, Any]:
        """What becomes of a delivery that was just tried."""
        if answer.verdict is Verdict.DELIVERED:
            return {"state": "delivered", "settled_at": now}
        asked = answer.asked_wait(now)
        delay = retry_delay(delivery.tries + 1, chance=self.chance(), asked=asked)
        if answer.verdict is Verdict.GONE or delay is None:
            return {"state": "failed", "settled_at": now}
        return {"state": "pending", "next_try_at": now + delay}


def _endpoint_failed(tx: Connection, endpoint: WebhookEndpoint, answer: Answer, now: datetime) -> None:
    """Note a failure; switch the endpoint off where it asked for it or has failed for days."""
    since = endpoint.failing_since or now
    values: dict[str, Any] = {"failing_since": since}
    if answer.breaks:
        values["paused_until"] = now + max(PAUSE, answer.asked_wait(now) or PAUSE)
    gone = answer.verdict is Verdict.GONE
    if endpoint.state == "enabled" and (gone or now - since >= DISABLED_AFTER):
        values |= {"state": "disabled", "disabled_at": now, "disabled_reason": "gone" if gone else "failing"}
        webhook_deliveries.skip_open(tx, endpoint.id, now)
        _log.warning("endpoint_disabled", endpoint=endpoint.id, reason=values["disabled_reason"])
    webhook_endpoints.change(tx, endpoint.id, **values)
