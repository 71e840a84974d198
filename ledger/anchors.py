"""Anchors: the newest seal of a tenant as one line of text, to be kept where nobody who can change the book can reach.

Whoever owns the database could write a whole chain of seals anew, so that it verifies by itself. An anchor was taken
before: the chain must still contain its block, byte for byte. One anchor vouches for everything up to its block.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection

from domain.errors import Invalid
from ledger import seals
from ledger.invariants import Finding
from ledger.seals import Sealed

_HASH_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Anchor:
    """What stood at the head of a tenant's chain when the anchor was taken."""

    tenant_id: str
    block: Sealed

    def line(self) -> str:
        """The anchor as one line of JSON, without its line feed; the same head gives the same line."""
        return json.dumps(
            {
                "tenant": self.tenant_id,
                "seq": self.block.seq,
                "to_seq": self.block.to_seq,
                "entries": self.block.entries,
                "block_hash": self.block.block_hash.hex(),
                "sealed_at": self.block.sealed_at.astimezone(UTC).isoformat(),
            }
        )


def take(tx: Connection, tenant_id: str) -> Anchor | None:
    """The anchor of the transaction's tenant; ``None`` where nothing is sealed yet."""
    head = seals.head(tx)
    return None if head is None else Anchor(tenant_id, head)


def read(lines: Iterable[str]) -> list[Anchor]:
    """Anchors of a file, one a line, empty lines left out; ``anchor_malformed`` where a line is none."""
    return [_anchor(line, number) for number, line in enumerate(lines, start=1) if line.strip()]


def verify(tx: Connection, tenant_id: str, anchors: Sequence[Anchor]) -> list[Finding]:
    """Recompute the tenant's chain (``seals.verify``) and look for every anchor of the tenant in it."""
    return seals.verify(tx, anchors=[anchor.block for anchor in anchors if anchor.tenant_id == tenant_id])


def _anchor(line: str, number: int) -> Anchor:
    try:
        said: dict[str, Any] = json.loads(line)
        block_hash = bytes.fromhex(said["block_hash"])
        sealed_at = datetime.fromisoformat(said["sealed_at"])
        anchor = Anchor(said["tenant"], Sealed(said["seq"], said["to_seq"], said["entries"], block_hash, sealed_at))
    except (ValueError, LookupError, TypeError):
        raise _malformed(number) from None
    whole = all(type(field) is int for field in (anchor.block.seq, anchor.block.to_seq, anchor.block.entries))
    if not whole or sealed_at.tzinfo is None or not isinstance(anchor.tenant_id, str) or len(block_hash) != _HASH_BYTES:
        raise _malformed(number)
    return anchor


def _malformed(number: int) -> Invalid:
    return Invalid(
        "anchor_malformed",
        f"Line {number} is no anchor.",
        fix="Give the lines as the command that takes anchors wrote them.",
        line=number,
    )
