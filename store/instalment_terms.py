"""The terms on which a creditor lets debtors pay what is overdue in instalments, as stated one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    Table,
    Text,
    insert,
    select,
)

from domain.instalment_plans import InstalmentTerms
from domain.money import Money
from store.schema import currency, identifier, metadata, moment, tenant

terms_table = Table(
    "instalment_terms",
    metadata,
    identifier(),
    tenant(),
    Column("creditor_id", Text, ForeignKey("creditor.id"), nullable=False),
    Column("country", Text, nullable=False),
    currency(),
    Column("most_payments", Integer),
    Column("least_minor", BigInteger),
    Column("first_within_days", Integer),
    Column("stated_by", Text, nullable=False),
    moment("stated_at"),
    CheckConstraint(
        "(most_payments IS NULL) = (least_minor IS NULL) AND (most_payments IS NULL) = (first_within_days IS NULL)",
        name="whole",
    ),
    Index("ix_instalment_terms_creditor", "creditor_id", "country", "currency", "stated_at"),
)


@dataclass(frozen=True, slots=True)
class TermsRow:
    """What a creditor stated for a country and currency; ``terms`` is ``None`` where instalments end."""

    id: str
    tenant_id: str
    creditor_id: str
    country: str
    currency: str
    terms: InstalmentTerms | None
    stated_by: str
    stated_at: datetime


def state(tx: Connection, row: TermsRow) -> None:
    """State terms anew: what was stated before is kept and stands no longer."""
    terms = row.terms
    values = {name: getattr(row, name) for name in TermsRow.__dataclass_fields__ if name != "terms"}
    tx.execute(
        insert(terms_table).values(
            **values,
            most_payments=terms and terms.most_payments,
            least_minor=terms and terms.least.minor,
            first_within_days=terms and terms.first_within_days,
        )
    )


def standing(tx: Connection, *, creditor_id: str | None = None) -> list[TermsRow]:
    """What each creditor stated last for each country and currency, ended terms too."""
    of = (terms_table.c.creditor_id, terms_table.c.country, terms_table.c.currency)
    query = select(terms_table).distinct(*of).order_by(*of, terms_table.c.stated_at.desc(), terms_table.c.id.desc())
    if creditor_id is not None:
        query = query.where(terms_table.c.creditor_id == creditor_id)
    return [_row(row) for row in tx.execute(query).mappings()]


def of(tx: Connection, *, creditor_id: str, country: str, currency: str) -> InstalmentTerms | None:
    """The terms that stand, or ``None``: then a debtor is offered no instalments."""
    wanted = (terms_table.c.creditor_id == creditor_id, terms_table.c.country == country)
    query = select(terms_table).where(*wanted, terms_table.c.currency == currency)
    newest = query.order_by(terms_table.c.stated_at.desc(), terms_table.c.id.desc()).limit(1)
    row = tx.execute(newest).mappings().first()
    return _row(row).terms if row else None


def _row(row: RowMapping) -> TermsRow:
    values = {name: row[name] for name in TermsRow.__dataclass_fields__ if name != "terms"}
    if row["most_payments"] is None:
        return TermsRow(**values, terms=None)
    least = Money(row["least_minor"], row["currency"])
    return TermsRow(**values, terms=InstalmentTerms(row["most_payments"], least, row["first_within_days"]))
