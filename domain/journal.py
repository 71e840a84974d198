"""Journal entries: immutable, balanced in every currency, named by a key that is used once for ever.

Signs: a debit is positive, a credit negative (as beancount and hledger write them), in minor units.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.errors import Invalid
from domain.money import Money


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: a leaf account and an amount, debit positive."""

    account_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A business event in the book. ``key`` is its idempotency key, unique in the tenant; ``kind`` the booking."""

    id: str
    kind: str
    key: str
    effective_date: date
    postings: tuple[Posting, ...]
    source: str  # the identifier of what caused it: a receipt, a loan, an import
    reverses: str | None = None  # the entry it mirrors
    memo: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.postings) < 2:  # noqa: PLR2004 (double entry)
            raise Invalid("entry_too_short", "A journal entry has at least two postings.")
        if any(not posting.amount for posting in self.postings):
            raise Invalid("posting_zero", "A posting of nothing is not a posting.")
        sums: dict[str, int] = defaultdict(int)
        for posting in self.postings:
            sums[posting.amount.currency] += posting.amount.minor
        unbalanced = {currency: value for currency, value in sums.items() if value}
        if unbalanced:
            raise Invalid("entry_unbalanced", f"Debits and credits differ: {unbalanced}.", difference=unbalanced)

    def payload_sha256(self) -> bytes:
        """A digest of what the entry says (not of its identifier): equal keys must carry equal digests."""
        lines = [(posting.account_id, posting.amount.currency, posting.amount.minor) for posting in self.postings]
        return digest(
            kind=self.kind,
            effective_date=self.effective_date,
            reverses=self.reverses,
            source=self.source,
            lines=lines,
        )


def digest(
    *, kind: str, effective_date: date, reverses: str | None, source: str, lines: Sequence[tuple[str, str, int]]
) -> bytes:
    """The SHA-256 of what an entry says; ``lines`` are account, currency and minor units, debit positive."""
    payload = [kind, effective_date.isoformat(), reverses, source, [list(line) for line in lines]]
    return hashlib.sha256(json.dumps(payload, separators=(",", ":")).encode()).digest()


def mirror(entry: JournalEntry, *, entry_id: str, key: str, effective_date: date) -> JournalEntry:
    """The entry that undoes another exactly: every posting with its sign turned."""
    return JournalEntry(
        id=entry_id,
        kind="reversal",
        key=key,
        effective_date=effective_date,
        postings=tuple(Posting(posting.account_id, -posting.amount) for posting in entry.postings),
        source=entry.source,
        reverses=entry.id,
    )
