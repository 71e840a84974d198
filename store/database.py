"""The way into PostgreSQL: every transaction belongs to one tenant, and row-level security holds it there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from domain.errors import Unavailable
from store.schema import TENANT_SETTING


class Database:
    """A pool of connections as the application's role, which row-level security binds."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            pool_timeout=10,
            hide_parameters=True,  # they are personal data, and errors are logged
            connect_args={"application_name": "afluente"},
        )

    @contextmanager
    def tenant(self, tenant_id: str) -> Iterator[Connection]:
        """One transaction that sees and writes this tenant's rows only; commits unless an error leaves it."""
        with self.anyone() as tx:
            tx.execute(text("SELECT set_config(:name, :tenant, true)"), {"name": TENANT_SETTING, "tenant": tenant_id})
            yield tx

    @contextmanager
    def anyone(self) -> Iterator[Connection]:
        """One transaction before the tenant is known: it sees no tenant's rows, only look-up functions."""
        try:
            connection = self.engine.connect()
        except OperationalError as cause:
            raise Unavailable("database_unreachable", "The database cannot be reached.") from cause
        with connection, connection.begin():
            yield connection

    def tenants(self) -> list[str]:
        """Every tenant's identifier, for sweeps that visit each in turn."""
        with self.anyone() as tx:
            return list(tx.execute(text("SELECT tenant_id FROM tenant_ids() AS t(tenant_id) ORDER BY 1")).scalars())

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
