"""What tests of several packages share: one PostgreSQL for each worker process, and a fresh tenant for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from runtime import clock
from runtime.migrations import migrate
from runtime.postgres import APPLICATION, OWNER, EmbeddedPostgres
from store import sealing, tenants
from store.database import Database
from store.sealing import Keyring


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A migrated server that lives as long as this worker."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False)
    server.start()
    try:
        migrate(server.url(OWNER))
        sealing.use(Keyring({1: bytes(range(32))}, 1, b"index key of the tests, 32 bytes", os.urandom))
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def database(postgres: EmbeddedPostgres) -> Iterator[Database]:
    """The database as the application sees it: bound by row-level security."""
    opened = Database(postgres.url(APPLICATION))
    yield opened
    opened.close()


@pytest.fixture
def new_tenant(database: Database) -> Callable[[], str]:
    """Founds a tenant and gives its identifier."""

    def found() -> str:
        tenant_id = clock.new_id("tenant")
        with database.tenant(tenant_id) as tx:
            tenants.create(tx, tenant_id=tenant_id, name="Tenant of a test", now=clock.now())
        return tenant_id

    return found


@pytest.fixture
def tenant_id(new_tenant: Callable[[], str]) -> str:
    """A tenant of this test alone."""
    return new_tenant()
