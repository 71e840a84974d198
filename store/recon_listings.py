"""Lists of a reconciliation that people read: groups by what they wait for, and runs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from domain.matching.outcome import Stage
from domain.reconciliation import Leg
from store.reconciliation import WAITING, MatchGroup, Run, group_table, run_table


def proposed(
    tx: Connection, *, connection_id: str | None, leg: Leg | None, stage: Stage | None, limit: int
) -> list[str]:
    """Proposals of one explanation that wait, oldest first."""
    table = group_table
    query = select(table.c.id).where(table.c.status == "proposed").order_by(table.c.id).limit(limit)
    for column, value in ((table.c.connection_id, connection_id), (table.c.leg, leg), (table.c.stage, stage)):
        if value is not None:
            query = query.where(column == str(value))
    return list(tx.execute(query).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFilter:
    """Which groups to list; ``waiting`` those that wait for a person."""

    status: str | None = None
    waiting: bool = False
    connection_id: str | None = None
    leg: str | None = None
    stage: str | None = None


def conditions(wanted: GroupFilter) -> list[ColumnElement[bool]]:
    """What a filter asks of a group."""
    table = group_table
    named = ((name, getattr(wanted, name)) for name in ("status", "connection_id", "leg", "stage"))
    told = [table.c[name] == value for name, value in named if value is not None]
    return [*told, table.c.status.in_(WAITING)] if wanted.waiting else told


def page(tx: Connection, wanted: GroupFilter, *, before_id: str | None, limit: int) -> list[MatchGroup]:
    """Groups, the newest first."""
    table = group_table
    query = select(table).where(*conditions(wanted)).order_by(table.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(table.c.id < before_id)
    return [MatchGroup(**row) for row in tx.execute(query).mappings()]


def runs(tx: Connection, *, connection_id: str | None, before_id: str | None, limit: int) -> list[Run]:
    """Runs, the newest first."""
    query = select(run_table).order_by(run_table.c.id.desc()).limit(limit)
    if connection_id is not None:
        query = query.where(run_table.c.connection_id == connection_id)
    if before_id is not None:
        query = query.where(run_table.c.id < before_id)
    return [Run(**row) for row in tx.execute(query).mappings()]
