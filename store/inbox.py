"""The inbox: what platforms and banks sent, raw, once for each delivery, until it is understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
    update,
)

from domain.errors import NotFound
from store.database import Database
from store.schema import identifier, insert_once, metadata, moment, tenant

inbox_table = Table(
    "inbox",
    metadata,
    identifier(),
    tenant(),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("platform", Text, nullable=False),
    Column("delivery_id", Text, nullable=False),
    Column("filename", Text),
    Column("body", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("error_code", Text),
    Column("error", Text),
    Column("attempts", Integer, nullable=False),
    Column("facts", Integer),
    moment("received_at"),
    moment("next_try_at"),
    moment("processed_at", nullable=True),
    UniqueConstraint("platform", "connection_id", "delivery_id"),
    Index("ix_inbox_open", "tenant_id", "next_try_at", "id", postgresql_where="state IN ('new', 'waiting')"),
)


STATES: Final = ("new", "waiting", "done", "ignored", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One delivery. ``state``: new, waiting (for another fact to arrive first), done, ignored, error."""

    id: str
    tenant_id: str
    connection_id: str
    platform: str
    delivery_id: str
    body: bytes
    received_at: datetime
    next_try_at: datetime
    filename: str | None = None
    state: str = "new"
    error_code: str | None = None
    error: str | None = None
    attempts: int = 0
    facts: int | None = None
    processed_at: datetime | None = None


def receive(tx: Connection, delivery: Delivery) -> bool:
    """Keep a delivery once; false where the same delivery was kept before."""
    values = {name: getattr(delivery, name) for name in Delivery.__dataclass_fields__}
    return insert_once(tx, inbox_table, values)


_RECEIVE = """
SELECT given, kept FROM inbox_receive(%(tenant)s, %(at)s, %(ids)s::text[], %(platforms)s::text[],
    %(connections)s::text[], %(names)s::text[], %(bodies)s::bytea[], %(states)s::text[], %(codes)s::text[],
    %(errors)s::text[])
"""


def receive_all(database: Database, tenant_id: str, deliveries: Sequence[Delivery]) -> dict[str, str]:
    """Keep each delivery of a tenant once, all in one transaction that is committed when this returns.

    Returned are those that had been kept before, each with the identifier under which it stands. Sorted, so that two
    who keep the same deliveries at once do not wait for each other in turn.
    """
    ordered = sorted(deliveries, key=lambda one: (one.platform, one.connection_id, one.delivery_id))
    values = {
        "tenant": tenant_id,
        "at": ordered[0].received_at,
        "ids": [one.id for one in ordered],
        "platforms": [one.platform for one in ordered],
        "connections": [one.connection_id for one in ordered],
        "names": [one.delivery_id for one in ordered],
        "bodies": [one.body for one in ordered],
        "states": [one.state for one in ordered],
        "codes": [one.error_code for one in ordered],
        "errors": [one.error for one in ordered],
    }
    return dict(database.alone(_RECEIVE, values))


def get(tx: Connection, inbox_id: str) -> Delivery:
    """The delivery, or ``delivery_unknown``."""
    row = tx.execute(select(inbox_table).where(inbox_table.c.id == inbox_id)).mappings().first()
    if row is None:
        raise NotFound("delivery_unknown", f"There is no delivery {inbox_id}.")
    return Delivery(**row)


def is_file(tx: Connection, inbox_id: str) -> bool:
    """Whether a delivery is a file, or of lines of one, that was handed in; its body is not read."""
    query = select(inbox_table.c.filename.is_not(None)).where(inbox_table.c.id == inbox_id)
    return bool(tx.execute(query).scalar_one())


def find(tx: Connection, *, platform: str, connection_id: str, delivery_id: str) -> Delivery | None:
    """The kept delivery with a platform's identity."""
    query = select(inbox_table).where(
        inbox_table.c.platform == platform,
        inbox_table.c.connection_id == connection_id,
        inbox_table.c.delivery_id == delivery_id,
    )
    row = tx.execute(query).mappings().first()
    return Delivery(**row) if row else None


def claim(tx: Connection, *, now: datetime, limit: int) -> list[Delivery]:
    """Deliveries to understand now, the longest due first, locked for this transaction; others skip them."""
    query = (
        select(inbox_table)
        .where(inbox_table.c.state.in_(("new", "waiting")), inbox_table.c.next_try_at <= now)
        .order_by(inbox_table.c.next_try_at, inbox_table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Delivery(**row) for row in tx.execute(query).mappings()]


def put_off(tx: Connection, inbox_id: str, *, until: datetime) -> None:
    """Leave a delivery open, but for nobody to claim before a moment."""
    tx.execute(update(inbox_table).where(inbox_table.c.id == inbox_id).values(next_try_at=until))


def take(tx: Connection, inbox_ids: list[str]) -> list[Delivery]:
    """Those of the deliveries that are still open, oldest first, locked for this transaction; others skip them."""
    query = (
        select(inbox_table)
        .where(inbox_table.c.id.in_(inbox_ids), inbox_table.c.state.in_(("new", "waiting")))
        .order_by(inbox_table.c.received_at, inbox_table.c.id)
        .with_for_update(skip_locked=True)
    )
    return [Delivery(**row) for row in tx.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery that was read; ``facts`` counts those that moved something."""

    delivery_id: str
    state: str
    next_try_at: datetime
    facts: int
    error_code: str | None = None
    error: str | None = None


_SETTLE = """
UPDATE inbox i SET state = o.state, processed_at = %(now)s, attempts = i.attempts + 1, next_try_at = o.next_try_at,
    facts = o.facts, error_code = o.error_code, error = o.error
FROM unnest(%(delivery_id)s::text[], %(state)s::text[], %(next_try_at)s::timestamptz[], %(facts)s::integer[],
    %(error_code)s::text[], %(error)s::text[]) AS o (id, state, next_try_at, facts, error_code, error)
WHERE i.id = o.id
"""


def settle(tx: Connection, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """State what became of deliveries that were read, each once."""
    if not outcomes:
        return
    columns = {name: [getattr(one, name) for one in outcomes] for name in Outcome.__dataclass_fields__}
    tx.exec_driver_sql(_SETTLE, {**columns, "now": now})


def retry(tx: Connection, inbox_id: str, *, now: datetime) -> bool:
    """Let a failed delivery be read again; false where it had not failed."""
    statement = (
        update(inbox_table)
        .where(inbox_table.c.id == inbox_id, inbox_table.c.state == "error")
        .values(state="new", error=None, error_code=None, next_try_at=now)
    )
    return tx.execute(statement).rowcount == 1


def files_without_lines(tx: Connection, connection_id: str) -> list[str]:
    """Files that a person handed in at a connection before files were kept apart, oldest first."""
    kept = metadata.tables["source_file"]
    known = select(kept.c.sha256).where(kept.c.connection_id == connection_id)
    query = (
        select(inbox_table.c.id)
        .where(
            inbox_table.c.connection_id == connection_id,
            inbox_table.c.filename.is_not(None),
            inbox_table.c.delivery_id.not_like("file-lines/%"),
            inbox_table.c.delivery_id.not_in(known),
        )
        .order_by(inbox_table.c.received_at, inbox_table.c.id)
    )
    return list(tx.execute(query).scalars())


def counts_by_state(tx: Connection) -> dict[str, int]:
    """How many deliveries stand in each state."""
    query = select(inbox_table.c.state, func.count()).group_by(inbox_table.c.state)
    return dict(tx.execute(query).tuples().all())
