"""What the facts of one transaction ask for again and again: asked once, and anew after something was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from activities.book import Book
from domain.accounts import Role
from store import creditors
from store.creditors import PlatformConnection


@dataclass(frozen=True, slots=True)
class Lookups:
    """Connections, and leaves by the account that they are under, as one transaction has found them so far."""

    _connections: dict[str, PlatformConnection] = field(default_factory=dict)
    _leaves: dict[str, Mapping[Role, str]] = field(default_factory=dict)

    def connection(self, tx: Connection, connection_id: str) -> PlatformConnection:
        """The connection, or ``connection_unknown``."""
        found = self._connections.get(connection_id)
        if found is None:
            found = self._connections[connection_id] = creditors.get_connection(tx, connection_id)
        return found

    def leaves(self, book: Book, node_id: str, *roles: Role) -> Mapping[Role, str]:
        """The leaves under an account, as ``Book.leaves`` has them."""
        found = self._leaves.get(node_id)
        if found is None or not found.keys() >= set(roles):
            found = self._leaves[node_id] = book.leaves(node_id, *roles)
        return found

    def forget(self) -> None:
        """Ask anew: a savepoint was rolled back, and with it leaves that had been opened behind it."""
        self._leaves.clear()
