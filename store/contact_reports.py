"""What was reported of contacts, and which cases an agency works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    select,
    text,
    update,
)

from domain.errors import NotFound
from store.notices import notice_table
from store.schema import identifier, insert_once, metadata, moment, tenant
from store.sealing import Sealed

report_table = Table(
    "contact_report",
    metadata,
    identifier(),
    tenant(),
    Column("permit_id", Text, ForeignKey("contact_permit.id"), nullable=False),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    Column("notice_id", Text, ForeignKey("notice.id")),
    Column("outcome", Text, nullable=False),
    Column("result", Text, nullable=False),
    moment("at"),
    Column("late", Boolean, nullable=False),
    Column("note", Sealed("contact_report.note")),
    Column("reported_by", Text, nullable=False),
    moment("reported_at"),
    UniqueConstraint("permit_id", "outcome"),
    CheckConstraint("result IN ('attempt', 'contact', 'right_party', 'unused')", name="result_known"),
    Index("ix_contact_report_case", "case_id", "at"),
)

placement_table = Table(
    "placement",
    metadata,
    identifier(),
    tenant(),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    Column("agency_key_id", Text, ForeignKey("api_key.id"), nullable=False),
    Column("placed_by", Text, nullable=False),
    moment("placed_at"),
    Column("ended_by", Text),
    moment("ended_at", nullable=True),
    CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
    Index("uq_placement_standing", "case_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("ix_placement_agency", "agency_key_id", postgresql_where=text("ended_at IS NULL")),
)


@dataclass(frozen=True, slots=True)
class ContactReport:
    """One outcome of a contact. ``late``: made after its permit had expired. ``note`` is what was said, sealed."""

    id: str
    tenant_id: str
    permit_id: str
    case_id: str
    notice_id: str | None
    outcome: str
    result: str
    at: datetime
    late: bool
    note: str | None
    reported_by: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Placement:
    """A case given to an agency, which asks by the machine of an API key, from ``placed_at`` until ``ended_at``."""

    id: str
    tenant_id: str
    case_id: str
    agency_key_id: str
    placed_by: str
    placed_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None


def add(tx: Connection, report: ContactReport) -> bool:
    """Keep a report; false where this outcome was reported under the permit before."""
    return insert_once(tx, report_table, {name: getattr(report, name) for name in ContactReport.__dataclass_fields__})


def find(tx: Connection, permit_id: str, outcome: str) -> ContactReport | None:
    """The report of an outcome under a permit."""
    query = select(report_table).where(report_table.c.permit_id == permit_id, report_table.c.outcome == outcome)
    row = tx.execute(query).mappings().first()
    return ContactReport(**row) if row else None


def notice_of(tx: Connection, permit_id: str) -> str | None:
    """The notice that goes out under a permit, if it is one of ours."""
    return tx.execute(select(notice_table.c.id).where(notice_table.c.permit_id == permit_id)).scalar()


def place(tx: Connection, placement: Placement) -> bool:
    """Give a case to an agency; false where it is with one already."""
    values = {name: getattr(placement, name) for name in Placement.__dataclass_fields__}
    return insert_once(tx, placement_table, values)


def placed_with(tx: Connection, case_id: str) -> Placement | None:
    """The placement that a case is in now."""
    query = select(placement_table).where(placement_table.c.case_id == case_id, placement_table.c.ended_at.is_(None))
    row = tx.execute(query).mappings().first()
    return Placement(**row) if row else None


def get_placement(tx: Connection, placement_id: str) -> Placement:
    """The placement, or ``placement_unknown``."""
    row = tx.execute(select(placement_table).where(placement_table.c.id == placement_id)).mappings().first()
    if row is None:
        raise NotFound("placement_unknown", f"There is no placement {placement_id}.")
    return Placement(**row)


def end_placement(tx: Connection, placement_id: str, *, by: str, now: datetime) -> None:
    """Take a case back from its agency; one that was taken back before stays as it was."""
    open_one = update(placement_table).where(placement_table.c.id == placement_id, placement_table.c.ended_at.is_(None))
    tx.execute(open_one.values(ended_by=by, ended_at=now))
