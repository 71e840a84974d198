"""Portfolio files that were imported, with what became of each row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, ForeignKey, LargeBinary, Table, Text, insert, select, update

from domain.errors import NotFound
from store.schema import document, identifier, metadata, moment, tenant

portfolio_table = Table(
    "portfolio",
    metadata,
    identifier(),
    tenant(),
    Column("creditor_id", Text, ForeignKey("creditor.id"), nullable=False),
    Column("filename", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("skip_bad", Boolean, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    document("counts"),
    document("errors"),
    Column("imported_by", Text, nullable=False),
    moment("created_at"),
    moment("finished_at", nullable=True),
)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """One file. ``state``: received, imported, checked (a dry run), refused. At most 1,000 ``errors``."""

    id: str
    tenant_id: str
    creditor_id: str
    filename: str
    sha256: str
    body: bytes
    skip_bad: bool
    dry_run: bool
    state: str
    counts: dict[str, int]
    errors: list[dict[str, Any]]
    imported_by: str
    created_at: datetime
    finished_at: datetime | None


def add(tx: Connection, portfolio: Portfolio) -> None:
    """Record a file before it is read."""
    values = {name: getattr(portfolio, name) for name in Portfolio.__dataclass_fields__}
    tx.execute(insert(portfolio_table).values(values))


def get(tx: Connection, portfolio_id: str) -> Portfolio:
    """The file, or ``portfolio_unknown``."""
    row = tx.execute(select(portfolio_table).where(portfolio_table.c.id == portfolio_id)).mappings().first()
    if row is None:
        raise NotFound("portfolio_unknown", f"There is no portfolio {portfolio_id}.")
    return Portfolio(**row)


def change(tx: Connection, portfolio_id: str, **values: Any) -> None:
    """Change columns of a file's record."""
    tx.execute(update(portfolio_table).where(portfolio_table.c.id == portfolio_id).values(**values))


def waiting(tx: Connection, *, before: datetime, limit: int) -> list[str]:
    """Files received before a moment whose import never began: a crash may have left them."""
    query = (
        select(portfolio_table.c.id)
        .where(portfolio_table.c.state == "received", portfolio_table.c.created_at < before)
        .order_by(portfolio_table.c.created_at)
        .limit(limit)
    )
    return list(tx.execute(query).scalars())


def recent(tx: Connection, *, limit: int = 20) -> list[Portfolio]:
    """The newest files."""
    query = select(portfolio_table).order_by(portfolio_table.c.created_at.desc()).limit(limit)
    return [Portfolio(**row) for row in tx.execute(query).mappings()]
