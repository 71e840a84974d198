"""Loans as the creditor's own system states them: terms, vehicle and instalments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    any_,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.errors import NotFound
from store.schema import currency, document, identifier, metadata, minor, moment, tenant

loan_table = Table(
    "loan",
    metadata,
    identifier(),
    tenant(),
    Column("creditor_id", Text, ForeignKey("creditor.id"), nullable=False),
    Column("party_id", Text, ForeignKey("party.id"), nullable=False),
    Column("contract_no", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("product", Text, nullable=False),
    currency(),
    minor("principal_minor"),
    document("vehicle", nullable=True),
    Column("account_id", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("portfolio_id", Text, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("tenant_id", "creditor_id", "contract_no"),
    Index("ix_loan_party", "party_id"),
)

instalment_table = Table(
    "instalment",
    metadata,
    tenant(),
    Column("loan_id", Text, ForeignKey("loan.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("due_date", Date, nullable=False),
    minor("amount_minor"),
    minor("paid_minor"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    CheckConstraint("paid_minor >= 0 AND paid_minor <= amount_minor", name="paid_within_amount"),
    Index("ix_instalment_unpaid", "loan_id", "due_date", postgresql_where="paid_minor < amount_minor"),
    Index("ix_instalment_due", "due_date", postgresql_where="paid_minor < amount_minor"),
)


_NAMED = select(loan_table).where(
    loan_table.c.creditor_id == bindparam("creditor_id"),
    loan_table.c.contract_no == any_(bindparam("contract_nos", type_=ARRAY(Text))),
)


@dataclass(frozen=True, slots=True)
class Loan:
    """One contract. ``account_id`` is its receivable leaf in the book."""

    id: str
    tenant_id: str
    creditor_id: str
    party_id: str
    contract_no: str
    country: str
    product: str
    currency: str
    principal_minor: int
    vehicle: dict[str, Any] | None
    account_id: str
    fingerprint: str
    portfolio_id: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class InstalmentRow:
    """One instalment as stored; amounts in the loan's minor units."""

    loan_id: str
    number: int
    due_date: date
    amount_minor: int
    paid_minor: int


def add(tx: Connection, loan: Loan, instalments: Sequence[InstalmentRow]) -> None:
    """Record a loan with its instalments."""
    tx.execute(insert(loan_table).values({name: getattr(loan, name) for name in Loan.__dataclass_fields__}))
    _add_instalments(tx, loan.tenant_id, instalments)


def _add_instalments(tx: Connection, tenant_id: str, instalments: Sequence[InstalmentRow]) -> None:
    tx.execute(
        insert(instalment_table),
        [
            {
                "tenant_id": tenant_id,
                "loan_id": row.loan_id,
                "number": row.number,
                "due_date": row.due_date,
                "amount_minor": row.amount_minor,
                "paid_minor": row.paid_minor,
            }
            for row in instalments
        ],
    )


def get(tx: Connection, loan_id: str, *, lock: bool = False) -> Loan:
    """The loan, or ``loan_unknown``; with ``lock`` others wait who would change it."""
    query = select(loan_table).where(loan_table.c.id == loan_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("loan_unknown", f"There is no loan {loan_id}.")
    return Loan(**row)


def by_contract(tx: Connection, *, creditor_id: str, contract_no: str) -> Loan | None:
    """The creditor's loan with a contract number."""
    return next(iter(named(tx, creditor_id=creditor_id, contract_nos=[contract_no])), None)


def named(tx: Connection, *, creditor_id: str, contract_nos: Sequence[str]) -> list[Loan]:
    """The creditor's loans among some contract numbers, in the order of these."""
    if not contract_nos:
        return []
    rows = tx.execute(_NAMED, {"creditor_id": creditor_id, "contract_nos": list(contract_nos)}).mappings()
    return sorted((Loan(**row) for row in rows), key=lambda loan: contract_nos.index(loan.contract_no))


def of_party(tx: Connection, *, party_id: str, creditor_id: str) -> list[Loan]:
    """A party's loans at a creditor, oldest contract first."""
    query = (
        select(loan_table)
        .where(loan_table.c.party_id == party_id, loan_table.c.creditor_id == creditor_id)
        .order_by(loan_table.c.created_at, loan_table.c.contract_no)
    )
    return [Loan(**row) for row in tx.execute(query).mappings()]


def instalments(tx: Connection, loan_ids: Sequence[str]) -> list[InstalmentRow]:
    """Instalments of loans, by due date."""
    if not loan_ids:
        return []
    columns = [instalment_table.c[name] for name in InstalmentRow.__dataclass_fields__]
    query = (
        select(*columns)
        .where(instalment_table.c.loan_id.in_(loan_ids))
        .order_by(instalment_table.c.due_date, instalment_table.c.loan_id, instalment_table.c.number)
    )
    return [InstalmentRow(**row) for row in tx.execute(query).mappings()]


def replace_instalments(tx: Connection, loan: Loan, rows: Sequence[InstalmentRow]) -> None:
    """State a loan's whole schedule anew."""
    tx.execute(instalment_table.delete().where(instalment_table.c.loan_id == loan.id))
    _add_instalments(tx, loan.tenant_id, rows)


def add_instalment(tx: Connection, loan: Loan, row: InstalmentRow) -> None:
    """Add one instalment to a loan's schedule."""
    _add_instalments(tx, loan.tenant_id, [row])


def set_paid(tx: Connection, *, loan_id: str, number: int, paid_minor: int) -> None:
    """State how much of an instalment is paid."""
    tx.execute(
        update(instalment_table)
        .where(instalment_table.c.loan_id == loan_id, instalment_table.c.number == number)
        .values(paid_minor=paid_minor),
    )


def restate(tx: Connection, loan_id: str, *, fingerprint: str, portfolio_id: str, now: datetime) -> None:
    """Note that a newer portfolio file spoke of this loan."""
    tx.execute(
        update(loan_table)
        .where(loan_table.c.id == loan_id)
        .values(fingerprint=fingerprint, portfolio_id=portfolio_id, updated_at=now),
    )
