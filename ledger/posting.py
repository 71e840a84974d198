"""Posting: the one way into the journal, for one entry and for a batch in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from domain.errors import Conflict, Invalid, NotFound, Refused
from domain.journal import JournalEntry, Posting
from domain.money import Money
from ledger import refusals, tables

Outcome = Literal["created", "exists", "conflict", "refused"]

_TYPES: Mapping[str, str] = {
    "ids": "text[]",
    "kinds": "text[]",
    "keys": "text[]",
    "hashes": "bytea[]",
    "days": "date[]",
    "reversed_ids": "text[]",
    "sources": "text[]",
    "memos": "text[]",
    "moment": "timestamptz",
    "posting_entries": "integer[]",
    "posting_accounts": "text[]",
    "posting_currencies": "text[]",
    "posting_amounts": "bigint[]",
}
ARGUMENTS = ", ".join(f"%({name})b::{kind}" for name, kind in _TYPES.items())
"""The arguments of ``book_post``, in order, as ``arguments`` fills them, in the driver's own words (sent as binary)."""

# The driver's own statement: built once, and prepared on the server after a few uses.
_POST = f"SELECT idem_key, entry_id, outcome, code FROM book_post({ARGUMENTS})"  # noqa: S608 (names of arguments alone)

_PLAIN_TYPES: Mapping[str, str] = {
    "id": "text",
    "kind": "text",
    "key": "text",
    "hash": "bytea",
    "day": "date",
    "source": "text",
    "memo": "text",
    "moment": "timestamptz",
    "accounts": "text[]",
    "currency": "text",
    "amounts": "bigint[]",
}
# Arrays as text: the driver takes longer to make them binary than for all the rest of the statement.
_PLAIN_ARGUMENTS = ", ".join(
    f"%({name}){'s' if kind.endswith('[]') else 'b'}::{kind}" for name, kind in _PLAIN_TYPES.items()
)
_POST_PLAIN = f"SELECT book_post_plain({_PLAIN_ARGUMENTS})"

_REFUSED = "The book refuses the entry under the key {key}: {code}."
_RULES_OF_MONEY = frozenset({"account_frozen", "limit_exceeded"})


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one entry: the identifier that stands under its key, or why it was ``refused``.

    A refused entry wrote nothing; its key is free, and ``entry_id`` is the one it came with.
    """

    key: str
    entry_id: str
    outcome: Outcome
    code: str | None = None


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """An entry as it stands in the book."""

    seq: int
    entry: JournalEntry
    booked_at: datetime


def post(tx: Connection, entries: Sequence[JournalEntry], *, now: datetime) -> list[Posted]:
    """Post entries in order within the caller's transaction; one result each, and each is judged by itself.

    The same key with the same payload returns the first entry (``exists``); with another payload the result is
    ``conflict``. What may not be is ``refused`` with a code, and its neighbours stand: ``entry_incomplete``,
    ``posting_zero``, ``entry_unbalanced``, ``account_not_postable`` (unknown, another tenant's, a node or closed),
    ``account_frozen``, ``posting_wrong_currency``, ``limit_exceeded``, ``reversed_entry_unknown`` (also one of this
    same batch), ``entry_already_reversed``, ``reversal_not_mirror``. Neither writes anything of that entry.
    """
    if not entries:
        return []
    if len(entries) == 1 and (posted := post_plainly(tx, entries[0], now=now)):
        return [posted]
    return post_judged(tx, entries, now=now)


def post_plainly(tx: Connection, entry: JournalEntry, *, now: datetime) -> Posted | None:
    """Post one entry by the short way; ``None`` if that is not for it, and then nothing is written.

    It is for a new entry of one currency, on an open day and accounts without limits; ``post`` is for all.
    """
    currency = entry.postings[0].amount.currency
    if entry.reverses is not None or any(line.amount.currency != currency for line in entry.postings):
        return None
    values = {
        "id": entry.id,
        "kind": entry.kind,
        "key": entry.key,
        "hash": entry.payload_sha256(),
        "day": entry.effective_date,
        "source": entry.source,
        "memo": json.dumps(dict(entry.memo)) if entry.memo else "{}",
        "moment": now,
        "accounts": _array(_quoted(line.account_id) for line in entry.postings),
        "currency": currency,
        "amounts": _array(str(line.amount.minor) for line in entry.postings),
    }
    driver: Any = tx.connection.driver_connection
    with refusals.translated():
        (posted,) = driver.execute(_POST_PLAIN, values).fetchone()
    return Posted(entry.key, entry.id, "created") if posted else None


def post_judged(tx: Connection, entries: Sequence[JournalEntry], *, now: datetime) -> list[Posted]:
    """Post entries the long way, which says of each why it is refused; as ``post``, which tries the short way first."""
    with refusals.translated():
        rows = tx.exec_driver_sql(_POST, arguments(entries, now=now)).all()
    return [Posted(*row) for row in rows]


def _array(elements: Iterable[str]) -> str:
    """An array in PostgreSQL's own words."""
    return "{" + ",".join(elements) + "}"


def _quoted(element: str) -> str:
    escaped = element.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def arguments(entries: Sequence[JournalEntry], *, now: datetime) -> dict[str, Any]:
    """Entries as the parallel arrays that ``book_post`` reads."""
    lines = [(place, line) for place, entry in enumerate(entries, start=1) for line in entry.postings]
    return {
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
    }


def post_one(tx: Connection, entry: JournalEntry, *, now: datetime) -> Posted:
    """Post one entry; raises ``idempotency_conflict`` or the code it is refused with (see ``post``)."""
    (posted,) = post(tx, [entry], now=now)
    return settled(posted)


def settled(posted: Posted) -> Posted:
    """The same result, unless it is a conflict or a refusal: then that is raised."""
    if posted.outcome == "conflict":
        raise Conflict("idempotency_conflict", f"Another entry stands under the key {posted.key}.")
    if posted.code is not None:
        error = Refused if posted.code in _RULES_OF_MONEY or posted.code.startswith("reservation_") else Invalid
        raise error(posted.code, _REFUSED.format(key=posted.key, code=posted.code))
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
