"""Guarantors: parties who answer for a loan beside its debtor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Index, Table, Text, select

from store.loans import loan_table
from store.parties import party_table
from store.schema import insert_once, metadata, moment, tenant

guarantor_table = Table(
    "loan_guarantor",
    metadata,
    tenant(),
    Column("loan_id", Text, ForeignKey("loan.id"), primary_key=True),
    Column("party_id", Text, ForeignKey("party.id"), primary_key=True),
    moment("created_at"),
    Index("ix_loan_guarantor_party", "party_id"),
)


@dataclass(frozen=True, slots=True)
class Guarantor:
    """A party who answers for a loan, since when the loan was imported with them."""

    loan_id: str
    party_id: str
    name: str
    created_at: datetime


def add(tx: Connection, *, loan_id: str, party_id: str, tenant_id: str, now: datetime) -> None:
    """Record that a party answers for a loan; once is enough."""
    values = {"tenant_id": tenant_id, "loan_id": loan_id, "party_id": party_id, "created_at": now}
    insert_once(tx, guarantor_table, values)


def of_loans(tx: Connection, loan_ids: Sequence[str]) -> list[Guarantor]:
    """The guarantors of loans, by loan and the order in which they came."""
    table = guarantor_table.c
    query = (
        select(table.loan_id, table.party_id, party_table.c.name, table.created_at)
        .join(party_table, party_table.c.id == table.party_id)
        .where(table.loan_id.in_(loan_ids))
        .order_by(table.loan_id, table.created_at, table.party_id)
    )
    return [Guarantor(**row) for row in tx.execute(query).mappings()]


def loans_guaranteed(tx: Connection, party_id: str, *, debtor_id: str, creditor_id: str, country: str) -> list[str]:
    """The loans of a debtor with a creditor in a country that a party answers for."""
    query = (
        select(loan_table.c.id)
        .join(guarantor_table, guarantor_table.c.loan_id == loan_table.c.id)
        .where(
            guarantor_table.c.party_id == party_id,
            loan_table.c.party_id == debtor_id,
            loan_table.c.creditor_id == creditor_id,
            loan_table.c.country == country,
        )
        .order_by(loan_table.c.id)
    )
    return list(tx.scalars(query))
