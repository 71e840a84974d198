"""Whoever connects as the application writes the book through its functions only, whatever SQL they find to try."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from ledger import account_states, invariants, posting
from ledger.account_states import Cause
from store.database import Database
from tests.ledger.conftest import NOW, Book

BOOK = (
    *("account", "account_balance", "account_balance_day", "account_closure", "account_event"),
    *("account_parent_history", "journal_entry", "posting", "reservation", "reservation_step", "seal", "seal_progress"),
    *("account_total", "account_total_progress"),
)
DENIED = "42501"
Ask = Callable[[str], str]


@pytest.fixture
def ask(database: Database, book: Book) -> Ask:
    """The SQL state with which the application's connection is refused a statement."""

    def asked(statement: str) -> str:
        with database.tenant(book.tenant_id) as tx:
            driver: Any = tx.connection.driver_connection
            with pytest.raises(psycopg.Error) as caught:
                driver.execute(statement.encode())
            driver.rollback()
        return caught.value.sqlstate or ""

    return asked


@pytest.mark.parametrize("table", BOOK)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO {} DEFAULT VALUES",
        "UPDATE {} SET tenant_id = tenant_id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "COPY {} FROM STDIN",
        "MERGE INTO {} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
        "SELECT FROM {} FOR UPDATE",
        "LOCK TABLE {} IN EXCLUSIVE MODE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
        "CREATE TRIGGER mine BEFORE INSERT ON {} EXECUTE FUNCTION refuse_change()",
        "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING",
        "DROP TABLE {} CASCADE",
    ],
)
def test_no_table_of_the_book_is_written(ask: Ask, table: str, statement: str) -> None:
    assert ask(statement.format(table)) == DENIED


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "ALTER ROLE afluente_app SUPERUSER",
        "ALTER ROLE afluente_app BYPASSRLS",
        "CREATE TABLE public.account_copy (no bigint)",
        "CREATE FUNCTION public.this_tenant_too() RETURNS text LANGUAGE sql AS $$ SELECT '' $$",
        "CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "ALTER FUNCTION book_seal SECURITY INVOKER",
        "DROP TRIGGER posting_stays ON posting",
        "DROP POLICY tenant_rows ON posting",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION dblink",
        "SELECT nextval('journal_entry_seq_seq')",
        "SELECT setval('journal_entry_seq_seq', 1)",
        "COPY posting TO PROGRAM 'true'",
        "SET row_security = off; SELECT FROM posting",
        "INSERT INTO posting VALUES (1, 1, '', 1, '', 1, now()) ON CONFLICT (entry_seq, line) DO UPDATE SET line = 2",
        "SELECT book_pend(1, true, -1)",
        "SELECT account_note(1, 'frozen', now(), 'a', 'b', '{}')",
        "SELECT account_hold_subtree(1)",
        "SELECT account_number('x')",
        "SELECT pg_read_file('postgresql.conf')",
        "UPDATE timeline SET actor = 'nobody'",
        "DELETE FROM case_turn",
    ],
)
def test_there_is_no_way_around_the_doors(ask: Ask, statement: str) -> None:
    assert ask(statement) == DENIED


@pytest.mark.parametrize("table", BOOK)
def test_nobody_grants_what_they_lack(database: Database, book: Book, ask: Ask, table: str) -> None:
    with database.tenant(book.tenant_id) as tx:
        tx.exec_driver_sql(f"GRANT ALL ON {table} TO afluente_app")  # a warning, no error
    assert ask(f"DELETE FROM {table}") == DENIED


def test_without_a_tenant_nothing_of_the_book_is_seen(database: Database, book: Book) -> None:
    with database.tenant(book.tenant_id) as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM account").scalar_one() > 0
    with database.anyone() as tx:
        for table in BOOK:
            assert tx.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


# Tables that lie before the book's ----------------------------------------------------------------------------


def test_every_function_with_rights_of_its_own_looks_among_temporary_tables_last(owner: psycopg.Connection) -> None:
    """A path that does not name them has them first."""
    rows = owner.execute(
        "SELECT p.proname, array_to_string(p.proconfig, ';') FROM pg_proc p"
        " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname = 'public'"
    ).fetchall()
    assert rows
    assert [name for name, settings in rows if not re.search(r"search_path=public, pg_temp(;|$)", settings or "")] == []


def test_an_account_laid_before_the_books_opens_nothing(database: Database, book: Book) -> None:
    with database.tenant(book.tenant_id) as tx:
        account_states.freeze(tx, book.placed, Cause("ana", "audit", NOW))
    entry = book.entry((book.receivable, 5), (book.placed, -5))
    with database.tenant(book.tenant_id) as tx:
        tx.exec_driver_sql("CREATE TEMP TABLE account ON COMMIT DROP AS SELECT * FROM public.account")
        tx.exec_driver_sql("UPDATE pg_temp.account SET frozen_at = NULL")
        tx.exec_driver_sql("GRANT ALL ON pg_temp.account TO PUBLIC")
        (done,) = posting.post(tx, [entry], now=NOW)
    assert (done.outcome, done.code) == ("refused", "account_frozen")


@pytest.mark.parametrize("table", BOOK)
def test_no_table_laid_before_the_books_takes_what_is_posted(database: Database, book: Book, table: str) -> None:
    with database.tenant(book.tenant_id) as tx:
        tx.exec_driver_sql(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS SELECT * FROM public.{table}")
        tx.exec_driver_sql(f"GRANT ALL ON pg_temp.{table} TO PUBLIC")
        (done,) = posting.post(tx, [book.move(5)], now=NOW)
        assert done.outcome == "created"
    with database.tenant(book.tenant_id) as tx:
        assert [finding.code for finding in invariants.check(tx) if finding.broken] == []
