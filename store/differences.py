"""Differences: what of the money is not explained, since when, who looks after it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)

from domain.differences import STANDING
from domain.errors import NotFound
from store.schema import currency, document, identifier, insert_once, metadata, minor, moment, tenant

difference_table = Table(
    "difference",
    metadata,
    identifier(),
    tenant(),
    Column("creditor_id", Text, ForeignKey("creditor.id"), nullable=False),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("account_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("leg", Text),
    Column("item_seq", BigInteger, ForeignKey("recon_item.seq")),
    Column("other_seq", BigInteger, ForeignKey("recon_item.seq")),
    Column("group_id", Text, ForeignKey("match_group.id")),
    Column("receipt_id", Text, ForeignKey("receipt.id")),
    Column("case_id", Text, ForeignKey("collection_case.id")),
    minor("amount_minor"),
    currency(),
    Column("day", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("owner", Text),
    Column("due_date", Date, nullable=False),
    document("reason"),
    moment("opened_at"),
    Column("resolution", Text),
    Column("resolved_by", Text),
    moment("resolved_at", nullable=True),
    document("effects"),
    CheckConstraint("state IN ('open', 'claimed', 'resolved', 'accepted')", name="state_known"),
    CheckConstraint(
        "(state = 'open') = (resolved_at IS NULL) AND (resolved_at IS NULL) = (resolution IS NULL)"
        " AND (resolved_at IS NULL) = (resolved_by IS NULL)",
        name="resolved",
    ),
    Index("uq_difference_subject", "tenant_id", "kind", "subject", unique=True),
    Index(
        "ix_difference_open",
        "creditor_id",
        "account_id",
        "day",
        postgresql_where=text("state IN ('open', 'claimed')"),
    ),
    Index("ix_difference_item", "item_seq", postgresql_where=text("item_seq IS NOT NULL")),
    Index("ix_difference_other", "other_seq", postgresql_where=text("other_seq IS NOT NULL")),
)

event_table = Table(
    "difference_event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    Column("difference_id", Text, ForeignKey("difference.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("note", Text),
    document("document"),
    moment("at"),
    Index("ix_difference_event_difference", "difference_id", "seq"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. ``amount_minor`` is what the other side says more (positive) or less than the book.

    ``state``: open, claimed (asked of the platform, not come yet), resolved (explained or booked), accepted (by a
    person, for a reason). ``subject`` names what it is about, once for each kind; ``item_seq`` is what of a
    reconciliation, with ``other_seq`` where two say different amounts. ``effects`` is what was booked.
    """

    id: str
    tenant_id: str
    creditor_id: str
    connection_id: str
    account_id: str
    kind: str
    subject: str
    leg: str | None
    item_seq: int | None
    other_seq: int | None
    group_id: str | None
    receipt_id: str | None
    case_id: str | None
    amount_minor: int
    currency: str
    day: date
    state: str
    owner: str | None
    due_date: date
    reason: dict[str, Any]
    opened_at: datetime
    resolution: str | None
    resolved_by: str | None
    resolved_at: datetime | None
    effects: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class DifferenceEvent:
    """Something that happened to a difference, by whom, and what was said."""

    kind: str
    actor: str
    note: str | None
    document: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceFilter:
    """Which differences to list; ``standing`` those that are still open or claimed, days both included."""

    kind: str | None = None
    state: str | None = None
    owner: str | None = None
    creditor_id: str | None = None
    connection_id: str | None = None
    standing: bool = False
    first_day: date | None = None
    last_day: date | None = None
    due_before: date | None = None


def add(tx: Connection, difference: Difference) -> bool:
    """Open a difference once for what it is about; false where one was opened before, whatever became of it."""
    values = {name: getattr(difference, name) for name in Difference.__dataclass_fields__}
    return insert_once(tx, difference_table, values)


def get(tx: Connection, difference_id: str, *, lock: bool = False) -> Difference:
    """A difference, or ``difference_unknown``."""
    query = select(difference_table).where(difference_table.c.id == difference_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("difference_unknown", f"There is no difference {difference_id}.")
    return Difference(**row)


def change(tx: Connection, difference_id: str, **values: Any) -> None:
    """Change a difference."""
    tx.execute(update(difference_table).where(difference_table.c.id == difference_id).values(**values))


def note(
    tx: Connection,
    difference: Difference,
    *,
    kind: str,
    actor: str,
    at: datetime,
    text_: str | None = None,
    document_: Mapping[str, Any] | None = None,
) -> None:
    """Keep for ever what happened to a difference."""
    tx.execute(
        insert(event_table).values(
            tenant_id=difference.tenant_id,
            difference_id=difference.id,
            kind=kind,
            actor=actor,
            note=text_,
            document=dict(document_ or {}),
            at=at,
        )
    )


def history(tx: Connection, difference_id: str) -> list[DifferenceEvent]:
    """What happened to a difference, oldest first."""
    table = event_table
    query = (
        select(table.c.kind, table.c.actor, table.c.note, table.c.document, table.c.at)
        .where(table.c.difference_id == difference_id)
        .order_by(table.c.seq)
    )
    return [DifferenceEvent(*row) for row in tx.execute(query)]


def of_item(tx: Connection, item_seq: int) -> list[Difference]:
    """The differences that stand about an item."""
    query = select(difference_table).where(
        (difference_table.c.item_seq == item_seq) | (difference_table.c.other_seq == item_seq),
        difference_table.c.state.in_(STANDING),
    )
    return [Difference(**row) for row in tx.execute(query).mappings()]


def explained_by(tx: Connection, numbers: Sequence[int]) -> list[Difference]:
    """Differences about items that their match explained."""
    query = select(difference_table).where(
        difference_table.c.item_seq.in_(numbers) | difference_table.c.other_seq.in_(numbers),
        difference_table.c.resolution == "explained",
    )
    return [Difference(**row) for row in tx.execute(query).mappings()]


def of_group(tx: Connection, group_id: str) -> list[Difference]:
    """Differences that stand about a group itself."""
    query = select(difference_table).where(
        difference_table.c.group_id == group_id, difference_table.c.state.in_(STANDING)
    )
    return [Difference(**row) for row in tx.execute(query).mappings()]


def about(tx: Connection, *, kind: str, subject: str) -> Difference | None:
    """The difference of a kind about something, whatever became of it."""
    query = select(difference_table).where(difference_table.c.kind == kind, difference_table.c.subject == subject)
    row = tx.execute(query).mappings().first()
    return Difference(**row) if row else None


def standing(tx: Connection, *, creditor_id: str, until: date, kinds: Sequence[str] | None = None) -> list[Difference]:
    """A creditor's differences of days up to and with ``until`` that are still open or claimed, oldest first."""
    table = difference_table
    query = (
        select(table)
        .where(table.c.creditor_id == creditor_id, table.c.day <= until, table.c.state.in_(STANDING))
        .order_by(table.c.day, table.c.id)
    )
    if kinds is not None:
        query = query.where(table.c.kind.in_(kinds))
    return [Difference(**row) for row in tx.execute(query).mappings()]


def where(wanted: DifferenceFilter) -> list[ColumnElement[bool]]:
    """What a filter asks of a difference."""
    table = difference_table
    names = ("kind", "state", "owner", "creditor_id", "connection_id")
    told = [table.c[name] == getattr(wanted, name) for name in names if getattr(wanted, name) is not None]
    if wanted.standing:
        told.append(table.c.state.in_(STANDING))
    if wanted.first_day is not None:
        told.append(table.c.day >= wanted.first_day)
    if wanted.last_day is not None:
        told.append(table.c.day <= wanted.last_day)
    if wanted.due_before is not None:
        told.append(table.c.due_date < wanted.due_before)
    return told


def page(tx: Connection, wanted: DifferenceFilter, *, before_id: str | None = None, limit: int) -> list[Difference]:
    """Differences, the newest first."""
    table = difference_table
    query = select(table).where(*where(wanted)).order_by(table.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(table.c.id < before_id)
    return [Difference(**row) for row in tx.execute(query).mappings()]
