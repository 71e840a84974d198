"""The migration that gives postings their day, over a book that holds entries: theirs, and nothing else changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
from alembic import command
from sqlalchemy import Engine, create_engine

from runtime import migrations
from runtime.postgres import DATABASE, OWNER, EmbeddedPostgres

pytestmark = pytest.mark.servers

_BOOK = """
INSERT INTO tenant VALUES ('ten_1', 'Before', now());
SELECT set_config('afluente.tenant', 'ten_1', false);
SELECT book_open_account('acc_root', NULL, 'cre', 'parent', 'p', 'BRL', false, NULL, NULL, '', now());
SELECT book_open_account('acc_' || n, 'acc_root', 'cre', 'clearing', 'c', 'BRL', true, NULL, NULL, n, now())
FROM unnest(ARRAY['a', 'b']) n;
"""
_ENTRY = (
    "SELECT book_post_plain('ent_' || d, 'test', 'key_' || d, '', d, 's', '{}', now(), ARRAY['acc_a', 'acc_b'], 'BRL',"
    " ARRAY[5, -5]::bigint[]) FROM unnest(%s::date[]) d"
)
DAYS = [date(2026, 11, 3), date(2026, 11, 1), date(2024, 2, 29)]


@pytest.fixture
def engine(postgres: EmbeddedPostgres) -> Iterator[Engine]:
    """A database of this test's own, as its owner, with a book as it was before the migration."""
    info = f"host={postgres.socket_folder} user={OWNER} dbname={DATABASE}"
    with psycopg.connect(info, autocommit=True) as connection:
        connection.execute("CREATE DATABASE days_scratch")
        made = create_engine(postgres.url(OWNER, "days_scratch"))
        yield made
        made.dispose()
        connection.execute("DROP DATABASE days_scratch WITH (FORCE)")


def upgrade(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        command.upgrade(migrations._config(connection), revision)


def test_postings_that_stand_get_the_day_of_their_entry(engine: Engine) -> None:
    upgrade(engine, "0016")
    with engine.begin() as tx:
        driver = tx.connection.driver_connection
        assert driver is not None
        driver.execute(_BOOK)
        driver.execute(_ENTRY, [DAYS])
        before = driver.execute("SELECT * FROM posting ORDER BY 1, 2").fetchall()
    assert len(before) == 2 * len(DAYS)
    upgrade(engine, "head")
    with engine.begin() as tx:
        driver = tx.connection.driver_connection
        assert driver is not None
        after = driver.execute("SELECT * FROM posting ORDER BY 1, 2").fetchall()
        assert [row[:6] for row in after] == before
        assert [row[6] for row in after] == [day for day in DAYS for _ in range(2)]
        with pytest.raises(psycopg.Error, match="posting"), driver.transaction():
            driver.execute("UPDATE posting SET effective_date = now()")
