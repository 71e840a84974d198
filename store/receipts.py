"""Receipts, how they were allocated to instalments, and their reversals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.errors import NotFound
from store.schema import currency, identifier, insert_once, metadata, minor, moment, tenant
from store.sealing import Sealed

receipt_table = Table(
    "receipt",
    metadata,
    identifier(),
    tenant(),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("inbox_id", Text, ForeignKey("inbox.id"), nullable=False),
    Column("external_ref", Text, nullable=False),
    Column("case_id", Text, ForeignKey("collection_case.id")),
    Column("payment_request_id", Text, ForeignKey("payment_request.id")),
    Column("country", Text, nullable=False),
    minor("amount_minor"),
    minor("fee_minor"),
    minor("withheld_minor"),
    currency(),
    moment("paid_at"),
    Column("value_date", Date, nullable=False),
    Column("payer_name", Sealed("receipt.payer_name")),
    Column("remittance", Sealed("receipt.remittance")),
    Column("references", ARRAY(Text), nullable=False),
    Column("to_bank", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("suspense_reason", Text),
    minor("allocated_minor"),
    minor("suspense_minor"),
    minor("reversed_minor"),
    minor("contested_minor"),
    minor("refunding_minor"),
    minor("held_minor"),
    minor("charged_minor"),
    moment("created_at"),
    UniqueConstraint("connection_id", "external_ref"),
    Index("ix_receipt_case", "case_id"),
    Index("ix_receipt_day", "tenant_id", "value_date"),
)

allocation_table = Table(
    "allocation",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    Column("receipt_id", Text, ForeignKey("receipt.id"), nullable=False),
    Column("loan_id", Text, nullable=False),
    Column("instalment", Integer, nullable=False),
    minor("amount_minor"),
    Column("reversal_id", Text, ForeignKey("reversal.id")),
    moment("created_at"),
    CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
    Index("ix_allocation_receipt", "receipt_id"),
)

reversal_table = Table(
    "reversal",
    metadata,
    identifier(),
    tenant(),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("inbox_id", Text, ForeignKey("inbox.id"), nullable=False),
    Column("receipt_id", Text, ForeignKey("receipt.id"), nullable=False),
    Column("external_ref", Text, nullable=False),
    Column("kind", Text, nullable=False),
    minor("amount_minor"),
    currency(),
    Column("value_date", Date, nullable=False),
    Column("reason", Text),
    moment("created_at"),
    UniqueConstraint("connection_id", "external_ref"),
)


STATES: Final = ("matched", "suspense", "refunding", "partly_reversed", "reversed", "refused")


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that arrived. ``state``: matched, suspense, refunding, partly_reversed, reversed, refused.

    ``amount_minor = allocated + suspense + refunding + held + charged + reversed`` always, except for ``refused`` ones,
    which moved nothing: it paid debts, waits, is owed back to its payer, belongs to somebody else, was no receipt but a
    charge of the bank (negative), or has gone back.
    ``contested_minor`` is how much of all that is contested now.
    """

    id: str
    tenant_id: str
    connection_id: str
    inbox_id: str
    external_ref: str
    case_id: str | None
    payment_request_id: str | None
    country: str
    amount_minor: int
    fee_minor: int
    currency: str
    paid_at: datetime
    value_date: date
    payer_name: str | None
    remittance: str | None
    references: list[str]
    to_bank: bool
    state: str
    suspense_reason: str | None
    allocated_minor: int
    suspense_minor: int
    reversed_minor: int
    created_at: datetime
    withheld_minor: int = 0
    contested_minor: int = 0
    refunding_minor: int = 0
    held_minor: int = 0
    charged_minor: int = 0

    @property
    def standing(self) -> str:
        """The state that the amounts make."""
        if self.reversed_minor == self.amount_minor:
            return "reversed"
        if self.reversed_minor:
            return "partly_reversed"
        if self.allocated_minor or self.held_minor or self.charged_minor:
            return "matched"
        return "suspense" if self.suspense_minor else "refunding"


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """How much of a receipt went to an instalment; negative rows undo, naming the reversal."""

    loan_id: str
    instalment: int
    amount_minor: int


def add(tx: Connection, receipt: Receipt) -> bool:
    """Record a receipt once; false where the platform's reference stood already."""
    values = {name: getattr(receipt, name) for name in Receipt.__dataclass_fields__}
    return insert_once(tx, receipt_table, values)


def get(tx: Connection, receipt_id: str, *, lock: bool = False) -> Receipt:
    """The receipt, or ``receipt_unknown``; with ``lock`` others wait who would change it."""
    query = select(receipt_table).where(receipt_table.c.id == receipt_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("receipt_unknown", f"There is no receipt {receipt_id}.")
    return Receipt(**row)


def by_external(tx: Connection, *, connection_id: str, external_ref: str, lock: bool = False) -> Receipt | None:
    """The receipt that a platform knows under a reference."""
    query = select(receipt_table).where(
        receipt_table.c.connection_id == connection_id, receipt_table.c.external_ref == external_ref
    )
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    return Receipt(**row) if row else None


def by_reference(tx: Connection, *, connection_id: str, reference: str, lock: bool = False) -> Receipt | None:
    """The only receipt of a connection that carries a reference; ``None`` where there is none or more than one."""
    query = (
        select(receipt_table)
        .where(receipt_table.c.connection_id == connection_id, receipt_table.c.references.contains([reference]))
        .limit(2)
    )
    rows = tx.execute(query.with_for_update() if lock else query).mappings().all()
    return Receipt(**rows[0]) if len(rows) == 1 else None


def named(tx: Connection, *, connection_ids: Sequence[str], names: Sequence[str]) -> list[Receipt]:
    """The receipts that some connections know under names of their own, in the order of the names, locked."""
    table = receipt_table
    query = select(table).where(table.c.connection_id.in_(connection_ids), table.c.external_ref.in_(names))
    found = [Receipt(**row) for row in tx.execute(query.with_for_update()).mappings()]
    return sorted(found, key=lambda one: names.index(one.external_ref))


def around(tx: Connection, *, connection_ids: Sequence[str], reference: str, day: date) -> list[Receipt]:
    """The receipts of some connections that carry a reference, of a day and the five days on either side, locked."""
    table, beside = receipt_table, timedelta(days=5)
    query = select(table).where(
        table.c.connection_id.in_(connection_ids),
        table.c.value_date.between(day - beside, day + beside),
        table.c.references.contains([reference]),
    )
    return [Receipt(**row) for row in tx.execute(query.with_for_update()).mappings()]


def went_back(
    tx: Connection, *, connection_ids: Sequence[str], references: Sequence[str], minor: int, currency: str
) -> bool:
    """Whether so much went back over one of the connections under one of these names."""
    table = reversal_table
    query = select(table.c.id).where(
        table.c.connection_id.in_(connection_ids),
        table.c.external_ref.in_(references),
        table.c.amount_minor == minor,
        table.c.currency == currency,
    )
    return tx.execute(query.limit(1)).first() is not None


def change(tx: Connection, receipt_id: str, **values: Any) -> None:
    """Change columns of a receipt."""
    tx.execute(update(receipt_table).where(receipt_table.c.id == receipt_id).values(**values))


def move(tx: Connection, receipt: Receipt, **values: Any) -> Receipt:
    """Change amounts (and more) of a receipt, with the state that they make; the receipt as it stands then."""
    moved = replace(receipt, **values)
    state = moved.standing
    change(tx, receipt.id, state=state, **values)
    return replace(moved, state=state)


def allocate(
    tx: Connection,
    receipt: Receipt,
    rows: list[AllocationRow],
    *,
    now: datetime,
    reversal_id: str | None = None,
) -> None:
    """Record allocation rows of a receipt, or with ``reversal_id`` the negative rows that undo some."""
    if not rows:
        return
    tx.execute(
        insert(allocation_table),
        [
            {
                "tenant_id": receipt.tenant_id,
                "receipt_id": receipt.id,
                "loan_id": row.loan_id,
                "instalment": row.instalment,
                "amount_minor": row.amount_minor,
                "reversal_id": reversal_id,
                "created_at": now,
            }
            for row in rows
        ],
    )


def allocations(tx: Connection, receipt_id: str) -> list[AllocationRow]:
    """Net allocation of a receipt for each instalment that still holds some of it, in first-allocated order."""
    table = allocation_table
    query = (
        select(table.c.loan_id, table.c.instalment, func.sum(table.c.amount_minor), func.min(table.c.seq))
        .where(table.c.receipt_id == receipt_id)
        .group_by(table.c.loan_id, table.c.instalment)
        .having(func.sum(table.c.amount_minor) != 0)
        .order_by(func.min(table.c.seq))
    )
    return [AllocationRow(loan_id, number, int(amount)) for loan_id, number, amount, _ in tx.execute(query)]


def add_reversal(tx: Connection, **values: Any) -> bool:
    """Record a reversal once; false where the platform's reference stood already."""
    return insert_once(tx, reversal_table, values)


def received(
    tx: Connection,
    case_ids: Sequence[str],
    *,
    currency: str,
    first: date,
    last: date,
    day_of: Callable[[datetime], date],
) -> int:
    """What reached cases' debts from ``first`` to ``last``, net of what went back, in minor units.

    Money counts by its value date or by the debtor's own day (``day_of``) on which it was paid: a platform states the
    days of its own zone, and whoever pays on the promised evening, or at once after midnight, has kept the promise.
    """
    query = select(receipt_table.c.value_date, receipt_table.c.paid_at, receipt_table.c.allocated_minor).where(
        receipt_table.c.case_id.in_(case_ids),
        receipt_table.c.currency == currency,
        receipt_table.c.value_date.between(first - timedelta(days=1), last + timedelta(days=1)),
    )
    return sum(minor for on, at, minor in tx.execute(query) if any(first <= day <= last for day in (on, day_of(at))))


def of_case(tx: Connection, case_id: str) -> list[Receipt]:
    """A case's receipts, newest first."""
    query = select(receipt_table).where(receipt_table.c.case_id == case_id).order_by(receipt_table.c.paid_at.desc())
    return [Receipt(**row) for row in tx.execute(query).mappings()]
