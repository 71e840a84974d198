"""Messages that carry notices over a network, and what the network tells of each, also before its notice is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    text,
    update,
)

from store.schema import identifier, insert_once, metadata, moment, tenant

STATES: Final = ("accepted", "failed", "delivered")
"""How far a message got, in the order in which one outdoes the other: that it arrived is never taken back."""

_KNOWN: Final = "state IN ('accepted', 'delivered', 'failed')"

message_table = Table(
    "notice_message",
    metadata,
    identifier(),
    tenant(),
    Column("notice_id", Text, ForeignKey("notice.id"), nullable=False),
    Column("transport", Text, nullable=False),
    Column("part", Integer, nullable=False),
    Column("message_id", Text),
    Column("number_index", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text),
    moment("accepted_at"),
    moment("told_at", nullable=True),
    UniqueConstraint("notice_id", "part"),
    CheckConstraint("part > 0", name="part_positive"),
    CheckConstraint(_KNOWN, name="state_known"),
    Index("ix_notice_message_name", "transport", "message_id", postgresql_where=text("message_id IS NOT NULL")),
)

stray_table = Table(
    "stray_report",
    metadata,
    identifier(),
    tenant(),
    Column("transport", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("number_index", LargeBinary),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),
    moment("received_at"),
    Column("notice_id", Text, ForeignKey("notice.id")),
    CheckConstraint(_KNOWN, name="state_known"),
    Index(
        "uq_stray_report_open",
        "tenant_id",
        "transport",
        "message_id",
        "state",
        unique=True,
        postgresql_where=text("notice_id IS NULL"),
    ),
)


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """One message of a notice, by the name that the network gave it (``None``: none) and to which number it went.

    ``code`` is the network's own word for its state, ``told_at`` when it said so.
    """

    id: str
    tenant_id: str
    notice_id: str
    transport: str
    part: int
    message_id: str | None
    number_index: bytes
    state: str
    code: str | None
    accepted_at: datetime
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class StrayReport:
    """What was told of a message that is not known here; ``notice_id`` is set once it is."""

    id: str
    tenant_id: str
    transport: str
    message_id: str
    number_index: bytes | None
    state: str
    code: str
    received_at: datetime
    notice_id: str | None


def add(tx: Connection, messages: Sequence[NoticeMessage]) -> None:
    """Record the messages of a notice."""
    if messages:
        rows = [{name: getattr(one, name) for name in NoticeMessage.__dataclass_fields__} for one in messages]
        tx.execute(insert(message_table), rows)


def named(tx: Connection, transport: str, names: Sequence[str]) -> list[NoticeMessage]:
    """The messages that go by any of these names, the newest first."""
    table = message_table.c
    query = (
        select(message_table)
        .where(table.transport == transport, table.message_id.in_(names))
        .order_by(table.accepted_at.desc(), table.id)
    )
    return [NoticeMessage(**row) for row in tx.execute(query).mappings()]


def of_notice(tx: Connection, notice_id: str) -> list[NoticeMessage]:
    """The messages of a notice, in order."""
    query = select(message_table).where(message_table.c.notice_id == notice_id).order_by(message_table.c.part)
    return [NoticeMessage(**row) for row in tx.execute(query).mappings()]


def tell(tx: Connection, message_id: str, *, state: str, code: str, now: datetime) -> bool:
    """State how far the message with this identifier got; false where it had got as far already."""
    further = STATES[: STATES.index(state)]
    statement = (
        update(message_table)
        .where(message_table.c.id == message_id, message_table.c.state.in_(further))
        .values(state=state, code=code, told_at=now)
    )
    return tx.execute(statement).rowcount == 1


def keep(tx: Connection, report: StrayReport) -> bool:
    """Keep a report of an unknown message; false where the same was kept before."""
    return insert_once(tx, stray_table, {name: getattr(report, name) for name in StrayReport.__dataclass_fields__})


def settle(tx: Connection, stray_id: str, notice_id: str) -> None:
    """Note whose message a stray report was about."""
    tx.execute(update(stray_table).where(stray_table.c.id == stray_id).values(notice_id=notice_id))


def strays(tx: Connection, *, limit: int, since: datetime | None = None) -> list[StrayReport]:
    """Reports that nobody knows the message of, of any age or since a moment, newest first."""
    query = select(stray_table).where(stray_table.c.notice_id.is_(None))
    if since is not None:
        query = query.where(stray_table.c.received_at >= since)
    return [
        StrayReport(**row)
        for row in tx.execute(query.order_by(stray_table.c.received_at.desc()).limit(limit)).mappings()
    ]


def tenants_of(
    tx: Connection,
    transport: str,
    names: Sequence[str],
    *,
    numbers: Sequence[bytes] | None = None,
    since: datetime | None = None,
) -> list[str]:
    """Whose messages go by any of these names, to one of these numbers, since a moment, before the tenant is known.

    ``None`` is any number, any age.
    """
    query = text("SELECT * FROM tenants_of_message(:transport, :names, :numbers, :since) AS t(tenant_id) ORDER BY 1")
    asked = {"transport": transport, "names": list(names), "since": since}
    return list(tx.execute(query, {**asked, "numbers": None if numbers is None else list(numbers)}).scalars())
