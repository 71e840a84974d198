"""What people write to us: kept once for each tenant that it is for, sealed, with the cases that it belongs to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from store.schema import identifier, metadata, moment, tenant
from store.sealing import Sealed

message_table = Table(
    "incoming_message",
    metadata,
    identifier(),
    tenant(),
    Column("channel", Text, nullable=False),
    Column("transport", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("sender", Sealed("incoming_message.sender"), nullable=False),
    Column("number_index", LargeBinary, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("pieces", Sealed("incoming_message.pieces"), nullable=False),
    Column("pieces_total", Integer, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("case_ids", ARRAY(Text), nullable=False),
    moment("received_at"),
    CheckConstraint("pieces_total > 0", name="pieces_positive"),
    CheckConstraint("meaning IN ('opt_out', 'perhaps_opt_out', 'message')", name="meaning_known"),
    Index("ix_incoming_message_fingerprint", "fingerprint", "received_at"),
    Index("ix_incoming_message_case", "case_ids", postgresql_using="gin"),
    Index("ix_incoming_message_newest", "received_at", "id"),
)


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One text that came in. ``pieces`` is a JSON object of its parts by number; ``meaning`` what it asks for."""

    id: str
    tenant_id: str
    channel: str
    transport: str
    fingerprint: bytes
    sender: str
    number_index: bytes
    recipient: str
    pieces: str
    pieces_total: int
    meaning: str
    case_ids: list[str]
    received_at: datetime

    @property
    def text(self) -> str:
        """Its text, in order; a part that has not come is ``[…]``."""
        parts = self.parts
        return "".join(parts.get(number, "[…]") for number in range(1, self.pieces_total + 1))

    @property
    def parts(self) -> dict[int, str]:
        """The parts that have come, by number."""
        return {int(number): part for number, part in json.loads(self.pieces).items()}


def add(tx: Connection, message: IncomingMessage) -> None:
    """Keep a text."""
    tx.execute(
        insert(message_table).values({name: getattr(message, name) for name in IncomingMessage.__dataclass_fields__})
    )


def same(tx: Connection, fingerprint: bytes, *, since: datetime | None) -> IncomingMessage | None:
    """The newest text with a fingerprint, of any age or since a moment; whoever else looks for it waits meanwhile."""
    tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": fingerprint.hex()})
    query = select(message_table).where(message_table.c.fingerprint == fingerprint)
    if since is not None:
        query = query.where(message_table.c.received_at >= since)
    row = tx.execute(query.order_by(message_table.c.received_at.desc()).limit(1)).mappings().first()
    return IncomingMessage(**row) if row else None


def complete(tx: Connection, message_id: str, parts: dict[int, str], *, meaning: str) -> None:
    """Keep another part of a text, and what it asks for by now."""
    statement = update(message_table).where(message_table.c.id == message_id)
    tx.execute(statement.values(pieces=json.dumps(parts, ensure_ascii=False), meaning=meaning))


def of_case(tx: Connection, case_id: str) -> list[IncomingMessage]:
    """What was written about a case, newest first."""
    query = select(message_table).where(message_table.c.case_ids.contains([case_id]))
    return _read(tx, query.order_by(message_table.c.received_at.desc(), message_table.c.id))


def newest(tx: Connection, *, limit: int) -> list[IncomingMessage]:
    """What came in last, also what belongs to no case."""
    query = select(message_table).order_by(message_table.c.received_at.desc(), message_table.c.id.desc())
    return _read(tx, query.limit(limit))


def _read(tx: Connection, query: Select[*tuple[Any, ...]]) -> list[IncomingMessage]:
    return [IncomingMessage(**row) for row in tx.execute(query).mappings()]


def tenants_knowing(tx: Connection, number_indexes: Sequence[bytes]) -> list[str]:
    """Who has a party with a number, or ever had one contacted at it; asked before the tenant is known."""
    query = text("SELECT * FROM tenants_knowing_number(:wanted) AS t(tenant_id) ORDER BY 1")
    return list(tx.execute(query, {"wanted": list(number_indexes)}).scalars())


def tenants_texting(tx: Connection, number_indexes: Sequence[bytes], *, since: datetime) -> list[str]:
    """Who sent a text to a number since a moment; asked before the tenant is known."""
    query = text("SELECT * FROM tenants_texting_number(:wanted, :since) AS t(tenant_id) ORDER BY 1")
    return list(tx.execute(query, {"wanted": list(number_indexes), "since": since}).scalars())
