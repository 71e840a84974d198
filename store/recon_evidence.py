"""What is known of the two sides of a match beyond amounts: names, payers, texts, and what each row leads to.

A payer's name and a remittance text are personal data: who reads them is decided by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from domain.reconciliation import Leg
from store.cases import case_table
from store.contests import contest_table
from store.creditors import connection_table
from store.loans import loan_table
from store.parties import party_table
from store.payment_requests import payment_request_table
from store.payouts import payout_table
from store.receipts import receipt_table, reversal_table
from store.recon_items import item_table
from store.statement_files import source_file_table, source_line_table


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row as a person compares it: amounts in minor units, ``names`` best first, ``batch`` the payout it is of.

    ``receipt_id``, ``case_id`` and ``file_id`` (with its name and the line's number) say where it can be looked up.
    """

    seq: int
    side: str
    leg: str
    kind: str
    ref: str
    connection_id: str
    connection: str
    amount_minor: int
    fee_minor: int
    tax_minor: int
    currency: str
    day: date
    state: str
    names: tuple[str, ...]
    payer: str | None
    text: str | None
    batch: str | None
    receipt_id: str | None
    case_id: str | None
    file_id: str | None
    filename: str | None
    line_no: int | None


def of_items(tx: Connection, numbers: Sequence[int]) -> dict[int, Evidence]:
    """The evidence of items by their number."""
    if not numbers:
        return {}
    found = tx.execute(_query().where(item_table.c.seq.in_(numbers)))
    return {row.seq: _evidence(row) for row in found}


def of_refs(tx: Connection, leg: str, refs: Sequence[str]) -> dict[str, Evidence]:
    """The evidence of a leg's items by what they are."""
    if not refs:
        return {}
    found = tx.execute(_query().where(item_table.c.leg == leg, item_table.c.ref.in_(refs)))
    return {row.ref: _evidence(row) for row in found}


def open_near(
    tx: Connection,
    *,
    leg: Leg,
    side: str,
    currency: str,
    connection_ids: Sequence[str],
    amount_minor: int,
    day: date,
    limit: int,
) -> list[Evidence]:
    """Open items of a side by how near they are to an amount, then to a day."""
    table = item_table
    query = (
        _query()
        .where(
            table.c.leg == leg.value,
            table.c.side == side,
            table.c.currency == currency,
            table.c.state == "open",
            table.c.connection_id.in_(connection_ids),
        )
        .order_by(func.abs(table.c.amount_minor - amount_minor), func.abs(table.c.day - day), table.c.seq)
        .limit(limit)
    )
    return [_evidence(row) for row in tx.execute(query)]


def _query() -> Select[Any]:
    """Items with whatever they are of: a line of a file, or a thing of the book."""
    item, line, receipt, payout = item_table, source_line_table, receipt_table, payout_table
    request, loan, party = payment_request_table, loan_table, party_table
    case_of_request = case_table.alias("case_of_request")
    subject = func.split_part(item.c.ref, "/", 1)
    payer_id = func.coalesce(case_of_request.c.party_id, loan.c.party_id)
    return (
        select(
            *(item.c[name] for name in _PLAIN),
            connection_table.c.name.label("connection"),
            line.c.identity,
            line.c.external_id,
            line.c.references.label("line_references"),
            line.c.payer_name.label("line_payer"),
            line.c.text.label("line_text"),
            line.c.batch_id,
            line.c.file_id,
            line.c.line_no,
            source_file_table.c.filename,
            receipt.c.id.label("receipt_id"),
            receipt.c.external_ref.label("receipt_ref"),
            receipt.c.references.label("receipt_references"),
            receipt.c.payer_name.label("receipt_payer"),
            receipt.c.remittance,
            func.coalesce(receipt.c.case_id, request.c.case_id).label("case_id"),
            reversal_table.c.external_ref.label("reversal_ref"),
            contest_table.c.external_ref.label("contest_ref"),
            payout.c.external_ref.label("payout_ref"),
            payout.c.references.label("payout_references"),
            request.c.reference.label("request_reference"),
            request.c.external_ref.label("request_ref"),
            loan.c.contract_no,
            party.c.name.label("debtor"),
        )
        .join(connection_table, connection_table.c.id == item.c.connection_id)
        .outerjoin(line, line.c.seq == item.c.line_seq)
        .outerjoin(source_file_table, source_file_table.c.id == line.c.file_id)
        .outerjoin(reversal_table, reversal_table.c.id == subject)
        .outerjoin(contest_table, contest_table.c.id == subject)
        .outerjoin(
            receipt,
            receipt.c.id == func.coalesce(reversal_table.c.receipt_id, contest_table.c.receipt_id, subject),
        )
        .outerjoin(payout, payout.c.id == subject)
        .outerjoin(request, request.c.id == subject)
        .outerjoin(case_of_request, case_of_request.c.id == request.c.case_id)
        .outerjoin(loan, and_(loan.c.id == subject, item.c.kind == "due"))
        .outerjoin(party, party.c.id == payer_id)
    )


_PLAIN = (
    "seq",
    "side",
    "leg",
    "kind",
    "ref",
    "connection_id",
    "amount_minor",
    "fee_minor",
    "tax_minor",
    "currency",
    "day",
    "state",
)


def _evidence(row: Any) -> Evidence:
    told = (
        row.reversal_ref,
        row.contest_ref,
        row.payout_ref,
        row.request_reference,
        row.request_ref,
        row.contract_no,
        *(row.line_references or ()),
        row.external_id,
        *_of_receipt(row),
        *(row.payout_references or ()),
    )
    return Evidence(
        **{name: getattr(row, name) for name in _PLAIN},
        connection=row.connection,
        names=tuple(dict.fromkeys(name for name in told if name)),
        payer=row.line_payer or row.receipt_payer or row.debtor,
        text=row.line_text or row.remittance,
        batch=row.batch_id,
        receipt_id=row.receipt_id,
        case_id=row.case_id,
        file_id=row.file_id,
        filename=row.filename,
        line_no=row.line_no,
    )


def _of_receipt(row: Any) -> tuple[str | None, ...]:
    """What a receipt is called: where it waits for its debt, what its payer said stands before the source's number."""
    own, said = None if row.reversal_ref or row.contest_ref else row.receipt_ref, tuple(row.receipt_references or ())
    return (*said, own) if row.leg in (Leg.EXPECTED.value, Leg.TRANSIT.value) else (own, *said)
