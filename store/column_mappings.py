"""Saved mappings of columns: what the columns of a bank's or platform's table mean, in versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, Table, Text, UniqueConstraint, func, insert, select

from domain.errors import NotFound
from store.schema import document, identifier, metadata, moment, tenant

column_mapping_table = Table(
    "column_mapping",
    metadata,
    identifier(),
    tenant(),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    document("document"),
    Column("created_by", Text, nullable=False),
    moment("created_at"),
    UniqueConstraint("tenant_id", "name", "version", name="uq_column_mapping_tenant_id_name_version"),
)


@dataclass(frozen=True, slots=True)
class StoredMapping:
    """One version of a saved mapping; ``document`` is what ``ColumnMapping.as_json`` gave."""

    id: str
    tenant_id: str
    name: str
    version: int
    document: dict[str, Any]
    created_by: str
    created_at: datetime


def add(tx: Connection, mapping: StoredMapping) -> None:
    """Keep a version of a mapping."""
    values = {name: getattr(mapping, name) for name in StoredMapping.__dataclass_fields__}
    tx.execute(insert(column_mapping_table).values(values))


def newest(tx: Connection) -> list[StoredMapping]:
    """The newest version of every mapping, by name."""
    table = column_mapping_table
    query = select(table).distinct(table.c.name).order_by(table.c.name, table.c.version.desc())
    return [StoredMapping(**row) for row in tx.execute(query).mappings()]


def next_version(tx: Connection, name: str) -> int:
    """The number of a name's next version."""
    newest = select(func.coalesce(func.max(column_mapping_table.c.version), 0)).where(
        column_mapping_table.c.name == name
    )
    return int(tx.execute(newest).scalar_one()) + 1


def get(tx: Connection, mapping_id: str) -> StoredMapping:
    """A version of a mapping, or ``column_mapping_unknown``."""
    row = tx.execute(select(column_mapping_table).where(column_mapping_table.c.id == mapping_id)).mappings().first()
    if row is None:
        raise NotFound("column_mapping_unknown", f"There is no column mapping {mapping_id}.")
    return StoredMapping(**row)
