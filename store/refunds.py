"""Refunds that a platform is asked for: who asked and approved, how far each has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)

from domain.errors import NotFound
from domain.money import Money
from store.schema import currency, identifier, metadata, minor, moment, tenant

ASKED: Final = ("due", "asking", "uncertain", "sent")
"""The states in which money is owed back and the platform has the word."""

refund_table = Table(
    "refund",
    metadata,
    identifier(),
    tenant(),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("receipt_id", Text, ForeignKey("receipt.id"), nullable=False),
    Column("money_event_id", Text, nullable=False),
    minor("amount_minor"),
    minor("from_debt_minor"),
    currency(),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("alone", Boolean, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("requester", Text, nullable=False),
    moment("requested_at"),
    Column("decided_by", Text),
    Column("decider", Text),
    moment("decided_at", nullable=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    moment("asked_at", nullable=True),
    moment("next_try_at"),
    Column("external_ref", Text),
    Column("error_code", Text),
    moment("ended_at", nullable=True),
    CheckConstraint("amount_minor > 0 AND from_debt_minor BETWEEN 0 AND amount_minor", name="amount_positive"),
    CheckConstraint(
        "state IN ('proposed', 'withdrawn', 'due', 'asking', 'uncertain', 'sent', 'paid', 'refused')", name="state"
    ),
    CheckConstraint(
        "state IN ('proposed', 'withdrawn') OR (decided_by IS NOT NULL AND (alone OR decided_by <> requested_by))",
        name="by_another",
    ),
    Index("ix_refund_receipt", "receipt_id"),
    Index("ix_refund_open", "next_try_at", postgresql_where=text("state IN ('due', 'asking', 'uncertain', 'sent')")),
    Index(
        "uq_refund_external",
        "connection_id",
        "external_ref",
        unique=True,
        postgresql_where=text("external_ref IS NOT NULL"),
    ),
)


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund.

    ``state``: proposed (another person has to approve it), withdrawn, due (to be asked for), asking, uncertain (the
    platform may have acted), sent (the platform took it), paid, refused (and the money put back).
    """

    id: str
    tenant_id: str
    connection_id: str
    receipt_id: str
    money_event_id: str
    amount_minor: int
    from_debt_minor: int
    currency: str
    reason: str
    state: str
    alone: bool
    requested_by: str
    requester: str
    requested_at: datetime
    decided_by: str | None
    decider: str | None
    decided_at: datetime | None
    attempts: int
    asked_at: datetime | None
    next_try_at: datetime
    external_ref: str | None
    error_code: str | None
    ended_at: datetime | None

    @property
    def amount(self) -> Money:
        """How much goes back."""
        return Money(self.amount_minor, self.currency)


def add(tx: Connection, refund: Refund) -> None:
    """Record a refund."""
    tx.execute(insert(refund_table).values({name: getattr(refund, name) for name in Refund.__dataclass_fields__}))


def get(tx: Connection, refund_id: str, *, lock: bool = False) -> Refund:
    """The refund, or ``refund_unknown``."""
    query = select(refund_table).where(refund_table.c.id == refund_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("refund_unknown", f"There is no refund {refund_id}.")
    return Refund(**row)


def find(tx: Connection, refund_id: str) -> Refund | None:
    """The refund, if there is one."""
    row = tx.execute(select(refund_table).where(refund_table.c.id == refund_id)).mappings().first()
    return Refund(**row) if row else None


def of_receipt(tx: Connection, receipt_id: str, *, states: Sequence[str] = ()) -> list[Refund]:
    """A receipt's refunds, oldest first, those in some states alone where they are named."""
    query = select(refund_table).where(refund_table.c.receipt_id == receipt_id).order_by(refund_table.c.requested_at)
    if states:
        query = query.where(refund_table.c.state.in_(states))
    return [Refund(**row) for row in tx.execute(query).mappings()]


def to_ask(tx: Connection, *, now: datetime, limit: int) -> list[Refund]:
    """Refunds whose platform is to be asked now, the longest waiting first."""
    query = (
        select(refund_table)
        .where(refund_table.c.state.in_(ASKED), refund_table.c.next_try_at <= now)
        .order_by(refund_table.c.next_try_at, refund_table.c.id)
        .limit(limit)
    )
    return [Refund(**row) for row in tx.execute(query).mappings()]


def change(tx: Connection, refund_id: str, **values: Any) -> None:
    """Change how far a refund has come."""
    tx.execute(update(refund_table).where(refund_table.c.id == refund_id).values(**values))
