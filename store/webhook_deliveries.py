"""What is to be told to whom: one row for each event and endpoint, claimed in batches, every try kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    UniqueConstraint,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    true,
    tuple_,
    update,
)

from domain.errors import NotFound
from domain.outgoing_webhooks import KEPT_ANSWER_BYTES, Answer
from store.outgoing_events import outgoing_event_table
from store.schema import metadata, moment, tenant
from store.webhook_endpoints import webhook_endpoint_table

STATES: Final = ("pending", "sending", "delivered", "failed", "skipped")
_OPEN: Final = ("pending", "sending")
_MISSED: Final = ("failed", "skipped")

webhook_delivery_table = Table(
    "webhook_delivery",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Text, nullable=False, server_default=text("'whd_' || replace(uuidv7()::text, '-', '')")),
    Column("tenant_id", Text, ForeignKey("tenant.id"), nullable=False, server_default=text("this_tenant()")),
    Column("endpoint_id", Text, ForeignKey("webhook_endpoint.id"), nullable=False),
    Column("event_id", Text, ForeignKey("outgoing_event.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claims", Integer, nullable=False),
    moment("next_try_at"),
    Column("last_status", Integer),
    Column("last_error", Text),
    moment("settled_at", nullable=True),
    moment("created_at"),
    UniqueConstraint("id"),
    UniqueConstraint("endpoint_id", "event_id"),
    Index("ix_webhook_delivery_due", "endpoint_id", "next_try_at", postgresql_where="state IN ('pending', 'sending')"),
    Index("ix_webhook_delivery_endpoint", "endpoint_id", "seq"),
    Index("ix_webhook_delivery_event", "event_id"),
    Index(
        "ix_webhook_delivery_settled",
        "tenant_id",
        "settled_at",
        postgresql_where="state IN ('delivered', 'failed', 'skipped')",
    ),
)

webhook_attempt_table = Table(
    "webhook_attempt",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    Column("delivery_id", Text, ForeignKey("webhook_delivery.id", ondelete="CASCADE"), nullable=False),
    moment("at"),
    Column("verdict", Text, nullable=False),
    Column("status", Integer),
    Column("error", Text),
    Column("answer", LargeBinary, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Index("ix_webhook_attempt_delivery", "delivery_id", "seq"),
)


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One event for one endpoint, with the event it carries.

    ``state``: pending, sending, delivered, failed (given up), skipped (the endpoint was off). ``tries`` counts since
    it was last queued, ``attempts`` all; ``claims`` names the sender whose result counts.
    """

    seq: int
    id: str
    tenant_id: str
    endpoint_id: str
    event_id: str
    state: str
    tries: int
    attempts: int
    claims: int
    next_try_at: datetime
    last_status: int | None
    last_error: str | None
    settled_at: datetime | None
    created_at: datetime
    event_type: str
    subject_id: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a delivery; ``answer`` is its first bytes, ``verdict`` what it meant."""

    seq: int
    tenant_id: str
    delivery_id: str
    at: datetime
    verdict: str
    status: int | None
    error: str | None
    answer: bytes
    milliseconds: int


def _with_event() -> Select[Any]:
    event = outgoing_event_table.c
    return select(webhook_delivery_table, event.type.label("event_type"), event.subject_id, event.payload).join(
        outgoing_event_table, event.id == webhook_delivery_table.c.event_id
    )


def claim(tx: Connection, *, now: datetime, until: datetime, each: int) -> list[WebhookDelivery]:
    """Take what is due, at most ``each`` for one endpoint; others skip it until ``until``, when its sender is dead."""
    endpoint, table = webhook_endpoint_table, webhook_delivery_table
    due = (
        select(table.c.seq)
        .where(table.c.endpoint_id == endpoint.c.id, table.c.state.in_(_OPEN), table.c.next_try_at <= now)
        .order_by(table.c.next_try_at, table.c.seq)
        .limit(each)
        .with_for_update(skip_locked=True)
        .lateral("due")
    )
    found = select(due.c.seq).select_from(endpoint).join(due, true()).where(*_takes(now))
    seqs = list(tx.execute(found).scalars())
    statement = update(table).where(table.c.seq.in_(seqs))
    tx.execute(statement.values(state="sending", claims=table.c.claims + 1, next_try_at=until))
    return [WebhookDelivery(**row) for row in tx.execute(_with_event().where(table.c.seq.in_(seqs))).mappings()]


def _takes(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """That an endpoint is on and not left alone for a while."""
    endpoint = webhook_endpoint_table.c
    return endpoint.state == "enabled", or_(endpoint.paused_until.is_(None), endpoint.paused_until <= now)


def any_due(tx: Connection, now: datetime) -> bool:
    """Whether a sender would find something now."""
    endpoint, table = webhook_endpoint_table, webhook_delivery_table
    query = (
        select(1)
        .select_from(table.join(endpoint, endpoint.c.id == table.c.endpoint_id))
        .where(*_takes(now), table.c.state.in_(_OPEN), table.c.next_try_at <= now)
        .limit(1)
    )
    return tx.execute(query).first() is not None


def settle(tx: Connection, delivery: WebhookDelivery, answer: Answer, *, at: datetime, **values: Any) -> bool:
    """Write a try and what follows from it; false where another sender has taken the delivery over since."""
    table = webhook_delivery_table
    mine = (table.c.seq == delivery.seq, table.c.state == "sending", table.c.claims == delivery.claims)
    last = {"last_status": answer.status, "last_error": answer.error}
    counted = {"tries": table.c.tries + 1, "attempts": table.c.attempts + 1}
    if tx.execute(update(table).where(*mine).values(**values, **counted, **last)).rowcount == 0:
        return False
    tx.execute(
        insert(webhook_attempt_table).values(
            tenant_id=delivery.tenant_id,
            delivery_id=delivery.id,
            at=at,
            verdict=answer.verdict.value,
            status=answer.status,
            error=answer.error,
            answer=answer.excerpt[:KEPT_ANSWER_BYTES],
            milliseconds=answer.milliseconds,
        )
    )
    return True


def put_back(tx: Connection, deliveries: Sequence[WebhookDelivery]) -> None:
    """Give claimed deliveries back untried, due as before; a pause of their endpoint holds them."""
    table = webhook_delivery_table
    mine = tuple_(table.c.seq, table.c.claims).in_([(one.seq, one.claims) for one in deliveries])
    held = select(table.c.seq).where(mine, table.c.state == "sending").with_for_update(skip_locked=True)
    tx.execute(update(table).where(table.c.seq.in_(held)).values(state="pending", next_try_at=table.c.created_at))


def skip_open(tx: Connection, endpoint_id: str, now: datetime) -> None:
    """The endpoint is off: what still waited for it is not sent, unless a person asks."""
    table = webhook_delivery_table
    mine = (table.c.endpoint_id == endpoint_id, table.c.state.in_(_OPEN))
    tx.execute(update(table).where(*mine).values(state="skipped", settled_at=now))


def requeue(tx: Connection, now: datetime, *where: Any) -> int:
    """Queue deliveries anew, from their first try; how many. Those that are being sent now stay as they are."""
    table = webhook_delivery_table
    statement = update(table).where(table.c.state != "sending", *where)
    return tx.execute(statement.values(state="pending", tries=0, next_try_at=now, settled_at=None)).rowcount


def requeue_missed(tx: Connection, endpoint_id: str, *, since: datetime, now: datetime) -> int:
    """Queue anew what failed or was skipped of events since a moment; how many."""
    table = webhook_delivery_table
    return requeue(tx, now, table.c.endpoint_id == endpoint_id, table.c.created_at >= since, table.c.state.in_(_MISSED))


def queue(tx: Connection, *, endpoint_id: str, event_id: str, now: datetime, at: datetime) -> None:
    """Have an event sent to an endpoint, whether or not it was before; ``at`` is when the event happened."""
    table = webhook_delivery_table
    where = (table.c.endpoint_id == endpoint_id, table.c.event_id == event_id)
    if tx.execute(select(table.c.seq).where(*where)).first() is not None:
        requeue(tx, now, *where)
        return
    start = {"state": "pending", "tries": 0, "attempts": 0, "claims": 0}
    tx.execute(
        insert(table).values(endpoint_id=endpoint_id, event_id=event_id, next_try_at=now, created_at=at, **start)
    )


def get(tx: Connection, delivery_id: str) -> WebhookDelivery:
    """The delivery, or ``webhook_delivery_unknown``."""
    row = tx.execute(_with_event().where(webhook_delivery_table.c.id == delivery_id)).mappings().first()
    if row is None:
        raise NotFound("webhook_delivery_unknown", f"There is no webhook delivery {delivery_id}.")
    return WebhookDelivery(**row)


def newest(
    tx: Connection, endpoint_id: str, *, limit: int, before_seq: int | None = None, state: str | None = None
) -> list[WebhookDelivery]:
    """An endpoint's deliveries, the newest first, those before a place."""
    table = webhook_delivery_table
    query = _with_event().where(table.c.endpoint_id == endpoint_id).order_by(table.c.seq.desc()).limit(limit)
    if before_seq is not None:
        query = query.where(table.c.seq < before_seq)
    if state is not None:
        query = query.where(table.c.state == state)
    return [WebhookDelivery(**row) for row in tx.execute(query).mappings()]


def of_event(tx: Connection, event_id: str) -> list[WebhookDelivery]:
    """What became of an event at each endpoint."""
    table = webhook_delivery_table
    return [
        WebhookDelivery(**row)
        for row in tx.execute(_with_event().where(table.c.event_id == event_id).order_by(table.c.seq)).mappings()
    ]


def attempts(tx: Connection, delivery_id: str) -> list[Attempt]:
    """Every try of a delivery, in order."""
    table = webhook_attempt_table
    query = select(table).where(table.c.delivery_id == delivery_id).order_by(table.c.seq)
    return [Attempt(**row) for row in tx.execute(query).mappings()]


def counts(tx: Connection) -> dict[str, dict[str, int]]:
    """How many deliveries stand in each state, by endpoint."""
    table = webhook_delivery_table
    state = case((table.c.state == "sending", "pending"), else_=table.c.state)
    found: dict[str, dict[str, int]] = {}
    for endpoint_id, name, number in tx.execute(
        select(table.c.endpoint_id, state, func.count()).group_by(table.c.endpoint_id, state)
    ):
        found.setdefault(endpoint_id, {})[name] = number
    return found


def forget(tx: Connection, *, before: datetime, limit: int) -> int:
    """Delete deliveries that were settled before a moment, with their tries; how many."""
    table = webhook_delivery_table
    old = (
        select(table.c.seq)
        .where(table.c.state.in_(("delivered", "failed", "skipped")), table.c.settled_at < before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return tx.execute(delete(table).where(table.c.seq.in_(old))).rowcount
