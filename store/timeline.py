"""The timeline: what happened in a case, line by line, for people to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Identity, Index, Table, Text, insert, select

from store.cases import Case
from store.schema import document, metadata, moment, tenant

timeline_table = Table(
    "timeline",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    moment("at"),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    document("detail"),
    Index("ix_timeline_case", "case_id", "seq"),
)


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One line of a case's history."""

    seq: int
    at: datetime
    actor: str
    kind: str
    detail: dict[str, Any]


def note(tx: Connection, case: Case, *, at: datetime, actor: str, kind: str, detail: dict[str, Any]) -> None:
    """Write one line into the case's history."""
    tx.execute(
        insert(timeline_table).values(
            tenant_id=case.tenant_id, case_id=case.id, at=at, actor=actor, kind=kind, detail=detail
        ),
    )


def of_case(tx: Connection, case_id: str, *, limit: int = 500) -> list[TimelineRow]:
    """A case's history, oldest first."""
    columns = [timeline_table.c[name] for name in TimelineRow.__dataclass_fields__]
    query = select(*columns).where(timeline_table.c.case_id == case_id).order_by(timeline_table.c.seq).limit(limit)
    return [TimelineRow(**row) for row in tx.execute(query).mappings()]


def has(tx: Connection, case_id: str, *, kind: str, command_id: str) -> bool:
    """Whether a case's history has a line of a kind that a command made."""
    table = timeline_table
    query = select(table.c.seq).where(
        table.c.case_id == case_id, table.c.kind == kind, table.c.detail["command"].astext == command_id
    )
    return tx.execute(query.limit(1)).first() is not None
