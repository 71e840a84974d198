"""The timeline: what happened in a case, line by line, for people to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Identity, Index, Select, Table, Text, insert, select

from store.cases import Case
from store.schema import document, metadata, moment, tenant

MOST: Final = 500
"""So many lines are read at once."""

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


def of_case(tx: Connection, case_id: str, *, limit: int = MOST, before: int | None = None) -> list[TimelineRow]:
    """The newest lines of a case's history, or the newest before one; oldest first."""
    query = _lines(case_id).order_by(timeline_table.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(timeline_table.c.seq < before)
    return [TimelineRow(**row) for row in tx.execute(query).mappings()][::-1]


def of_kinds(tx: Connection, case_id: str, *kinds: str) -> list[TimelineRow]:
    """Every line of some kinds, oldest first, however long the history is."""
    query = _lines(case_id).where(timeline_table.c.kind.in_(kinds)).order_by(timeline_table.c.seq)
    return [TimelineRow(**row) for row in tx.execute(query).mappings()]


def _lines(case_id: str) -> Select[Any]:
    columns = [timeline_table.c[name] for name in TimelineRow.__dataclass_fields__]
    return select(*columns).where(timeline_table.c.case_id == case_id)


def has(tx: Connection, case_id: str, *, kind: str, command_id: str) -> bool:
    """Whether a case's history has a line of a kind that a command made."""
    table = timeline_table
    query = select(table.c.seq).where(
        table.c.case_id == case_id, table.c.kind == kind, table.c.detail["command"].astext == command_id
    )
    return tx.execute(query.limit(1)).first() is not None
