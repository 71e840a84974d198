"""The way into PostgreSQL: every transaction belongs to one tenant, and row-level security holds it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from domain.errors import Unavailable
from store.schema import TENANT_SETTING

_BEGIN = b"BEGIN"
_BEGIN_IN_TENANT = sql.SQL("BEGIN; SET LOCAL {setting} = {tenant}")


@lru_cache(maxsize=1024)
def _begin_in(tenant_id: str) -> bytes:
    """A transaction's first message: that it begins, and in which tenant."""
    setting = sql.Identifier(*TENANT_SETTING.split("."))
    return _BEGIN_IN_TENANT.format(setting=setting, tenant=tenant_id).as_bytes()


class Database:
    """A pool of connections as the application's role, which row-level security binds."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            hide_parameters=True,  # they are personal data, and errors are logged
            # Transactions are begun by ``_begun``, together with their tenant: one message instead of three.
            connect_args={"application_name": "afluente", "autocommit": True},
        )

    @contextmanager
    def tenant(self, tenant_id: str) -> Iterator[Connection]:
        """One transaction that sees and writes this tenant's rows only; commits unless an error leaves it."""
        with self._begun(_begin_in(tenant_id)) as tx:
            yield tx

    @contextmanager
    def anyone(self) -> Iterator[Connection]:
        """One transaction before the tenant is known: it sees no tenant's rows, only look-up functions."""
        with self._begun(_BEGIN) as tx:
            yield tx

    def alone(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        """The rows of one statement that is its own transaction, committed when this returns.

        It states its tenant itself. On a connection that the server dropped it is asked once more, so it must be one
        that may be asked twice.
        """
        for last in (False, True):
            try:
                with self.engine.connect() as connection:
                    return list(connection.exec_driver_sql(statement, values).all())
            except OperationalError as cause:
                if last or not cause.connection_invalidated:
                    raise Unavailable("database_unreachable", "The database cannot be reached.") from cause
        raise AssertionError("asked twice at most")

    @contextmanager
    def _begun(self, begin: bytes) -> Iterator[Connection]:
        try:
            connection = self._connected(begin)
        except OperationalError as cause:
            raise Unavailable("database_unreachable", "The database cannot be reached.") from cause
        with connection, connection.get_transaction() or connection.begin():
            yield connection

    def _connected(self, begin: bytes) -> Connection:
        """A connection with a transaction begun on it.

        Beginning tells whether the connection still lives: one that the server dropped while it lay in the pool is
        replaced, with all others of its age.
        """
        try:
            return self._connect(begin)
        except OperationalError as cause:
            if not cause.connection_invalidated:
                raise
        return self._connect(begin)

    def _connect(self, begin: bytes) -> Connection:
        connection = self.engine.connect()
        try:
            driver: Any = connection.connection.driver_connection
            try:
                driver.execute(begin)  # by the driver itself: that is half the work of asking through SQLAlchemy
            except psycopg.OperationalError:
                # Asked once more, SQLAlchemy tells a lost connection from other trouble, and empties the pool of it.
                connection.exec_driver_sql(begin.decode(), execution_options={"no_parameters": True})
        except BaseException:
            connection.close()
            raise
        return connection

    def tenants(self) -> list[str]:
        """Every tenant's identifier, for sweeps that visit each in turn."""
        with self.anyone() as tx:
            return list(tx.execute(text("SELECT tenant_id FROM tenant_ids() AS t(tenant_id) ORDER BY 1")).scalars())

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
