"""Findings in a held notice that are no faults: said by one person with a reason, confirmed by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKey, Index, Table, Text, insert, select, update

from domain.day_close import Actor
from domain.errors import NotFound
from store.notices import notice_table
from store.schema import document, identifier, metadata, moment, tenant

clearance_table = Table(
    "notice_clearance",
    metadata,
    identifier(),
    tenant(),
    Column("notice_id", Text, ForeignKey(notice_table.c.id), nullable=False),
    document("findings"),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposer", Text, nullable=False),
    moment("proposed_at"),
    Column("confirmed_by", Text),
    Column("confirmer", Text),
    moment("confirmed_at", nullable=True),
    CheckConstraint(
        "(confirmed_by IS NULL) = (confirmer IS NULL) AND (confirmed_by IS NULL) = (confirmed_at IS NULL)",
        name="confirmed",
    ),
    CheckConstraint("confirmed_by <> proposed_by", name="by_another"),
    Index("ix_notice_clearance_notice", "notice_id"),
)


@dataclass(frozen=True, slots=True)
class Clearance:
    """``findings`` are pairs of rule and phrase that may stand in the notice, once another person confirmed it."""

    id: str
    notice_id: str
    findings: list[list[str]]
    reason: str
    proposed_by: str
    proposer: str
    proposed_at: datetime
    confirmed_by: str | None = None
    confirmer: str | None = None
    confirmed_at: datetime | None = None


def add(tx: Connection, clearance: Clearance, *, tenant_id: str) -> None:
    """Keep what one person says."""
    values = {name: getattr(clearance, name) for name in Clearance.__dataclass_fields__}
    tx.execute(insert(clearance_table).values(tenant_id=tenant_id, **values))


def confirm(tx: Connection, clearance_id: str, *, actor: Actor, now: datetime) -> None:
    """Another person agrees."""
    agreed = {"confirmed_by": actor.id, "confirmer": actor.name, "confirmed_at": now}
    tx.execute(update(clearance_table).where(clearance_table.c.id == clearance_id).values(agreed))


def of_notice(tx: Connection, notice_id: str) -> list[Clearance]:
    """What was said of a notice, newest first."""
    columns = [clearance_table.c[name] for name in Clearance.__dataclass_fields__]
    query = select(*columns).where(clearance_table.c.notice_id == notice_id)
    return [Clearance(**row) for row in tx.execute(query.order_by(clearance_table.c.proposed_at.desc())).mappings()]


def get(tx: Connection, clearance_id: str) -> Clearance:
    """The clearance, or ``clearance_unknown``."""
    columns = [clearance_table.c[name] for name in Clearance.__dataclass_fields__]
    row = tx.execute(select(*columns).where(clearance_table.c.id == clearance_id)).mappings().first()
    if row is None:
        raise NotFound("clearance_unknown", f"There is no clearance {clearance_id}.")
    return Clearance(**row)
