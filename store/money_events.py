"""What people had booked, with their reasons. It is evidence: added to, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Identity,
    Index,
    Select,
    Table,
    Text,
    UniqueConstraint,
    select,
)

from domain.errors import NotFound
from store.schema import currency, insert_once, metadata, minor, moment, tenant

event_table = Table(
    "money_event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Text, nullable=False),
    tenant(),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    minor("amount_minor"),
    currency(),
    Column("day", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("entry_id", Text, nullable=False),
    moment("created_at"),
    UniqueConstraint("id"),
    Index("ix_money_event_subject", "subject"),
)


@dataclass(frozen=True, slots=True)
class MoneyEvent:
    """One thing that a person had booked; ``subject`` is the receipt, loan or account that it is about."""

    id: str
    tenant_id: str
    kind: str
    subject: str
    amount_minor: int
    currency: str
    day: date
    reason: str
    actor: str
    entry_id: str
    created_at: datetime


def add(tx: Connection, event: MoneyEvent) -> bool:
    """Record what a person had booked; false where its identifier stood already."""
    return insert_once(tx, event_table, {name: getattr(event, name) for name in MoneyEvent.__dataclass_fields__})


def find(tx: Connection, event_id: str) -> MoneyEvent | None:
    """What was booked under an identifier, if anything was."""
    row = tx.execute(_rows().where(event_table.c.id == event_id)).mappings().first()
    return MoneyEvent(**row) if row else None


def subject_of(tx: Connection, event_id: str) -> str:
    """What an event is about; ``money_event_unknown``."""
    event = find(tx, event_id)
    if event is None:
        raise NotFound("money_event_unknown", f"There is no money event {event_id}.")
    return event.subject


def of_subject(tx: Connection, subject: str) -> list[MoneyEvent]:
    """What people had booked of a receipt, loan or account, oldest first."""
    rows = tx.execute(_rows().where(event_table.c.subject == subject).order_by(event_table.c.seq))
    return [MoneyEvent(**row) for row in rows.mappings()]


def page(
    tx: Connection, *, before_seq: int | None, limit: int, kind: str | None = None
) -> list[tuple[int, MoneyEvent]]:
    """Events with their numbers, newest first, for paging by ``before_seq``."""
    query = _rows().add_columns(event_table.c.seq).order_by(event_table.c.seq.desc()).limit(limit)
    if before_seq is not None:
        query = query.where(event_table.c.seq < before_seq)
    if kind is not None:
        query = query.where(event_table.c.kind == kind)
    found = [dict(row) for row in tx.execute(query).mappings()]
    return [(row.pop("seq"), MoneyEvent(**row)) for row in found]


def _rows() -> Select[Any]:
    return select(*[event_table.c[name] for name in MoneyEvent.__dataclass_fields__])
