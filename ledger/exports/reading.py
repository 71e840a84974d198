"""What an export reads: every leaf with its balance, then every entry in order, from one state of the book."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Connection,
    Date,
    DateTime,
    Integer,
    Select,
    Text,
    cast,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from domain.accounts import Role
from domain.money import Money
from ledger import tables

_ROWS: Final = 5_000

_entry, _posting, _account, _day = tables.entry, tables.posting, tables.account, tables.balance_day
_reversed = tables.entry.alias("reversed")


@dataclass(frozen=True, slots=True)
class ExportLeaf:
    """A leaf account with what its days came to, debit positive."""

    id: str
    name: str
    role: Role
    country: str | None
    balance: Money
    first_day: date | None  # of its first entry; None where nothing was ever booked
    is_whole: bool  # whether every entry on it is exported, so that its balance can be asserted


@dataclass(frozen=True, slots=True)
class ExportPosting:
    """One side of an entry, debit positive."""

    line: int
    leaf: ExportLeaf
    amount: Money


@dataclass(frozen=True, slots=True)
class ExportEntry:
    """An entry with its postings in order."""

    seq: int
    id: str
    kind: str
    key: str
    effective_date: date
    booked_at: datetime
    source: str
    reverses: str | None
    postings: tuple[ExportPosting, ...]


@dataclass(frozen=True)
class ExportedBook:
    """The leaves, and the entries to be read once, in order of booking.

    ``first_day`` is of the earliest entry; ``closes_on`` the day after the last one: at its beginning every balance
    stands as stated. Both are ``None`` for a book without entries.
    """

    leaves: tuple[ExportLeaf, ...]
    entries: Iterator[ExportEntry]
    first_day: date | None
    closes_on: date | None


def read(tx: Connection, *, creditor_id: str | None = None, as_of: date | None = None) -> ExportedBook:
    """The tenant's book, or one creditor's, of what was effective by the end of ``as_of``.

    A creditor's book holds every entry that touches one of the creditor's accounts. Entries stream: they are valid
    within the transaction, once.
    """
    rows = tx.execute(
        union_all(_leaves(creditor_id, as_of), _postings(creditor_id, as_of)).order_by("part", "seq", "line"),
        execution_options={"yield_per": _ROWS},
    )
    stream = iter(rows)
    leaves: dict[str, ExportLeaf] = {}
    last_day: date | None = None
    waiting: Any = None
    for row in stream:
        if row.part:
            waiting = row
            break
        leaves[row.account_id] = _leaf(row)
        last_day = max(filter(None, (last_day, row.other_day)), default=None)
    first_day = min((leaf.first_day for leaf in leaves.values() if leaf.first_day), default=None)
    return ExportedBook(
        tuple(leaves.values()),
        _entries(waiting, stream, leaves),
        first_day,
        None if last_day is None else last_day + timedelta(days=1),
    )


def _leaf(row: Any) -> ExportLeaf:
    balance = Money(int(row.amount_minor), row.currency)
    return ExportLeaf(row.account_id, row.account_name, Role(row.role), row.country, balance, row.day, row.is_whole)


def _entries(first: Any, rest: Iterator[Any], leaves: dict[str, ExportLeaf]) -> Iterator[ExportEntry]:
    if first is None:
        return

    def rows() -> Iterator[Any]:
        yield first
        yield from rest

    for seq, group in groupby(rows(), key=lambda row: row.seq):
        found = list(group)
        head = found[0]
        yield ExportEntry(
            seq=seq,
            id=head.entry_id,
            kind=head.kind,
            key=head.idem_key,
            effective_date=head.day,
            booked_at=head.booked_at,
            source=head.source,
            reverses=head.reverses,
            postings=tuple(
                ExportPosting(row.line, leaves[row.account_id], Money(int(row.amount_minor), row.currency))
                for row in found
            ),
        )


def _leaves(creditor_id: str | None, as_of: date | None) -> Select[Any]:
    counts = (_day.c.account_no == _account.c.no) & (true() if as_of is None else _day.c.day <= as_of)
    text = null().cast(Text)
    query = (
        select(
            literal(0).label("part"),
            _account.c.no.label("seq"),
            cast(literal(0), Integer).label("line"),
            _account.c.id.label("account_id"),
            _account.c.name.label("account_name"),
            _account.c.role.label("role"),
            _account.c.country.label("country"),
            _account.c.currency.label("currency"),
            cast(func.coalesce(func.sum(_day.c.debit_minor - _day.c.credit_minor), 0), BigInteger).label(
                "amount_minor"
            ),
            func.min(_day.c.day).label("day"),
            func.max(_day.c.day).label("other_day"),
            text.label("entry_id"),
            text.label("kind"),
            text.label("idem_key"),
            null().cast(DateTime(timezone=True)).label("booked_at"),
            text.label("source"),
            text.label("reverses"),
            (true() if creditor_id is None else _account.c.creditor_id == creditor_id).label("is_whole"),
        )
        .outerjoin(_day, counts)
        .where(_account.c.is_leaf)
        .group_by(_account.c.no)
    )
    if creditor_id is None:
        return query
    touched = select(_posting.c.account_no).where(_posting.c.entry_seq.in_(_seqs_of(creditor_id)))
    return query.where((_account.c.creditor_id == creditor_id) | _account.c.no.in_(touched))


def _postings(creditor_id: str | None, as_of: date | None) -> Select[Any]:
    text = null().cast(Text)
    query = (
        select(
            literal(1),
            _entry.c.seq,
            cast(_posting.c.line, Integer),
            _account.c.id,
            text,
            text,
            text,
            _posting.c.currency,
            _posting.c.amount_minor,
            _entry.c.effective_date,
            null().cast(Date),
            _entry.c.id,
            _entry.c.kind,
            _entry.c.idem_key,
            _entry.c.booked_at,
            _entry.c.source,
            _reversed.c.id,
            true(),
        )
        .select_from(_entry)
        .join(_posting, _posting.c.entry_seq == _entry.c.seq)
        .join(_account, _account.c.no == _posting.c.account_no)
        .outerjoin(_reversed, _reversed.c.seq == _entry.c.reverses_seq)
    )
    if as_of is not None:
        query = query.where(_entry.c.effective_date <= as_of)
    return query if creditor_id is None else query.where(_entry.c.seq.in_(_seqs_of(creditor_id)))


def _seqs_of(creditor_id: str) -> Select[Any]:
    own = _account.alias("own")
    return (
        select(_posting.c.entry_seq)
        .join(own, own.c.no == _posting.c.account_no)
        .where(own.c.creditor_id == creditor_id)
    )
