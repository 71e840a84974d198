"""What takes part in a reconciliation, each once in a leg: things of the book, and lines of files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Identity,
    Index,
    Select,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from domain.errors import NotFound
from domain.reconciliation import Known, Leg
from domain.sweep_runs import told_as
from store.contests import contest_table
from store.creditors import connection_table
from store.payouts import payout_table
from store.receipts import receipt_table, reversal_table
from store.schema import currency, metadata, minor, moment, tenant
from store.statement_files import source_line_table
from store.sweep_runs import run_table

item_table = Table(
    "recon_item",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    currency(),
    Column("leg", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("line_seq", BigInteger, ForeignKey("source_line.seq")),
    minor("amount_minor"),
    minor("fee_minor"),
    minor("tax_minor"),
    Column("day", Date, nullable=False),
    Column("state", Text, nullable=False),
    moment("seen_at"),
    moment("settled_at", nullable=True),
    UniqueConstraint("tenant_id", "leg", "ref", name="uq_recon_item_tenant_id_leg_ref"),
    CheckConstraint("side IN ('left', 'right')", name="side_known"),
    CheckConstraint("state IN ('open', 'matched', 'settled')", name="state_known"),
    CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled"),
    Index("ix_recon_item_open", "leg", "currency", "connection_id", "seq", postgresql_where=text("state = 'open'")),
    Index("ix_recon_item_day", "connection_id", "leg", "day"),
)

_SWEEPS: Final = frozenset({"sweep", "sweep_tax", "sweep_returned"})

_OVERLAP: Final = timedelta(days=1)
"""How far behind the watermark of the last run the book is looked at again: no transaction lasts longer."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that takes part. ``state``: open, matched (a confirmed group holds it), settled (by a decision)."""

    seq: int
    tenant_id: str
    connection_id: str
    currency: str
    leg: str
    side: str
    kind: str
    ref: str
    line_seq: int | None
    amount_minor: int
    fee_minor: int
    tax_minor: int
    day: date
    state: str
    seen_at: datetime
    settled_at: datetime | None


def get(tx: Connection, seq: int) -> Item:
    """An item, or ``recon_item_unknown``."""
    row = tx.execute(select(item_table).where(item_table.c.seq == seq)).mappings().first()
    if row is None:
        raise NotFound("recon_item_unknown", f"There is no item {seq}.")
    return Item(**row)


def enter(tx: Connection, *, connection_id: str, leg: Leg, side: str, known: Iterable[Known], now: datetime) -> None:
    """Have rows take part that do not yet; those that do stay as they are."""
    rows = [
        {
            "tenant_id": func.this_tenant(),
            "connection_id": connection_id,
            "currency": one.currency,
            "leg": leg.value,
            "side": side,
            "kind": one.kind,
            "ref": one.ref,
            "amount_minor": one.amount_minor,
            "fee_minor": one.fee_minor,
            "tax_minor": one.tax_minor,
            "day": one.day,
            "state": "open",
            "seen_at": now,
        }
        for one in known
    ]
    if rows:
        tx.execute(insert(item_table).values(rows).on_conflict_do_nothing())


def numbers(tx: Connection, leg: Leg, refs: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The number and amount of items by what they are."""
    query = select(item_table.c.ref, item_table.c.seq, item_table.c.amount_minor).where(
        item_table.c.leg == leg.value, item_table.c.ref.in_(refs)
    )
    return {ref: (seq, amount) for ref, seq, amount in tx.execute(query)}


_FROM_LINES = text(
    "INSERT INTO recon_item (tenant_id, connection_id, currency, leg, side, kind, ref, line_seq, amount_minor,"
    " fee_minor, tax_minor, day, state, seen_at) SELECT tenant_id, connection_id, currency, :leg, :side, kind,"
    " 'line/' || seq, seq, gross_minor, fee_minor, tax_minor, value_date, 'open', :now FROM source_line"
    " WHERE file_id = :file_id AND gross_minor <> 0 ORDER BY seq ON CONFLICT DO NOTHING"
)


def from_lines(tx: Connection, *, file_id: str, leg: Leg, side: str, now: datetime) -> None:
    """Have every line take part that a file was the first to state; one of nothing moves nothing."""
    tx.execute(_FROM_LINES, {"file_id": file_id, "leg": leg.value, "side": side, "now": now})


_ENTER_BOOK = text("SELECT recon_enter_book(:connection_id, :leg, :mark, :now)")


def from_book(tx: Connection, *, connection_id: str, leg: Leg, since: datetime | None, now: datetime) -> None:
    """Have what was booked since the last run take part: what is rare is looked at in full."""
    mark = None if since is None else since - _OVERLAP
    tx.execute(_ENTER_BOOK, {"connection_id": connection_id, "leg": leg.value, "mark": mark, "now": now})


# Reading what is open -------------------------------------------------------------------------------------------------


def currencies(tx: Connection, connection_id: str, leg: Leg) -> list[str]:
    """The currencies in which a connection has something open in a leg."""
    query = (
        select(item_table.c.currency)
        .where(item_table.c.connection_id == connection_id, item_table.c.leg == leg.value, item_table.c.state == "open")
        .distinct()
        .order_by(item_table.c.currency)
    )
    return list(tx.execute(query).scalars())


def open_lines(tx: Connection, *, connection_id: str, leg: Leg, currency: str) -> list[Known]:
    """The lines of files that are open in a context."""
    line = source_line_table
    query = (
        _open(leg, currency, "right")
        .add_columns(
            line.c.identity, line.c.external_id, line.c.references, line.c.payer_name, line.c.text, line.c.batch_id
        )
        .join(line, line.c.seq == item_table.c.line_seq)
        .where(item_table.c.connection_id == connection_id)
    )
    return [
        _known(
            row,
            (row.identity, row.external_id, *row.references),
            payer=row.payer_name,
            said=row.text,
            batch=row.batch_id,
        )
        for row in tx.execute(query)
    ]


def open_book(tx: Connection, *, connection_id: str, leg: Leg, currency: str) -> list[Known]:
    """What of the book is open in a context; at a bank also what any platform of the creditor has sent on its way."""
    receipt, reversal, contest, payout = receipt_table, reversal_table, contest_table, payout_table
    subject = func.split_part(item_table.c.ref, "/", 1)
    query = (
        _open(leg, currency, "left")
        .add_columns(
            func.coalesce(
                receipt.c.external_ref, reversal.c.external_ref, contest.c.external_ref, payout.c.external_ref
            ).label("external_id"),
            func.coalesce(receipt.c.references, payout.c.references).label("references"),
            run_table.c.file_reference,
            run_table.c.bank_reference,
            receipt.c.payer_name,
            payout.c.arrived_minor,
            func.substr(payout.c.arrived_ref, func.strpos(payout.c.arrived_ref, "/") + 1).label("arrived_as"),
        )
        .outerjoin(receipt, receipt.c.id == item_table.c.ref)
        .outerjoin(reversal, reversal.c.id == item_table.c.ref)
        .outerjoin(contest, contest.c.id == subject)
        .outerjoin(payout, payout.c.id == subject)
        .outerjoin(run_table, run_table.c.id == subject)
    )
    if leg is Leg.BANK:
        own = select(connection_table.c.creditor_id).where(connection_table.c.id == connection_id).scalar_subquery()
        mine = select(connection_table.c.id).where(connection_table.c.creditor_id == own)
        query = query.where(
            (item_table.c.connection_id == connection_id)
            | ((item_table.c.kind == "payout") & item_table.c.connection_id.in_(mine))
        )
    else:
        query = query.where(item_table.c.connection_id == connection_id)
    return [_of_book(row, arrived=leg is Leg.BANK) for row in tx.execute(query)]


def _said(row: Any) -> str:
    return " ".join((*row.references, row.text or ""))


def _of_book(row: Any, *, arrived: bool) -> Known:
    """A thing of the book; at a bank, a batch that has arrived counts as what came of it."""
    sweep = told_as(row.ref.partition("/")[0]) if row.kind in _SWEEPS else ()
    names = (
        row.external_id,
        row.arrived_as,
        row.bank_reference,
        *sweep,
        row.file_reference,
        *(row.references or ()),
    )
    known = _known(row, names, payer=row.payer_name, said=row.external_id)
    if arrived and row.arrived_minor is not None:
        return replace(known, amount_minor=row.arrived_minor)
    return known


def _open(leg: Leg, currency: str, side: str) -> Select[Any]:
    table = item_table
    return (
        select(
            table.c.seq,
            table.c.ref,
            table.c.kind,
            table.c.amount_minor,
            table.c.fee_minor,
            table.c.tax_minor,
            table.c.currency,
            table.c.day,
        )
        .where(table.c.leg == leg.value, table.c.currency == currency, table.c.side == side, table.c.state == "open")
        .order_by(table.c.seq)
    )


def _known(
    row: Any, names: Iterable[str | None], *, payer: str | None, said: str | None = None, batch: str | None = None
) -> Known:
    return Known(
        ref=row.ref,
        amount_minor=row.amount_minor,
        currency=row.currency,
        day=row.day,
        kind=row.kind,
        identifiers=tuple(dict.fromkeys(name for name in names if name)),
        payer=payer,
        text=said,
        batch_id=batch,
        fee_minor=row.fee_minor,
        tax_minor=row.tax_minor,
    )


def settle(tx: Connection, seq: int, *, now: datetime | None) -> None:
    """State that a decision explains an open item, or with no moment that it is open again."""
    state = "open" if now is None else "settled"
    tx.execute(
        update(item_table)
        .where(item_table.c.seq == seq, item_table.c.state == ("settled" if now is None else "open"))
        .values(state=state, settled_at=now)
    )


def spoken_until(tx: Connection, *, connection_id: str, leg: Leg, side: str = "right") -> date | None:
    """The last day that the other side has told of a connection; a row is only missed on days that it spoke about."""
    query = select(func.max(item_table.c.day)).where(
        item_table.c.connection_id == connection_id, item_table.c.leg == leg.value, item_table.c.side == side
    )
    found: date | None = tx.execute(query).scalar_one()
    return found


def aged(tx: Connection, *, connection_id: str, leg: Leg, side: str, before: date) -> list[Item]:
    """Open items of a connection from before a day, oldest first."""
    query = (
        select(item_table)
        .where(
            item_table.c.connection_id == connection_id,
            item_table.c.leg == leg.value,
            item_table.c.side == side,
            item_table.c.state == "open",
            item_table.c.day < before,
        )
        .order_by(item_table.c.day, item_table.c.seq)
    )
    return [Item(**row) for row in tx.execute(query).mappings()]


def open_items(tx: Connection, *, connection_id: str, leg: Leg, side: str, after_seq: int, limit: int) -> list[Item]:
    """What is open on a side of a connection's leg, as it was seen, behind an item."""
    table = item_table
    query = (
        select(table)
        .where(
            table.c.connection_id == connection_id,
            table.c.leg == leg.value,
            table.c.side == side,
            table.c.state == "open",
            table.c.seq > after_seq,
        )
        .order_by(table.c.seq)
        .limit(limit)
    )
    return [Item(**row) for row in tx.execute(query).mappings()]
