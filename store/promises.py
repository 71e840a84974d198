"""Promises to pay: what a debtor undertook, by when, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
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

from store.schema import currency, identifier, metadata, minor, moment, tenant

promise_table = Table(
    "promise",
    metadata,
    identifier(),
    tenant(),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    minor("amount_minor"),
    currency(),
    Column("due_date", Date, nullable=False),
    Column("tolerance_basis_points", Integer, nullable=False),
    Column("grace_days", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("taken_by", Text, nullable=False),
    moment("created_at"),
    moment("resolved_at", nullable=True),
    Column("plan_id", Text),
    Column("before_minor", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    CheckConstraint("before_minor >= 0", name="before_not_negative"),
    Index("ix_promise_case", "case_id"),
)


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise to pay as stored; ``before_minor`` is what earlier payments of the plan ``plan_id`` need first."""

    id: str
    case_id: str
    amount_minor: int
    currency: str
    due_date: date
    tolerance_basis_points: int
    grace_days: int
    state: str
    taken_by: str
    created_at: datetime
    resolved_at: datetime | None
    plan_id: str | None = None
    before_minor: int = 0


def of_case(tx: Connection, case_id: str) -> list[PromiseRow]:
    """Every promise of a case, newest first."""
    columns = [promise_table.c[name] for name in PromiseRow.__dataclass_fields__]
    query = select(*columns).where(promise_table.c.case_id == case_id).order_by(promise_table.c.created_at.desc())
    return [PromiseRow(**row) for row in tx.execute(query).mappings()]


def of_plan(tx: Connection, plan_id: str) -> list[PromiseRow]:
    """The payments of a plan, in order."""
    columns = [promise_table.c[name] for name in PromiseRow.__dataclass_fields__]
    query = select(*columns).where(promise_table.c.plan_id == plan_id).order_by(promise_table.c.due_date)
    return [PromiseRow(**row) for row in tx.execute(query).mappings()]


def add(tx: Connection, tenant_id: str, promise: PromiseRow) -> None:
    """Record a promise to pay."""
    values = {name: getattr(promise, name) for name in PromiseRow.__dataclass_fields__}
    tx.execute(insert(promise_table).values(tenant_id=tenant_id, **values))


def move(tx: Connection, promise_id: str, *, case_id: str) -> None:
    """Have another case of the debtor wait for a promise."""
    tx.execute(update(promise_table).where(promise_table.c.id == promise_id).values(case_id=case_id))


def resolve(tx: Connection, promise_id: str, *, state: str, now: datetime | None) -> None:
    """State what became of a promise; re-opening it passes no moment."""
    tx.execute(update(promise_table).where(promise_table.c.id == promise_id).values(state=state, resolved_at=now))
