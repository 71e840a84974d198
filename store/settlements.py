"""Offers to settle what is overdue for less: at most one stands in a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)

from store.schema import currency, identifier, metadata, minor, moment, tenant

offer_table = Table(
    "settlement_offer",
    metadata,
    identifier(),
    tenant(),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    minor("amount_minor"),
    currency(),
    Column("offered_on", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("offered_by", Text, nullable=False),
    moment("created_at"),
    moment("withdrawn_at", nullable=True),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    CheckConstraint("until >= offered_on", name="stands"),
    Index("ux_settlement_offer_one", "case_id", unique=True, postgresql_where=text("withdrawn_at IS NULL")),
)


@dataclass(frozen=True, slots=True)
class SettlementOffer:
    """The amount that settles what is overdue if it arrives by value date from ``offered_on`` to ``until``."""

    id: str
    case_id: str
    amount_minor: int
    currency: str
    offered_on: date
    until: date
    offered_by: str
    created_at: datetime
    withdrawn_at: datetime | None = None


def add(tx: Connection, tenant_id: str, offer: SettlementOffer) -> None:
    """Make an offer, in the place of the one that stood."""
    standing = offer_table.c.case_id == offer.case_id, offer_table.c.withdrawn_at.is_(None)
    tx.execute(update(offer_table).where(*standing).values(withdrawn_at=offer.created_at))
    values = {name: getattr(offer, name) for name in SettlementOffer.__dataclass_fields__}
    tx.execute(insert(offer_table).values(tenant_id=tenant_id, **values))


def of_case(tx: Connection, case_id: str) -> SettlementOffer | None:
    """The offer that was not withdrawn, lapsed or not."""
    columns = [offer_table.c[name] for name in SettlementOffer.__dataclass_fields__]
    query = select(*columns).where(offer_table.c.case_id == case_id, offer_table.c.withdrawn_at.is_(None))
    row = tx.execute(query).mappings().first()
    return SettlementOffer(**row) if row else None
