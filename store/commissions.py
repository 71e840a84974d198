"""What agencies earned on receipts, and how much of it was taken back when the money went back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    update,
)

from store.schema import currency, identifier, metadata, minor, moment, tenant

commission_table = Table(
    "commission",
    metadata,
    identifier(),
    tenant(),
    Column("event_id", Text, nullable=False),
    Column("receipt_id", Text, ForeignKey("receipt.id"), nullable=False),
    Column("account_id", Text, nullable=False),
    minor("base_minor"),
    minor("amount_minor"),
    minor("clawed_minor"),
    currency(),
    moment("created_at"),
    UniqueConstraint("event_id", name="uq_commission_event_id"),
    CheckConstraint("amount_minor > 0 AND amount_minor <= base_minor", name="within_base"),
    CheckConstraint("clawed_minor BETWEEN 0 AND amount_minor", name="clawed_within_amount"),
    Index("ix_commission_receipt", "receipt_id"),
)


@dataclass(frozen=True, slots=True)
class Commission:
    """Commission on a receipt: ``base_minor`` is what the receipt had paid then; ``clawed_minor`` was taken back."""

    id: str
    tenant_id: str
    event_id: str
    receipt_id: str
    account_id: str
    base_minor: int
    amount_minor: int
    clawed_minor: int
    currency: str
    created_at: datetime


def add(tx: Connection, commission: Commission) -> None:
    """Record what was earned."""
    values = {name: getattr(commission, name) for name in Commission.__dataclass_fields__}
    tx.execute(insert(commission_table).values(values))


def of_receipt(tx: Connection, receipt_id: str) -> list[Commission]:
    """What was earned on a receipt, oldest first, locked."""
    table = commission_table
    query = select(table).where(table.c.receipt_id == receipt_id).order_by(table.c.created_at, table.c.id)
    return [Commission(**row) for row in tx.execute(query.with_for_update()).mappings()]


def set_clawed(tx: Connection, commission_id: str, clawed_minor: int) -> None:
    """State how much of it was taken back."""
    tx.execute(update(commission_table).where(commission_table.c.id == commission_id).values(clawed_minor=clawed_minor))
