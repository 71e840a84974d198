"""What is expected to be paid: requests, instalments and what agencies reported, read where they are, never copied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import Connection, select

from domain.reconciliation import Known
from store import cases
from store.cases import case_table
from store.creditors import connection_table
from store.loans import instalment_table, loan_table
from store.money_events import event_table
from store.parties import party_table
from store.payment_requests import payment_request_table
from store.receipts import receipt_table
from store.recon_items import item_table

MOST: Final = 50_000


def requests(tx: Connection, *, creditor_id: str, currency: str) -> list[Known]:
    """Open payment requests of a creditor in a currency, by the debtor's name."""
    table = payment_request_table
    query = (
        select(
            table.c.id,
            table.c.reference,
            table.c.external_ref,
            table.c.amount_minor,
            table.c.created_at,
            party_table.c.name,
        )
        .join(case_table, case_table.c.id == table.c.case_id)
        .join(party_table, party_table.c.id == case_table.c.party_id)
        .where(
            case_table.c.creditor_id == creditor_id,
            case_table.c.closed_at.is_(None),
            table.c.currency == currency,
            table.c.state.in_(("draft", "issued")),
        )
        .order_by(table.c.id)
        .limit(MOST)
    )
    return [
        Known(
            ref=row.id,
            amount_minor=row.amount_minor,
            currency=currency,
            day=row.created_at.date(),
            kind="request",
            identifiers=tuple(name for name in (row.reference, row.external_ref, row.id) if name),
            payer=row.name,
            text=row.reference,
        )
        for row in tx.execute(query)
    ]


def dues(tx: Connection, *, creditor_id: str, currency: str, first: date, last: date) -> list[Known]:
    """Instalments of open cases that fall due between two days and are not paid, by contract and debtor's name."""
    query = (
        select(
            loan_table.c.id,
            loan_table.c.contract_no,
            instalment_table.c.number,
            instalment_table.c.due_date,
            (instalment_table.c.amount_minor - instalment_table.c.paid_minor).label("left"),
            party_table.c.name,
        )
        .join(loan_table, loan_table.c.id == instalment_table.c.loan_id)
        .join(party_table, party_table.c.id == loan_table.c.party_id)
        .where(
            loan_table.c.creditor_id == creditor_id,
            loan_table.c.currency == currency,
            instalment_table.c.paid_minor < instalment_table.c.amount_minor,
            instalment_table.c.due_date.between(first, last),
        )
        .order_by(loan_table.c.id, instalment_table.c.number)
        .limit(MOST)
    )
    return [
        Known(
            ref=f"{row.id}/{row.number}",
            amount_minor=row.left,
            currency=currency,
            day=row.due_date,
            kind="due",
            identifiers=(row.contract_no,),
            payer=row.name,
            text=row.contract_no,
        )
        for row in tx.execute(query)
    ]


def agency_reports(tx: Connection, *, account_ids: Sequence[str], currency: str) -> list[Known]:
    """What agencies reported as collected and have not handed over as far as is matched."""
    table = event_table
    done = select(item_table.c.ref).where(item_table.c.leg == "expected", item_table.c.state == "matched")
    query = (
        select(table.c.id, table.c.amount_minor, table.c.day)
        .where(
            table.c.kind == "agency_reported",
            table.c.subject.in_(account_ids),
            table.c.currency == currency,
            table.c.id.not_in(done),
        )
        .order_by(table.c.id)
        .limit(MOST)
    )
    return [
        Known(ref=row.id, amount_minor=row.amount_minor, currency=currency, day=row.day, kind="agency")
        for row in tx.execute(query)
    ]


def waiting(tx: Connection, *, connection_id: str, currency: str, whole: bool) -> list[Known]:
    """Receipts of a connection that wait because nobody knows from whom they are; ``whole``: bank money, unused.

    A part that waits is named by how much of the receipt it is, so that what is left of it later is another item.
    """
    table = receipt_table
    query = (
        select(table)
        .where(
            table.c.connection_id == connection_id,
            table.c.currency == currency,
            table.c.suspense_minor > 0,
            table.c.suspense_reason == "no_match",
        )
        .order_by(table.c.value_date, table.c.id)
    )
    if whole:
        query = query.where(table.c.to_bank, table.c.suspense_minor == table.c.amount_minor)
    return [
        Known(
            ref=row["id"] if whole else f"{row['id']}/{row['suspense_minor']}",
            amount_minor=row["suspense_minor"],
            currency=currency,
            day=row["value_date"],
            kind="payment",
            identifiers=(row["external_ref"], *row["references"]),
            payer=row["payer_name"],
            text=row["remittance"],
        )
        for row in tx.execute(query).mappings()
    ]


def waiting_currencies(tx: Connection, connection_id: str) -> list[str]:
    """The currencies of receipts of a connection that wait."""
    query = (
        select(receipt_table.c.currency)
        .where(receipt_table.c.connection_id == connection_id, receipt_table.c.suspense_minor != 0)
        .distinct()
        .order_by(receipt_table.c.currency)
    )
    return list(tx.execute(query).scalars())


def case_of(tx: Connection, ref: str) -> str | None:
    """The case that something expected belongs to: of a request its own, of an instalment its debtor's newest."""
    if ref.startswith("req_"):
        query = select(payment_request_table.c.case_id).where(payment_request_table.c.id == ref)
        return tx.execute(query).scalar_one_or_none()
    loan_id = ref.partition("/")[0]
    row = tx.execute(select(loan_table.c.creditor_id, loan_table.c.party_id).where(loan_table.c.id == loan_id)).first()
    found = None if row is None else cases.latest_case(tx, creditor_id=row.creditor_id, party_id=row.party_id)
    return None if found is None else found.id


def agency_accounts(tx: Connection, creditor_id: str) -> list[str]:
    """The child accounts of a creditor's connections; what agencies reported hangs on some of them."""
    query = select(connection_table.c.child_account_id).where(connection_table.c.creditor_id == creditor_id)
    return list(tx.execute(query.order_by(connection_table.c.id)).scalars())
