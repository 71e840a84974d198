"""The book at hand: one transaction, one moment, and the way in which every activity opens leaves and posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from domain.accounts import Role
from domain.bookings import Head
from domain.ids import NewId
from domain.journal import JournalEntry
from ledger import accounts, closing


@dataclass(frozen=True, slots=True)
class Book:
    """The book in the caller's transaction."""

    tx: Connection
    new_id: NewId
    now: datetime

    def head(self, key: str, *, day: date, source: str) -> Head:
        """What an entry carries, under a new identifier."""
        return Head(self.new_id("entry"), key, day, source)

    def leaves(self, node_id: str, *roles: Role) -> dict[Role, str]:
        """The leaves under an account; those of ``roles`` that it lacks are opened."""
        return accounts.leaves_for(self.tx, node_id, *roles, new_id=self.new_id, now=self.now)

    def leaf(self, node_id: str, role: Role) -> str:
        """One leaf under an account, opened if it is lacking."""
        return accounts.leaf_of(self.tx, node_id, role, new_id=self.new_id, now=self.now)

    def post(self, entry: JournalEntry) -> str:
        """Post an entry, on the first open day where its own is closed; the identifier that stands under its key."""
        return closing.post_one(self.tx, entry, now=self.now).entry_id
