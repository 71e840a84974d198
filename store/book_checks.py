"""What the scheduled check of a book found, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Connection, Identity, Index, Table, delete, insert, select

from store.schema import document, metadata, moment, tenant

KEPT_FOR: Final = timedelta(days=90)

book_check_table = Table(
    "book_check",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    moment("checked_at"),
    Column("holds", Boolean, nullable=False),
    document("findings"),
    Index("ix_book_check_newest", "tenant_id", "seq"),
)


@dataclass(frozen=True, slots=True)
class BookCheck:
    """One check. ``findings`` are objects with number, code, statement, broken and examples, one for each rule."""

    checked_at: datetime
    holds: bool
    findings: Sequence[dict[str, Any]]


def add(tx: Connection, check: BookCheck, *, tenant_id: str) -> None:
    """Keep a check; those of more than ninety days ago go."""
    tx.execute(delete(book_check_table).where(book_check_table.c.checked_at < check.checked_at - KEPT_FOR))
    values = {"checked_at": check.checked_at, "holds": check.holds, "findings": list(check.findings)}
    tx.execute(insert(book_check_table).values(tenant_id=tenant_id, **values))


def newest(tx: Connection) -> BookCheck | None:
    """The tenant's last check, or ``None`` before the first."""
    columns = book_check_table.c
    query = select(columns.checked_at, columns.holds, columns.findings).order_by(columns.seq.desc()).limit(1)
    row = tx.execute(query).mappings().first()
    return None if row is None else BookCheck(**row)
