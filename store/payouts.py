"""Batches that platforms pay out: on their way to a bank, arrived there, or come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Date, ForeignKey, Index, Table, Text, UniqueConstraint, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from domain.errors import NotFound
from store.creditors import connection_table
from store.schema import currency, identifier, insert_once, metadata, minor, moment, tenant

payout_table = Table(
    "payout",
    metadata,
    identifier(),
    tenant(),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("inbox_id", Text, ForeignKey("inbox.id"), nullable=False),
    Column("external_ref", Text, nullable=False),
    Column("references", ARRAY(Text), nullable=False),
    minor("net_minor"),
    minor("fee_minor"),
    minor("withheld_minor"),
    currency(),
    Column("value_date", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("entry_id", Text, nullable=False),
    minor("arrived_minor", nullable=True),
    Column("arrived_ref", Text),
    moment("created_at"),
    UniqueConstraint("connection_id", "external_ref"),
    Index("ix_payout_arrived", "tenant_id", "arrived_ref"),
)


@dataclass(frozen=True, slots=True)
class Payout:
    """A batch. ``state``: sent, arrived, returned. ``entry_id`` is the entry that booked its sending.

    ``arrived_minor`` and ``arrived_ref`` are what a bank's statement said came, and the bank's name of that line.
    """

    id: str
    tenant_id: str
    connection_id: str
    inbox_id: str
    external_ref: str
    references: list[str]
    net_minor: int
    fee_minor: int
    withheld_minor: int
    currency: str
    value_date: date
    state: str
    entry_id: str
    arrived_minor: int | None
    arrived_ref: str | None
    created_at: datetime


def add(tx: Connection, payout: Payout) -> bool:
    """Record a batch once; false where the platform's reference stood already."""
    return insert_once(tx, payout_table, {name: getattr(payout, name) for name in Payout.__dataclass_fields__})


def by_external(tx: Connection, *, connection_id: str, external_ref: str) -> Payout | None:
    """The batch that a platform knows under a reference, locked."""
    query = select(payout_table).where(
        payout_table.c.connection_id == connection_id, payout_table.c.external_ref == external_ref
    )
    row = tx.execute(query.with_for_update()).mappings().first()
    return Payout(**row) if row else None


def get(tx: Connection, payout_id: str, *, lock: bool = False) -> Payout:
    """The batch, or ``payout_unknown``; with ``lock`` others wait who would change it."""
    query = select(payout_table).where(payout_table.c.id == payout_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("payout_unknown", f"There is no payout {payout_id}.")
    return Payout(**row)


def on_their_way(tx: Connection, *, creditor_id: str, currency: str) -> list[Payout]:
    """A creditor's batches that no bank has shown yet, oldest first."""
    query = (
        select(payout_table)
        .join(connection_table, connection_table.c.id == payout_table.c.connection_id)
        .where(
            connection_table.c.creditor_id == creditor_id,
            payout_table.c.currency == currency,
            payout_table.c.state == "sent",
        )
        .order_by(payout_table.c.value_date, payout_table.c.id)
    )
    return [Payout(**row) for row in tx.execute(query).mappings()]


def announced(
    tx: Connection, *, creditor_id: str, references: Sequence[str], currency: str, arrived_ref: str
) -> Payout | None:
    """The creditor's batch that a line of its bank's statement is about, locked.

    That is the one which the line has confirmed before, else the only one on its way that carries one of these
    references; ``None`` where there is none or more than one.
    """
    table = payout_table
    query = (
        select(table)
        .join(connection_table, connection_table.c.id == table.c.connection_id)
        .where(
            connection_table.c.creditor_id == creditor_id,
            table.c.currency == currency,
            or_(
                table.c.arrived_ref == arrived_ref,
                (table.c.state == "sent") & table.c.references.overlap(list(references)),
            ),
        )
        .order_by(table.c.arrived_ref.is_(None))
        .limit(2)
    )
    found = [Payout(**row) for row in tx.execute(query.with_for_update(of=table)).mappings()]
    return found[0] if len(found) == 1 or (found and found[0].arrived_ref == arrived_ref) else None


def change(tx: Connection, payout_id: str, **values: Any) -> None:
    """Change columns of a batch."""
    tx.execute(update(payout_table).where(payout_table.c.id == payout_id).values(**values))
