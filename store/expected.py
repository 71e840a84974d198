"""What is expected to be paid: requests, promises, instalments, agencies' reports and advices, read where they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
from store.promises import promise_table
from store.receipts import receipt_table
from store.recon_items import item_table
from store.statement_files import source_line_table

MOST: Final = 50_000


@dataclass(frozen=True, slots=True)
class OfParty:
    """Something expected of a debtor."""

    party_id: str
    known: Known


def of_debtors(tx: Connection, *, creditor_id: str, currency: str, first: date, last: date) -> list[Known]:
    """What debtors are to pay: requests, promises due within days, and instalments due within them.

    A request or promise of as much as an instalment of the same debtor stands for it too, under both its names.
    """
    asked = [
        *requests(tx, creditor_id=creditor_id, currency=currency),
        *promised(tx, creditor_id=creditor_id, currency=currency, first=first, last=last),
    ]
    return _one_for_each(asked, dues(tx, creditor_id=creditor_id, currency=currency, first=first, last=last))


def _one_for_each(asked: Iterable[OfParty], owed: Iterable[OfParty]) -> list[Known]:
    found: dict[tuple[str, int], Known] = {}
    for one in asked:
        place = (one.party_id, one.known.amount_minor)
        found[place] = _both(found[place], one.known) if place in found else one.known
    rest, stood_for = [], set()
    for one in owed:
        place = (one.party_id, one.known.amount_minor)
        if place in found and place not in stood_for:
            stood_for.add(place)
            found[place] = _both(found[place], one.known)
        else:
            rest.append(one.known)
    return [*found.values(), *rest]


def _both(one: Known, other: Known) -> Known:
    return replace(one, identifiers=tuple(dict.fromkeys((*one.identifiers, *other.identifiers))))


def requests(tx: Connection, *, creditor_id: str, currency: str) -> list[OfParty]:
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
            case_table.c.party_id,
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
        OfParty(
            row.party_id,
            Known(
                ref=row.id,
                amount_minor=row.amount_minor,
                currency=currency,
                day=row.created_at.date(),
                kind="request",
                identifiers=tuple(name for name in (row.reference, row.external_ref, row.id) if name),
                payer=row.name,
                text=row.reference,
            ),
        )
        for row in tx.execute(query)
    ]


def promised(tx: Connection, *, creditor_id: str, currency: str, first: date, last: date) -> list[OfParty]:
    """Open promises to pay between two days, by the debtor's name."""
    table = promise_table
    query = (
        select(table.c.id, table.c.amount_minor, table.c.due_date, party_table.c.name, case_table.c.party_id)
        .join(case_table, case_table.c.id == table.c.case_id)
        .join(party_table, party_table.c.id == case_table.c.party_id)
        .where(
            case_table.c.creditor_id == creditor_id,
            table.c.currency == currency,
            table.c.state == "open",
            table.c.due_date.between(first, last),
        )
        .order_by(table.c.id)
        .limit(MOST)
    )
    return [
        OfParty(
            row.party_id,
            Known(
                ref=row.id,
                amount_minor=row.amount_minor,
                currency=currency,
                day=row.due_date,
                kind="promise",
                identifiers=(row.id,),
                payer=row.name,
            ),
        )
        for row in tx.execute(query)
    ]


def dues(tx: Connection, *, creditor_id: str, currency: str, first: date, last: date) -> list[OfParty]:
    """Instalments of open cases that fall due between two days and are not paid, by contract and debtor's name."""
    query = (
        select(
            loan_table.c.id,
            loan_table.c.contract_no,
            instalment_table.c.number,
            instalment_table.c.due_date,
            (instalment_table.c.amount_minor - instalment_table.c.paid_minor).label("left"),
            party_table.c.name,
            loan_table.c.party_id,
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
        OfParty(
            row.party_id,
            Known(
                ref=f"{row.id}/{row.number}",
                amount_minor=row.left,
                currency=currency,
                day=row.due_date,
                kind="due",
                identifiers=(row.contract_no,),
                payer=row.name,
                text=row.contract_no,
            ),
        )
        for row in tx.execute(query)
    ]


def agency_reports(tx: Connection, *, account_ids: Sequence[str], currency: str) -> list[Known]:
    """What agencies reported as collected and is not matched; what was said with it may be the transfer's text too."""
    table = event_table
    done = select(item_table.c.ref).where(item_table.c.leg == "expected", item_table.c.state == "matched")
    query = (
        select(table.c.id, table.c.amount_minor, table.c.day, table.c.reason)
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
        Known(
            ref=row.id,
            amount_minor=row.amount_minor,
            currency=currency,
            day=row.day,
            kind="agency",
            identifiers=(row.id,),
            text=row.reason,
        )
        for row in tx.execute(query)
    ]


def advised(tx: Connection, *, creditor_id: str, currency: str) -> list[Known]:
    """Lines of agencies' advices that are open: each as what is to arrive of it, under its batch."""
    line, item = source_line_table, item_table
    query = (
        select(line, item.c.ref)
        .join(item, item.c.line_seq == line.c.seq)
        .join(connection_table, connection_table.c.id == line.c.connection_id)
        .where(
            item.c.leg == "expected",
            item.c.state == "open",
            item.c.currency == currency,
            connection_table.c.creditor_id == creditor_id,
        )
        .order_by(item.c.seq)
        .limit(MOST)
    )
    return [
        Known(
            ref=row["ref"],
            amount_minor=row["net_minor"],
            currency=currency,
            day=row["value_date"],
            kind="advice",
            identifiers=tuple(name for name in (row["external_id"], *row["references"]) if name),
            payer=row["payer_name"],
            batch_id=row["batch_id"],
        )
        for row in tx.execute(query).mappings()
    ]


def waiting(tx: Connection, *, connection_id: str, currency: str, whole: bool) -> list[Known]:
    """Receipts of a connection that wait because nobody knows from whom they are; ``whole``: bank money, unused.

    A part that waits is named by how much of the receipt it is, so that what is left of it later is another item. The
    payer may have mistyped what was asked for, so its references are read as text too.
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
            text=" ".join((*row["references"], row["remittance"] or "")),
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
    """The case that something expected belongs to: of a request or promise its own, of an instalment the newest."""
    for table, prefix in ((payment_request_table, "req_"), (promise_table, "pro_")):
        if ref.startswith(prefix):
            return tx.execute(select(table.c.case_id).where(table.c.id == ref)).scalar_one_or_none()
    loan_id = ref.partition("/")[0]
    row = tx.execute(select(loan_table.c.creditor_id, loan_table.c.party_id).where(loan_table.c.id == loan_id)).first()
    found = None if row is None else cases.latest_case(tx, creditor_id=row.creditor_id, party_id=row.party_id)
    return None if found is None else found.id


def agency_accounts(tx: Connection, creditor_id: str) -> list[str]:
    """The child accounts of a creditor's connections; what agencies reported hangs on some of them."""
    query = select(connection_table.c.child_account_id).where(connection_table.c.creditor_id == creditor_id)
    return list(tx.execute(query.order_by(connection_table.c.id)).scalars())
