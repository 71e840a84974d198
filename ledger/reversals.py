"""Reversals: the one way to undo an entry, by another that mirrors it exactly, at most once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from domain.journal import mirror
from ledger import closing, posting
from ledger.posting import Posted


def reverse(
    tx: Connection, entry_id: str, *, reversal_id: str, key: str, effective_date: date, now: datetime
) -> Posted:
    """Post the mirror of an entry under its own key; the same key again ``exists``. A closed day gives way to the next.

    Raises ``entry_unknown``, ``entry_already_reversed`` (under another key), ``account_frozen``,
    ``account_not_postable`` (an account was closed since) or ``limit_exceeded``: what was reversed is judged as any
    other entry is.
    """
    undone = posting.get(tx, entry_id).entry
    entry = mirror(undone, entry_id=reversal_id, key=key, effective_date=effective_date)
    return closing.post_one(tx, entry, now=now)
