"""What was expected to be paid and has not come in time: requests, promises, and lines of agencies' advices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Integer, cast, func, select

from store.cases import case_table
from store.creditors import connection_table
from store.payment_requests import payment_request_table
from store.promises import promise_table
from store.receipts import receipt_table
from store.recon_items import item_table


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something that should have come by ``day`` and has not: of a case, or of an agency. ``minor`` is what lacks."""

    ref: str
    minor: int
    currency: str
    day: date
    case_id: str | None = None
    item_seq: int | None = None


def overdue(tx: Connection, *, connection_id: str, before: date) -> list[Overdue]:
    """What should have come to a connection before a day; what agencies report by hand left out."""
    return [
        *_overdue_requests(tx, connection_id, before),
        *_overdue_promises(tx, connection_id, before),
        *_overdue_advices(tx, connection_id, before),
    ]


def _overdue_requests(tx: Connection, connection_id: str, before: date) -> list[Overdue]:
    """The newest request of each open case, where its time is up."""
    table = payment_request_table
    newest = (
        select(table)
        .join(case_table, case_table.c.id == table.c.case_id)
        .where(case_table.c.closed_at.is_(None))
        .distinct(table.c.case_id)
        .order_by(table.c.case_id, table.c.created_at.desc(), table.c.id.desc())
        .subquery()
    )
    query = (
        select(newest)
        .where(
            newest.c.connection_id == connection_id,
            newest.c.state.in_(("issued", "expired")),
            func.date(newest.c.expires_at) < before,
        )
        .order_by(newest.c.id)
    )
    return [
        Overdue(row.id, row.amount_minor, row.currency, row.expires_at.date(), row.case_id) for row in tx.execute(query)
    ]


def _overdue_promises(tx: Connection, connection_id: str, before: date) -> list[Overdue]:
    """Promises of open cases that were not kept in time nor since, at the first connection of the case's currency."""
    promise, case, here = promise_table, case_table, connection_table
    last_day = promise.c.due_date + cast(promise.c.grace_days, Integer)
    came = (
        select(func.coalesce(func.sum(receipt_table.c.allocated_minor), 0))
        .where(
            receipt_table.c.case_id == case.c.id,
            receipt_table.c.currency == promise.c.currency,
            receipt_table.c.value_date >= func.date(promise.c.created_at),
        )
        .scalar_subquery()
    )
    at = (
        select(func.min(here.c.id))
        .where(
            here.c.creditor_id == case.c.creditor_id,
            here.c.country == case.c.country,
            here.c.currency == promise.c.currency,
        )
        .scalar_subquery()
    )
    enough = promise.c.amount_minor - promise.c.amount_minor * promise.c.tolerance_basis_points / 10_000
    query = (
        select(promise.c.id, promise.c.case_id, promise.c.currency, promise.c.amount_minor, last_day.label("day"))
        .add_columns(came.label("came"))
        .join(case, case.c.id == promise.c.case_id)
        .where(
            case.c.closed_at.is_(None),
            promise.c.state.in_(("open", "partial", "broken")),
            last_day < before,
            at == connection_id,
            came < enough,
        )
        .order_by(promise.c.id)
    )
    return [
        Overdue(row.id, row.amount_minor - int(row.came), row.currency, row.day, row.case_id)
        for row in tx.execute(query)
    ]


def _overdue_advices(tx: Connection, connection_id: str, before: date) -> list[Overdue]:
    item = item_table
    query = (
        select(item)
        .where(
            item.c.connection_id == connection_id,
            item.c.leg == "expected",
            item.c.state == "open",
            item.c.line_seq.is_not(None),
            item.c.day < before,
        )
        .order_by(item.c.seq)
    )
    return [
        Overdue(row.ref, row.amount_minor - row.fee_minor - row.tax_minor, row.currency, row.day, item_seq=row.seq)
        for row in tx.execute(query)
    ]
