"""Transactions of the pool: each begins in its tenant, commits or leaves nothing, and outlives a server that went."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from runtime.postgres import APPLICATION, DATABASE, OWNER, EmbeddedPostgres
from store.database import Database


@pytest.fixture
def pool_of_one(postgres: EmbeddedPostgres) -> Iterator[Database]:
    opened = Database(postgres.url(APPLICATION), pool_size=1)
    yield opened
    opened.close()


@pytest.fixture
def end_backend(postgres: EmbeddedPostgres) -> Callable[[int], None]:
    """Ends the server's side of a connection, as a server that is restarted does."""

    def ended(backend: int) -> None:
        info = f"host={postgres.socket_folder} user={OWNER} dbname={DATABASE}"
        with psycopg.connect(info, autocommit=True) as owner:
            owner.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])

    return ended


def backend_of(database: Database, tenant_id: str) -> int:
    with database.tenant(tenant_id) as tx:
        return int(tx.execute(text("SELECT pg_backend_pid()")).scalar_one())


@pytest.mark.parametrize("tenant_id", ["ten_1", "it's", "back\\slash'; SELECT 1; --", 'say "ten"', "中 %s :x"])
def test_a_transaction_is_of_its_tenant_whatever_its_name(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        assert tx.execute(text("SELECT this_tenant()")).scalar_one() == tenant_id


def test_the_tenant_is_forgotten_with_the_transaction(pool_of_one: Database) -> None:
    with pool_of_one.tenant("ten_1"):
        pass
    with pool_of_one.anyone() as tx:
        assert tx.execute(text("SELECT this_tenant()")).scalar_one() is None


def test_what_an_error_leaves_is_not_written(pool_of_one: Database, tenant_id: str) -> None:
    rename = text("UPDATE tenant SET name = CASE WHEN :by = 0 THEN 'half' ELSE (1 / (:by - 1))::text END")

    def halve() -> None:
        with pool_of_one.tenant(tenant_id) as tx:
            tx.execute(rename, {"by": 0})
            tx.execute(rename, {"by": 1})

    with pytest.raises(DBAPIError):
        halve()
    with pool_of_one.tenant(tenant_id) as tx:
        assert tx.execute(text("SELECT name FROM tenant")).scalar_one() != "half"


def test_a_connection_that_the_server_dropped_is_replaced(
    pool_of_one: Database, end_backend: Callable[[int], None], tenant_id: str
) -> None:
    first = backend_of(pool_of_one, tenant_id)
    end_backend(first)
    assert backend_of(pool_of_one, tenant_id) != first


def test_every_connection_that_the_server_dropped_is_replaced(
    database: Database, end_backend: Callable[[int], None], tenant_id: str
) -> None:
    with database.tenant(tenant_id) as one, database.tenant(tenant_id) as other:
        backends = [tx.execute(text("SELECT pg_backend_pid()")).scalar_one() for tx in (one, other)]
    for backend in backends:
        end_backend(backend)
    with database.tenant(tenant_id) as one, database.tenant(tenant_id) as other:
        assert [tx.execute(text("SELECT 1")).scalar_one() for tx in (one, other)] == [1, 1]


def test_transactions_of_the_application_are_savepointed(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        inner = tx.begin_nested()
        tx.execute(text("SELECT set_config('afluente.inner', 'set', true)"))
        inner.rollback()
        assert tx.execute(text("SELECT current_setting('afluente.inner', true)")).scalar_one() in (None, "")
        assert tx.execute(text("SELECT this_tenant()")).scalar_one() == tenant_id
