"""The metadata every table hangs on, and the columns they share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    MetaData,
    Table,
    Text,
    literal,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, insert
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.dml import ReturningInsert

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

TENANT_SETTING = "afluente.tenant"
"""The PostgreSQL setting that row-level security compares with ``tenant_id``."""


def identifier() -> Column[str]:
    """A primary key in the house's identifier shape (``domain.ids``)."""
    return Column("id", Text, primary_key=True)


def tenant() -> Column[str]:
    """The tenant a row belongs to; row-level security stands on it."""
    return Column("tenant_id", Text, ForeignKey("tenant.id"), nullable=False)


def moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    """An instant, kept in UTC."""
    return Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def minor(name: str, *, nullable: bool = False) -> Column[int]:
    """An amount in minor units."""
    return Column(name, BigInteger, nullable=nullable)


def currency(name: str = "currency", *, nullable: bool = False) -> Column[str]:
    """An ISO 4217 code."""
    return Column(name, CHAR(3), nullable=nullable)


def document(name: str, *, nullable: bool = False) -> Column[Any]:
    """A JSON document."""
    return Column(name, JSONB, nullable=nullable)


def decided_by_another(*states: str) -> tuple[SchemaItem, ...]:
    """What one person proposes and another decides: its state, who and when; whoever proposes never approves."""
    known = ", ".join(f"'{state}'" for state in ("proposed", "approved", "declined", "withdrawn", *states))
    return (
        Column("state", Text, nullable=False),
        Column("proposed_by", Text, nullable=False),
        Column("proposer", Text, nullable=False),
        moment("proposed_at"),
        Column("decided_by", Text),
        Column("decider", Text),
        moment("decided_at", nullable=True),
        Column("remark", Text),
        CheckConstraint(f"state IN ({known})", name="state"),
        CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decider IS NULL)"
            " AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
        CheckConstraint("state <> 'approved' OR decided_by <> proposed_by", name="by_another"),
    )


def insert_once(tx: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one stands in its place; whether it was inserted."""
    return tx.execute(_insert_unless_there(table), values).first() is not None


@cache
def _insert_unless_there(table: Table) -> ReturningInsert[int]:
    return insert(table).on_conflict_do_nothing().returning(literal(1))
