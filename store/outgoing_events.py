"""What others are told of: events written in the transaction of the fact itself, delivered apart from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    text,
)

from domain.errors import Invalid, NotFound
from domain.outgoing_webhooks import EVENT_TYPES, TEST_TYPE
from store.schema import document, metadata, moment

outgoing_event_table = Table(
    "outgoing_event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Text, nullable=False, server_default=text("'oev_' || replace(uuidv7()::text, '-', '')")),
    Column("tenant_id", Text, ForeignKey("tenant.id"), nullable=False, server_default=text("this_tenant()")),
    Column("type", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    document("payload"),
    moment("created_at"),
    UniqueConstraint("id"),
    Index("ix_outgoing_event_type", "tenant_id", "type", "seq"),
)


_EMIT = insert(outgoing_event_table).returning(outgoing_event_table.c.id)


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """One event in the order in which the tenant's events were written; ``id`` names it for ever."""

    seq: int
    id: str
    tenant_id: str
    type: str
    subject_id: str
    payload: dict[str, Any]
    created_at: datetime


def emit(tx: Connection, type_: str, subject_id: str, payload: Mapping[str, Any], now: datetime) -> str:
    """Write an event of this transaction's tenant; its identifier. ``payload`` holds no personal data.

    Raises ``event_type_unknown``.
    """
    if type_ not in (*EVENT_TYPES, TEST_TYPE):
        raise Invalid("event_type_unknown", f"There is no event {type_!r}.", known=list(EVENT_TYPES))
    values = {"type": type_, "subject_id": subject_id, "payload": dict(payload), "created_at": now}
    return str(tx.execute(_EMIT, values).scalar_one())


def of_receipt(
    tx: Connection, receipt_id: str, *, matched: bool, minor: int, currency: str, case_id: str | None, now: datetime
) -> None:
    """Write that an amount of a receipt paid a case, or that it waits; ``minor`` is that amount in minor units."""
    payload = {"amount_minor": minor, "currency": currency, "case_id": case_id}
    emit(tx, "receipt.matched" if matched else "receipt.unmatched", receipt_id, payload, now)


def get(tx: Connection, event_id: str) -> OutgoingEvent:
    """The event, or ``event_unknown``."""
    row = tx.execute(select(outgoing_event_table).where(outgoing_event_table.c.id == event_id)).mappings().first()
    if row is None:
        raise NotFound("event_unknown", f"There is no event {event_id}.")
    return OutgoingEvent(**row)


def newest(
    tx: Connection, *, limit: int, before_seq: int | None = None, type_: str | None = None
) -> list[OutgoingEvent]:
    """Events, the newest first, those before a place."""
    query = select(outgoing_event_table).order_by(outgoing_event_table.c.seq.desc()).limit(limit)
    if before_seq is not None:
        query = query.where(outgoing_event_table.c.seq < before_seq)
    if type_ is not None:
        query = query.where(outgoing_event_table.c.type == type_)
    return [OutgoingEvent(**row) for row in tx.execute(query).mappings()]


def after(tx: Connection, seq: int, *, limit: int) -> list[OutgoingEvent]:
    """The events behind a place, in order."""
    query = (
        select(outgoing_event_table)
        .where(outgoing_event_table.c.seq > seq)
        .order_by(outgoing_event_table.c.seq)
        .limit(limit)
    )
    return [OutgoingEvent(**row) for row in tx.execute(query).mappings()]
