"""How the platforms of connections answer when they are asked for codes: failures in a row, and who is passed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKey, Integer, Table, Text, delete, select
from sqlalchemy.dialects.postgresql import insert

from store.creditors import PlatformConnection
from store.schema import metadata, moment, tenant

health_table = Table(
    "connection_health",
    metadata,
    Column("connection_id", Text, ForeignKey("connection.id"), primary_key=True),
    tenant(),
    Column("failures", Integer, nullable=False),
    Column("last_code", Text, nullable=False),
    moment("failed_at"),
    moment("away_until", nullable=True),
    CheckConstraint("failures > 0", name="failures_positive"),
)


@dataclass(frozen=True, slots=True)
class Health:
    """A connection that failed: how often in a row, with which error last, and until when it is passed over."""

    connection_id: str
    failures: int
    last_code: str
    failed_at: datetime
    away_until: datetime | None


def of(tx: Connection, connection_id: str) -> Health | None:
    """How a connection fails; ``None`` while it answers."""
    columns = [health_table.c[name] for name in Health.__dataclass_fields__]
    row = tx.execute(select(*columns).where(health_table.c.connection_id == connection_id)).mappings().first()
    return Health(**row) if row else None


def away(tx: Connection, *, now: datetime) -> dict[str, datetime]:
    """The connections that are passed over now, each with until when."""
    table = health_table
    query = select(table.c.connection_id, table.c.away_until).where(table.c.away_until > now)
    return {row.connection_id: row.away_until for row in tx.execute(query)}


def failed(
    tx: Connection,
    connection: PlatformConnection,
    *,
    failures: int,
    code: str,
    away_until: datetime | None,
    at: datetime,
) -> None:
    """Record that a connection failed once more."""
    values = {"failures": failures, "last_code": code, "failed_at": at, "away_until": away_until}
    statement = insert(health_table).values(connection_id=connection.id, tenant_id=connection.tenant_id, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["connection_id"], set_=values))


def answered(tx: Connection, connection_id: str) -> None:
    """Record that a connection answers again."""
    tx.execute(delete(health_table).where(health_table.c.connection_id == connection_id))
