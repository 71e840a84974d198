"""Posting: the one way into the journal, for one entry and for a batch in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, DATE, TIMESTAMP
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import BigInteger, Integer, Text

from domain.errors import Conflict, Invalid, NotFound
from domain.journal import JournalEntry, Posting
from domain.money import Money
from ledger import tables

Outcome = Literal["created", "exists", "conflict"]

_POST = text(
    "SELECT idem_key, entry_id, outcome FROM book_post(:ids, :kinds, :keys, :hashes, :days, :reversed_ids, :sources,"
    " :memos, :moment, :posting_entries, :posting_accounts, :posting_currencies, :posting_amounts)"
).bindparams(
    *(
        bindparam(name, type_=ARRAY(Text))
        for name in (
            "ids",
            "kinds",
            "keys",
            "reversed_ids",
            "sources",
            "memos",
            "posting_accounts",
            "posting_currencies",
        )
    ),
    bindparam("hashes", type_=ARRAY(BYTEA)),
    bindparam("days", type_=ARRAY(DATE)),
    bindparam("moment", type_=TIMESTAMP(timezone=True)),
    bindparam("posting_entries", type_=ARRAY(Integer)),
    bindparam("posting_amounts", type_=ARRAY(BigInteger)),
)

_REFUSALS = {
    "AF001": "book_immutable",
    "AF002": "entry_incomplete",
    "AF003": "entry_unbalanced",
    "AF004": "reversal_not_mirror",
    "AF006": "tenant_missing",
    "AF007": "account_not_postable",
    "AF008": "reversed_entry_unknown",
    "AF009": "posting_wrong_account",
    "23503": "posting_wrong_account",
    "23505": "entry_already_reversed",  # keys do not collide in book_post, and identifiers are never drawn twice
}


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one entry: the identifier that stands under its key."""

    key: str
    entry_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """An entry as it stands in the book."""

    seq: int
    entry: JournalEntry
    booked_at: datetime


def post(tx: Connection, entries: Sequence[JournalEntry], *, now: datetime) -> list[Posted]:
    """Post entries in order within the caller's transaction; one result each.

    The same key with the same payload returns the first entry (``exists``); with another payload the result is
    ``conflict`` and nothing of that entry is written. A refusal of the database is raised as ``Invalid``.
    """
    if not entries:
        return []
    lines = [(place, line) for place, entry in enumerate(entries, start=1) for line in entry.postings]
    try:
        rows = tx.execute(
            _POST,
            {
                "ids": [entry.id for entry in entries],
                "kinds": [entry.kind for entry in entries],
                "keys": [entry.key for entry in entries],
                "hashes": [entry.payload_sha256() for entry in entries],
                "days": [entry.effective_date for entry in entries],
                "reversed_ids": [entry.reverses for entry in entries],
                "sources": [entry.source for entry in entries],
                "memos": [json.dumps(dict(entry.memo)) for entry in entries],
                "moment": now,
                "posting_entries": [place for place, _ in lines],
                "posting_accounts": [line.account_id for _, line in lines],
                "posting_currencies": [line.amount.currency for _, line in lines],
                "posting_amounts": [line.amount.minor for _, line in lines],
            },
        ).all()
    except DBAPIError as cause:
        code = _REFUSALS.get(getattr(cause.orig, "sqlstate", None) or "")
        if code is None:
            raise
        raise Invalid(code, str(cause.orig).splitlines()[0]) from cause
    return [Posted(key, entry_id, outcome) for key, entry_id, outcome in rows]


def post_one(tx: Connection, entry: JournalEntry, *, now: datetime) -> Posted:
    """Post one entry; a key that stands with another payload raises ``idempotency_conflict``."""
    (posted,) = post(tx, [entry], now=now)
    if posted.outcome == "conflict":
        raise Conflict("idempotency_conflict", f"Another entry stands under the key {entry.key}.")
    return posted


_reversed = tables.entry.alias("reversed")
_ENTRIES = select(tables.entry, _reversed.c.id.label("reverses")).outerjoin(
    _reversed, _reversed.c.seq == tables.entry.c.reverses_seq
)


def get(tx: Connection, entry_id: str) -> BookedEntry:
    """An entry with its postings, or ``entry_unknown``."""
    row = tx.execute(_ENTRIES.where(tables.entry.c.id == entry_id)).mappings().first()
    if row is None:
        raise NotFound("entry_unknown", f"There is no entry {entry_id}.")
    return _booked(tx, [row])[0]


def of_source(tx: Connection, source: str) -> list[BookedEntry]:
    """Every entry that a receipt, loan or other cause made, in order."""
    rows = tx.execute(_ENTRIES.where(tables.entry.c.source == source).order_by(tables.entry.c.seq))
    return _booked(tx, list(rows.mappings()))


def of_account(tx: Connection, account_id: str, *, before_seq: int | None = None, limit: int = 50) -> list[BookedEntry]:
    """Entries that touch an account or any account below it, newest first, for paging by ``before_seq``."""
    ancestor = tables.account.alias("ancestor")
    touched = (
        select(tables.posting.c.entry_seq)
        .join(tables.closure, tables.closure.c.descendant_no == tables.posting.c.account_no)
        .join(ancestor, ancestor.c.no == tables.closure.c.ancestor_no)
        .where(ancestor.c.id == account_id)
    )
    query = _ENTRIES.where(tables.entry.c.seq.in_(touched)).order_by(tables.entry.c.seq.desc()).limit(limit)
    if before_seq is not None:
        query = query.where(tables.entry.c.seq < before_seq)
    return _booked(tx, list(tx.execute(query).mappings()))


def _booked(tx: Connection, rows: list[Any]) -> list[BookedEntry]:
    query = (
        select(
            tables.posting.c.entry_seq, tables.account.c.id, tables.posting.c.amount_minor, tables.posting.c.currency
        )
        .join(tables.account, tables.account.c.no == tables.posting.c.account_no)
        .where(tables.posting.c.entry_seq.in_([row["seq"] for row in rows]))
        .order_by(tables.posting.c.entry_seq, tables.posting.c.line)
    )
    lines: dict[int, list[Posting]] = {}
    for seq, account_id, amount, currency in tx.execute(query):
        lines.setdefault(seq, []).append(Posting(account_id, Money(amount, currency)))
    return [BookedEntry(row["seq"], _entry(row, lines[row["seq"]]), row["booked_at"]) for row in rows]


def _entry(row: Any, lines: list[Posting]) -> JournalEntry:
    return JournalEntry(
        id=row["id"],
        kind=row["kind"],
        key=row["idem_key"],
        effective_date=row["effective_date"],
        postings=tuple(lines),
        source=row["source"],
        reverses=row["reverses"],
        memo=row["memo"],
    )
