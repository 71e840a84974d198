"""Contests: payments whose payers (or their banks) want the money back, and how that ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)

from store.receipts import receipt_table
from store.schema import currency, identifier, metadata, minor, moment, tenant

contest_table = Table(
    "contest",
    metadata,
    identifier(),
    tenant(),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("inbox_id", Text, ForeignKey("inbox.id"), nullable=False),
    Column("receipt_id", Text, ForeignKey("receipt.id"), nullable=False),
    Column("external_ref", Text, nullable=False),
    Column("kind", Text, nullable=False),
    minor("amount_minor"),
    minor("fee_minor"),
    currency(),
    Column("state", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("reason", Text),
    moment("told_at"),
    moment("created_at"),
    UniqueConstraint("connection_id", "external_ref"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    Index("ix_contest_receipt", "receipt_id"),
)


@dataclass(frozen=True, slots=True)
class Contest:
    """A contested payment. ``state``: opened, won, lost. ``told_at`` is when the platform last said something new.

    ``fee_minor`` is what the contest has cost so far; ``round`` counts how often it was opened.
    """

    id: str
    tenant_id: str
    connection_id: str
    inbox_id: str
    receipt_id: str
    external_ref: str
    kind: str
    amount_minor: int
    fee_minor: int
    currency: str
    state: str
    round: int
    reason: str | None
    told_at: datetime
    created_at: datetime


def add(tx: Connection, contest: Contest) -> None:
    """Record a contest; its receipt is locked by the caller, so that no other says the same."""
    tx.execute(insert(contest_table).values({name: getattr(contest, name) for name in Contest.__dataclass_fields__}))


def by_external(tx: Connection, *, connection_id: str, external_ref: str) -> Contest | None:
    """The contest that a platform knows under a reference, locked."""
    query = select(contest_table).where(
        contest_table.c.connection_id == connection_id, contest_table.c.external_ref == external_ref
    )
    row = tx.execute(query.with_for_update()).mappings().first()
    return Contest(**row) if row else None


def of_receipt(tx: Connection, receipt_id: str) -> list[Contest]:
    """A receipt's contests, oldest first."""
    query = select(contest_table).where(contest_table.c.receipt_id == receipt_id).order_by(contest_table.c.created_at)
    return [Contest(**row) for row in tx.execute(query).mappings()]


def went_back(
    tx: Connection, *, connection_ids: Sequence[str], references: Sequence[str], minor: int, currency: str
) -> bool:
    """Whether a contest of so much was lost over one of the connections under one of these names."""
    table = contest_table
    query = select(table.c.id).where(
        table.c.connection_id.in_(connection_ids),
        table.c.external_ref.in_(references),
        table.c.amount_minor == minor,
        table.c.currency == currency,
        table.c.state == "lost",
    )
    return tx.execute(query.limit(1)).first() is not None


def lost_in_banks(tx: Connection, connection_id: str) -> list[Contest]:
    """Contests that were lost of money that was in the bank already; they are rare."""
    query = (
        select(contest_table)
        .join(receipt_table, receipt_table.c.id == contest_table.c.receipt_id)
        .where(contest_table.c.connection_id == connection_id, contest_table.c.state == "lost", receipt_table.c.to_bank)
    )
    return [Contest(**row) for row in tx.execute(query).mappings()]


def standing(tx: Connection, receipt_id: str) -> int:
    """How much of a receipt is contested now or was lost, in minor units."""
    query = select(func.coalesce(func.sum(contest_table.c.amount_minor), 0)).where(
        contest_table.c.receipt_id == receipt_id, contest_table.c.state != "won"
    )
    return int(tx.execute(query).scalar_one())


def change(tx: Connection, contest_id: str, **values: Any) -> None:
    """Change columns of a contest."""
    tx.execute(update(contest_table).where(contest_table.c.id == contest_id).values(**values))
