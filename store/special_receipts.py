"""Receipts that need a person: waiting past their time, paid twice, paid by a stranger, known at another connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, select

from domain.differences import STANDING
from store.cases import case_table
from store.creditors import connection_table
from store.differences import Difference, difference_table
from store.parties import party_table
from store.receipts import receipt_table
from store.statement_files import source_line_table


@dataclass(frozen=True, slots=True)
class Special:
    """As much of a receipt as is needed to tell what is special about it; amounts in minor units."""

    id: str
    connection_id: str
    case_id: str | None
    payer_name: str | None
    currency: str
    amount_minor: int
    allocated_minor: int
    suspense_minor: int
    suspense_reason: str | None
    value_date: date


def _receipts() -> Select[Any]:
    return select(*[receipt_table.c[name] for name in Special.__dataclass_fields__])


def waiting(tx: Connection, *, connection_id: str, before: date) -> list[Special]:
    """Receipts of a connection that wait since before a day, oldest first."""
    table = receipt_table
    query = (
        _receipts()
        .where(table.c.connection_id == connection_id, table.c.suspense_minor != 0, table.c.value_date < before)
        .order_by(table.c.value_date, table.c.id)
    )
    return [Special(**row) for row in tx.execute(query).mappings()]


def paid_alike(tx: Connection, receipt: Special, *, within_days: int) -> bool:
    """Whether the same case was paid the same amount within some days of it: perhaps one payment made twice."""
    table = receipt_table
    reach = timedelta(days=within_days)
    query = (
        select(table.c.id)
        .where(
            table.c.case_id == receipt.case_id,
            table.c.id != receipt.id,
            table.c.currency == receipt.currency,
            table.c.amount_minor == receipt.amount_minor,
            table.c.value_date.between(receipt.value_date - reach, receipt.value_date + reach),
        )
        .limit(1)
    )
    return receipt.case_id is not None and tx.execute(query).first() is not None


def matched_since(tx: Connection, *, connection_id: str, currency: str, since: datetime | None) -> list[Special]:
    """Receipts that paid a case and name who paid, recorded since a moment (less a day)."""
    table = receipt_table
    query = (
        _receipts()
        .where(
            table.c.connection_id == connection_id,
            table.c.currency == currency,
            table.c.allocated_minor > 0,
            table.c.case_id.is_not(None),
            table.c.payer_name.is_not(None),
        )
        .order_by(table.c.id)
    )
    if since is not None:
        query = query.where(table.c.created_at >= since - timedelta(days=1))
    return [Special(**row) for row in tx.execute(query).mappings()]


def party_names(tx: Connection, case_id: str) -> list[str]:
    """By which names the debtor of a case is known."""
    query = (
        select(party_table.c.name)
        .join(case_table, case_table.c.party_id == party_table.c.id)
        .where(case_table.c.id == case_id)
    )
    return list(tx.execute(query).scalars())


def known_elsewhere(tx: Connection, *, creditor_id: str, connection_id: str, line_seq: int) -> str | None:
    """Where the book knows the money that an open line names: ``here`` (matched already), ``elsewhere``, or nowhere."""
    line = tx.execute(select(source_line_table).where(source_line_table.c.seq == line_seq)).mappings().one()
    names = [name for name in (line["external_id"], *line["references"]) if name]
    receipt = receipt_table
    query = (
        select(receipt.c.connection_id)
        .join(connection_table, connection_table.c.id == receipt.c.connection_id)
        .where(
            connection_table.c.creditor_id == creditor_id,
            receipt.c.external_ref.in_(names),
            receipt.c.amount_minor == line["gross_minor"],
            receipt.c.currency == line["currency"],
        )
    )
    found = set(tx.execute(query).scalars())
    if connection_id in found:
        return "here"
    return "elsewhere" if found else None


def answered(tx: Connection, *, connection_id: str, kinds: Sequence[str]) -> list[Difference]:
    """Differences of a connection about receipts that wait no more."""
    query = (
        select(difference_table)
        .join(receipt_table, receipt_table.c.id == difference_table.c.receipt_id)
        .where(
            difference_table.c.connection_id == connection_id,
            difference_table.c.kind.in_(kinds),
            difference_table.c.state.in_(STANDING),
            receipt_table.c.suspense_minor == 0,
        )
        .order_by(difference_table.c.id)
    )
    return [Difference(**row) for row in tx.execute(query).mappings()]
