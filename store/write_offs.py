"""What creditors gave up of their loans, and how much of it came after all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Connection, Date, ForeignKey, Index, Table, Text, insert, select, update

from store.schema import currency, identifier, metadata, minor, moment, tenant

write_off_table = Table(
    "write_off",
    metadata,
    identifier(),
    tenant(),
    Column("loan_id", Text, ForeignKey("loan.id"), nullable=False),
    minor("amount_minor"),
    minor("recovered_minor"),
    currency(),
    Column("day", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    moment("created_at"),
    CheckConstraint("recovered_minor BETWEEN 0 AND amount_minor", name="recovered_within_amount"),
    Index("ix_write_off_loan", "loan_id"),
)


@dataclass(frozen=True, slots=True)
class WriteOff:
    """An amount given up; ``recovered_minor`` of it was received since."""

    id: str
    tenant_id: str
    loan_id: str
    amount_minor: int
    recovered_minor: int
    currency: str
    day: date
    reason: str
    actor: str
    created_at: datetime


def add(tx: Connection, write_off: WriteOff) -> None:
    """Record that an amount was given up."""
    values = {name: getattr(write_off, name) for name in WriteOff.__dataclass_fields__}
    tx.execute(insert(write_off_table).values(values))


def of_loan(tx: Connection, loan_id: str) -> list[WriteOff]:
    """What was given up of a loan, oldest first, locked."""
    query = (
        select(write_off_table)
        .where(write_off_table.c.loan_id == loan_id)
        .order_by(write_off_table.c.created_at, write_off_table.c.id)
    )
    return [WriteOff(**row) for row in tx.execute(query.with_for_update()).mappings()]


def set_recovered(tx: Connection, write_off_id: str, recovered_minor: int) -> None:
    """State how much of it was received since."""
    tx.execute(
        update(write_off_table).where(write_off_table.c.id == write_off_id).values(recovered_minor=recovered_minor)
    )
