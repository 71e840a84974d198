"""Where an entry stands in the book: which entry undid it, and which sealed block proves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ledger import tables
from ledger.posting import BookedEntry


@dataclass(frozen=True, slots=True)
class Block:
    """A sealed block: its number in the tenant's chain, when it was sealed, and its hash."""

    no: int
    sealed_at: datetime
    block_hash: bytes


@dataclass(frozen=True, slots=True)
class Provenance:
    """What stands around an entry; ``block`` is ``None`` until it is sealed."""

    reversed_by: str | None
    block: Block | None


def of(tx: Connection, booked: BookedEntry) -> Provenance:
    """What stands around an entry of the tenant."""
    undone_by = tx.execute(select(tables.entry.c.id).where(tables.entry.c.reverses_seq == booked.seq)).scalar()
    block = tables.seal.c
    query = (
        select(block.seq, block.sealed_at, block.block_hash)
        .where(block.from_seq <= booked.seq, block.to_seq >= booked.seq)
        .order_by(block.seq)
        .limit(1)
    )
    row = tx.execute(query).first()
    return Provenance(undone_by, None if row is None else Block(row.seq, row.sealed_at, bytes(row.block_hash)))
