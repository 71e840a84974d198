"""Holds: for which days, and why, a case rests; and moratoria, when a whole country does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Column, Connection, ForeignKey, Table, Text, any_, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, ExcludeConstraint, Range

from domain.errors import Conflict
from store.cases import Case
from store.schema import identifier, metadata, moment, tenant

hold_table = Table(
    "hold",
    metadata,
    identifier(),
    tenant(),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("days", DATERANGE, nullable=False),
    Column("reason", Text, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("released_by", Text),
    moment("created_at"),
    ExcludeConstraint(("case_id", "="), ("kind", "="), ("days", "&&"), name="ex_hold_overlap"),
)

moratorium_table = Table(
    "moratorium",
    metadata,
    identifier(),
    tenant(),
    Column("country", Text, nullable=False),
    Column("days", DATERANGE, nullable=False),
    Column("reason", Text, nullable=False),
    moment("created_at"),
)


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as stored: days from ``start`` up to, not including, ``end``."""

    id: str
    kind: str
    start: date
    end: date | None
    reason: str
    placed_by: str
    released_by: str | None


def covers(hold: HoldRow, day: date) -> bool:
    """Whether a hold stops everybody on a day; one that was released stops nobody from then on."""
    return hold.released_by is None and hold.start <= day and (hold.end is None or day < hold.end)


def of_case(tx: Connection, case_id: str) -> list[HoldRow]:
    """Every hold of a case, by first day."""
    return of_cases(tx, [case_id]).get(case_id, [])


def of_cases(tx: Connection, case_ids: Sequence[str]) -> dict[str, list[HoldRow]]:
    """The holds of each case that has any, by first day."""
    query = (
        select(hold_table)
        .where(hold_table.c.case_id == any_(literal(list(case_ids), ARRAY(Text))))
        .order_by(func.lower(hold_table.c.days))
    )
    found: dict[str, list[HoldRow]] = {}
    for row in tx.execute(query).mappings():
        hold = HoldRow(
            id=row["id"],
            kind=row["kind"],
            start=row["days"].lower,
            end=row["days"].upper,
            reason=row["reason"],
            placed_by=row["placed_by"],
            released_by=row["released_by"],
        )
        found.setdefault(row["case_id"], []).append(hold)
    return found


def place(tx: Connection, case: Case, hold: HoldRow, *, now: datetime) -> None:
    """Place a hold; ``hold_overlaps`` where one of the same kind covers any of its days."""
    overlap = select(literal(1)).where(
        hold_table.c.case_id == case.id,
        hold_table.c.kind == hold.kind,
        hold_table.c.days.overlaps(Range(hold.start, hold.end)),
    )
    if tx.execute(overlap).first():
        raise Conflict(
            "hold_overlaps",
            f"A {hold.kind} hold already covers some of these days.",
            fix="Release it first, or choose other days.",
        )
    tx.execute(
        insert(hold_table).values(
            id=hold.id,
            tenant_id=case.tenant_id,
            case_id=case.id,
            kind=hold.kind,
            days=Range(hold.start, hold.end),
            reason=hold.reason,
            placed_by=hold.placed_by,
            created_at=now,
        ),
    )


def end(tx: Connection, hold: HoldRow, *, day: date, released_by: str) -> None:
    """End a hold so that ``day`` is the first without it (at least one day stays covered)."""
    first_without = max(day, date.fromordinal(hold.start.toordinal() + 1))
    tx.execute(
        update(hold_table)
        .where(hold_table.c.id == hold.id)
        .values(days=Range(hold.start, first_without), released_by=released_by),
    )


def moratorium(tx: Connection, country: str, day: date) -> str | None:
    """Why nobody in a country may be contacted on a day, or ``None``."""
    query = select(moratorium_table.c.reason).where(
        moratorium_table.c.country == country, moratorium_table.c.days.contains(day)
    )
    return tx.execute(query).scalar()
