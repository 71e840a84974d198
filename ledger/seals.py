"""Seals: the book's entries in hash-chained blocks, and the proof from the first block on that no byte has changed.

A block's hash is SHA-256 over its own header (with the hash of the block before it) and the canonical bytes of its
entries and postings, in order. The database seals, this module verifies: each makes the bytes by itself. Whoever keeps
the hash of a block elsewhere (``ledger.anchors``) can prove later that the chain up to it is the one that stood then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Text, cast, func, select, text

from domain.journal import digest
from ledger import refusals, tables
from ledger.invariants import Finding

BLOCK_SIZE: Final = 10_000
_BLOCKS_AT_ONCE: Final = 20
_GENESIS: Final = bytes(32)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EXAMPLES: Final = 5
_LOWEST: Final = -(2**63)
_SEAL = text("SELECT seq, to_seq, entries, block_hash, sealed_at FROM book_seal(:moment, :block_size, :at_most)")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A block: its number in its chain, its last entry, how many entries, its hash, when it was sealed."""

    seq: int
    to_seq: int
    entries: int
    block_hash: bytes
    sealed_at: datetime


def seal(
    tx: Connection, *, now: datetime, block_size: int = BLOCK_SIZE, at_most: int = _BLOCKS_AT_ONCE
) -> Sequence[Sealed]:
    """Seal what nothing can come between any more, in at most so many blocks; none where nothing is new and safe.

    Wants a transaction that has written nothing yet (``seal_needs_own_transaction``). Two at once: one seals.
    """
    with refusals.translated():
        rows = tx.execute(_SEAL, {"moment": now, "block_size": block_size, "at_most": at_most})
        return [_sealed(row) for row in rows]


def head(tx: Connection) -> Sealed | None:
    """The last block, to be kept where whoever can change the database cannot."""
    block = tables.seal.c
    row = tx.execute(
        select(block.seq, block.to_seq, block.entries, block.block_hash, block.sealed_at)
        .order_by(block.seq.desc())
        .limit(1)
    ).first()
    return None if row is None else _sealed(row)


def _sealed(row: Any) -> Sealed:
    return Sealed(row.seq, row.to_seq, row.entries, bytes(row.block_hash), row.sealed_at)


def verify(tx: Connection, *, anchors: Sequence[Sealed] = ()) -> list[Finding]:
    """Recompute every block from the first on. ``anchors`` are blocks that were noted elsewhere (``ledger.anchors``).

    ``seals_unbroken``: entries or the block's own row changed; ``seals_linked``: a block is missing or does not follow
    the one before it; ``payloads_unchanged``: which entries no longer say what their digest says; ``seals_complete``:
    an entry was passed over; ``seals_anchored``: a block noted elsewhere is not in the chain as it was noted.
    """
    broken: list[str] = []
    unlinked: list[str] = []
    changed: list[str] = []
    found_blocks: dict[int, Sealed] = {}
    previous, next_seq, next_entry = _GENESIS, 1, 1
    for block in tx.execute(select(tables.seal).order_by(tables.seal.c.seq)).all():
        if (block.seq, block.from_seq, bytes(block.prev_hash)) != (next_seq, next_entry, previous):
            unlinked.append(str(block.seq))
        found, count, wrong = _rehash(tx, block)
        if found != bytes(block.block_hash) or count != block.entries:
            broken.append(str(block.seq))
        changed += wrong
        found_blocks[block.seq] = Sealed(block.seq, block.to_seq, count, found, block.sealed_at)
        previous, next_seq, next_entry = bytes(block.block_hash), block.seq + 1, block.to_seq + 1
    adrift = [str(noted.seq) for noted in anchors if found_blocks.get(noted.seq) != noted]
    return [
        _finding("seals_unbroken", "Every sealed block hashes to what its seal says.", broken),
        _finding("seals_linked", "Every seal follows the one before it, from the first entry on.", unlinked),
        _finding("payloads_unchanged", "Every sealed entry says what its digest says.", changed),
        _finding("seals_complete", "No entry was passed over when the ones after it were sealed.", _passed_over(tx)),
        _finding("seals_anchored", "Every block noted elsewhere is in the chain as it was noted.", adrift),
    ]


def _finding(code: str, statement: str, examples: Sequence[str]) -> Finding:
    return Finding(code, statement, len(examples), tuple(examples[:_EXAMPLES]), "I11")


def _passed_over(tx: Connection) -> list[str]:
    """Entries behind the last block that sealing counts as seen: it will never come back to them."""
    last = select(func.coalesce(func.max(tables.seal.c.to_seq), 0)).scalar_subquery()
    query = (
        select(tables.entry.c.seq)
        .join(tables.seal_progress, tables.seal_progress.c.tenant_id == tables.entry.c.tenant_id)
        .where(tables.entry.c.seq > last, tables.entry.c.seq <= tables.seal_progress.c.scanned_seq)
        .order_by(tables.entry.c.seq)
    )
    return [str(seq) for seq in tx.execute(query).scalars()]


def _rehash(tx: Connection, block: Row[Any]) -> tuple[bytes, int, list[str]]:
    """A block's hash as its rows give it now, how many entries it has, and those whose digest is another."""
    header = _record(
        "B",
        block.tenant_id,
        block.seq,
        block.from_seq,
        block.to_seq,
        block.entries,
        bytes(block.prev_hash).hex(),
        _micros(block.sealed_at),
    )
    hashed, count, wrong = hashlib.sha256(header), 0, []
    lowest = _LOWEST if block.seq == 1 else block.from_seq  # nothing may hide before the first block
    for entry, lines in _entries(tx, lowest, block.to_seq):
        hashed.update(_bytes(entry, lines))
        count += 1
        if not _says_what_it_said(entry, lines):
            wrong.append(str(entry.seq))
    return hashed.digest(), count, wrong


def _entries(tx: Connection, from_seq: int, to_seq: int) -> Iterator[tuple[Row[Any], list[Row[Any]]]]:
    entry, line, undone = tables.entry, tables.posting, tables.entry.alias("undone")
    lines: dict[int, list[Row[Any]]] = {}
    postings = (
        select(line, tables.account.c.id.label("account_id"))
        .join(tables.account, tables.account.c.no == line.c.account_no)
        .where(line.c.entry_seq.between(from_seq, to_seq))
        .order_by(line.c.entry_seq, line.c.line)
    )
    for row in tx.execute(postings):
        lines.setdefault(row.entry_seq, []).append(row)
    heads = (
        select(entry, cast(entry.c.memo, Text).label("memo_text"), undone.c.id.label("reverses"))
        .outerjoin(undone, undone.c.seq == entry.c.reverses_seq)
        .where(entry.c.seq.between(from_seq, to_seq))
        .order_by(entry.c.seq)
    )
    for row in tx.execute(heads):
        yield row, lines.get(row.seq, [])


def _bytes(entry: Row[Any], lines: Sequence[Row[Any]]) -> bytes:
    """An entry and its postings as the bytes that are sealed (``seal_entry`` in the database)."""
    said = _record(
        "E",
        entry.seq,
        entry.id,
        entry.tenant_id,
        entry.kind,
        entry.idem_key,
        bytes(entry.payload_sha256).hex(),
        entry.effective_date.isoformat(),
        _micros(entry.booked_at),
        entry.postings,
        entry.reverses_seq,
        entry.source,
        entry.memo_text,
    )
    return said + b"".join(
        _record("P", line.line, line.tenant_id, line.account_no, line.account_id, line.currency, line.amount_minor)
        for line in lines
    )


def _record(letter: str, *fields: object) -> bytes:
    """Fields one after another, each as its length in bytes, a colon and its text; an absent one as a hyphen."""
    parts = [letter.encode()]
    for field in fields:
        value = b"" if field is None else str(field).encode()
        parts.append(b"-" if field is None else b"%d:%b" % (len(value), value))
    return b"".join(parts)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _says_what_it_said(entry: Row[Any], lines: Sequence[Row[Any]]) -> bool:
    """Whether the digest that was kept with the entry when it was posted is the one its rows give now.

    A posting's day is its entry's, which is sealed.
    """
    said = digest(
        kind=entry.kind,
        effective_date=entry.effective_date,
        reverses=entry.reverses,
        source=entry.source,
        lines=[(line.account_id, line.currency, line.amount_minor) for line in lines],
    )
    on_its_day = all(line.effective_date == entry.effective_date for line in lines)
    return on_its_day and said == bytes(entry.payload_sha256)
