"""Migrations: what they make is what the code says there is, and they run over a database that holds data."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

import store
from ledger import tables as book_tables
from runtime import migrations
from runtime.postgres import DATABASE, OWNER, EmbeddedPostgres
from store.schema import metadata


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[Engine]:
    """A database of this test's own, as its owner, without a schema."""
    info = f"host={postgres.socket_folder} user={OWNER} dbname={DATABASE}"
    with psycopg.connect(info, autocommit=True) as connection:
        connection.execute("CREATE DATABASE scratch")
        engine = create_engine(postgres.url(OWNER, "scratch"))
        yield engine
        engine.dispose()
        connection.execute("DROP DATABASE scratch WITH (FORCE)")


def upgrade(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        command.upgrade(migrations._config(connection), revision)


def test_the_migrated_schema_is_the_one_that_the_code_speaks_of(postgres: EmbeddedPostgres) -> None:
    for module in pkgutil.iter_modules(store.__path__):
        if not module.ispkg:
            importlib.import_module(f"store.{module.name}")
    assert book_tables.posting.name in metadata.tables
    engine = create_engine(postgres.url(OWNER))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "include_object": _ours, "compare_server_default": False}
            )
            assert compare_metadata(context, metadata) == []
    finally:
        engine.dispose()


def _ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:  # noqa: FBT001 (Alembic's signature)
    """Exclusion constraints come with an index of their own, which the code does not list apart."""
    return not (kind == "index" and name is not None and name.startswith("ex_"))


@pytest.mark.filterwarnings("ignore:Computed default")
def test_every_check_and_exclusion_of_the_code_stands_in_the_database(postgres: EmbeddedPostgres) -> None:
    said = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if constraint.__visit_name__ in ("check_constraint", "table_or_column_check_constraint", "exclude_constraint")
    }
    engine = create_engine(postgres.url(OWNER))
    try:
        with engine.connect() as connection:
            standing = set(
                connection.execute(
                    text(
                        "SELECT conname FROM pg_constraint WHERE contype IN ('c', 'x')"
                        " AND connamespace = 'public'::regnamespace"
                    )
                ).scalars()
            )
    finally:
        engine.dispose()
    assert said == standing


def test_the_book_is_migrated_into_a_database_that_holds_data(empty: Engine) -> None:
    upgrade(empty, "0001")
    with empty.begin() as connection:
        connection.execute(text("INSERT INTO tenant VALUES ('ten_1', 'Before', now())"))
        connection.execute(
            text(
                "INSERT INTO creditor (id, tenant_id, name, country, contact, lender_type, settlement_currency,"
                " parent_account_id, created_at) VALUES ('cre_1', 'ten_1', 'A', 'CN', 'x', 'bank', 'USD', 'acc', now())"
            )
        )
    upgrade(empty, "head")
    with empty.begin() as connection:
        assert connection.execute(text("SELECT name FROM creditor")).scalar_one() == "A"
        assert connection.execute(text("SELECT count(*) FROM posting")).scalar_one() == 0


def test_migrating_again_changes_nothing(empty: Engine, postgres: EmbeddedPostgres) -> None:
    for _ in range(2):
        migrations.migrate(postgres.url(OWNER, "scratch"))
    with empty.connect() as connection:
        newest = ScriptDirectory.from_config(migrations._config(connection)).get_current_head()
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == newest


def test_a_migration_that_fails_leaves_nothing_behind(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE timeline (seq bigint)"))
    with pytest.raises(Exception, match="timeline"):
        upgrade(empty, "head")
    with empty.connect() as connection:
        names = set(connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars())
    assert names == {"timeline"}
