"""Tenants: none sees or writes a row of another, in any table, and the application never runs as a role that could."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from domain.errors import Unavailable
from runtime.migrations import assert_bound
from runtime.postgres import APPLICATION, DATABASE, OWNER, EmbeddedPostgres
from store.database import Database

TABLES_OF_TENANTS = (
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped"
    " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'tenant_id' ORDER BY 1"
)

NEEDED = {
    "contact_report": {"result": "'attempt'"},
    "contact_stop": {"channel": "'sms'"},
    "hand_carried": {"actor": "'creditor'", "tries": "1"},
    "mail_report": {"kind": "'unknown'"},
    "contact_permit": {"channel": "'phone'", "actor": "'creditor'", "result": "'attempt'"},
    "contact_opt_out": {"channel": "'sms'"},
    "incoming_message": {"meaning": "'message'", "pieces_total": "1"},
    "notice_message": {"state": "'accepted'", "part": "1"},
    "stray_report": {"state": "'failed'"},
    "account_total": {"span": "'day'"},
    "bank_account": {"iban": "'x'"},
    "difference": {"state": "'open'"},
    "match_group": {"status": "'proposed'"},
    "connection_health": {"failures": "1"},
    "pay_link": {"token_sha256": "sha256(gen_random_uuid()::text::bytea)", "expires_at": "'2026-12-23T12:00:00Z'"},
    "recon_item": {"side": "'left'", "state": "'open'"},
    "source_file": {"state": "'received'"},
    "source_line": {"fee_minor": "0", "tax_minor": "0"},
    "sweep_rule": {"opens": "'09:00'", "status": "'paused'"},
    "sweep_rule_change": {"state": "'proposed'"},
    "sweep_run": {"state": "'planned'"},
    "webhook_endpoint": {"secret": "'x'"},
    "refund": {"state": "'proposed'"},
    "settlement_offer": {"amount_minor": "1"},
    "wording_approval": {"state": "'proposed'"},
}
"""What a check asks for beyond the columns that may never be null."""


@pytest.fixture
def owner(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    info = f"host={postgres.socket_folder} user={OWNER} dbname={DATABASE}"
    with psycopg.connect(info, autocommit=True) as connection:
        yield connection


@pytest.fixture
def tables(owner: psycopg.Connection) -> list[str]:
    """Every table that carries a tenant, those of the book included."""
    return [name for (name,) in owner.execute(TABLES_OF_TENANTS)]


@pytest.fixture
def peopled(owner: psycopg.Connection, tables: list[str], new_tenant: Callable[[], str]) -> str:
    """A tenant with a row in every table, written past every constraint."""
    tenant_id = new_tenant()
    for table in tables:
        names, values = zip(*_row(owner, table, tenant_id), strict=True)
        with owner.transaction():
            owner.execute("SET LOCAL session_replication_role = replica")
            owner.execute(
                f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE VALUES ({', '.join(values)})"
            )
    return tenant_id


def _row(owner: psycopg.Connection, table: str, tenant_id: str) -> list[tuple[str, str]]:
    columns = owner.execute(
        "SELECT column_name, udt_name, character_maximum_length FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND is_generated = 'NEVER'",
        [table],
    ).fetchall()
    row = {name: _value(name, kind, length, tenant_id) for name, kind, length in columns} | NEEDED.get(table, {})
    return [(f'"{name}"', value) for name, value in row.items()]


def _value(name: str, kind: str, length: int | None, tenant_id: str) -> str:
    if name == "tenant_id":
        return f"'{tenant_id}'"
    by_kind = {
        "text": f"'{tenant_id}'",
        "bpchar": f"'{'X' * (length or 1)}'",
        "int2": "2",
        "int4": "2",
        "numeric": "2",
        "int8": str(abs(hash(tenant_id)) % 10**12),
        "bool": "true",
        "date": "'2026-11-23'",
        "time": "'12:00'",
        "timestamptz": "'2026-11-23T12:00:00Z'",
        "jsonb": "'{}'",
        "bytea": "'x'",
        "_text": "'{}'",
        "_int4": "'{}'",
        "daterange": "'[2026-11-23,)'",
    }
    return by_kind[kind]


def counts(database: Database, tenant_id: str | None, tables: list[str]) -> dict[str, int]:
    """How many rows of each table are seen from within a tenant, or from none."""
    opened = database.anyone() if tenant_id is None else database.tenant(tenant_id)
    with opened as tx:
        return {table: tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}


def test_there_are_tables_of_tenants_to_look_at(tables: list[str]) -> None:
    assert {"party", "receipt", "notice", "posting", "account", "journal_entry", "timeline"} <= set(tables)


def test_a_tenant_sees_its_own_rows(database: Database, tables: list[str], peopled: str) -> None:
    assert all(counts(database, peopled, tables).values())


def test_a_tenant_sees_no_row_of_another_in_any_table(
    database: Database, tables: list[str], peopled: str, tenant_id: str
) -> None:
    assert peopled != tenant_id
    assert not any(counts(database, tenant_id, tables).values())


@pytest.mark.usefixtures("peopled")
def test_without_a_tenant_no_row_is_seen_in_any_table(database: Database, tables: list[str]) -> None:
    assert not any(counts(database, None, [*tables, "tenant"]).values())


def test_the_tenant_of_one_transaction_does_not_leak_into_the_next(
    database: Database, tables: list[str], peopled: str
) -> None:
    for _ in range(3):
        assert all(counts(database, peopled, tables).values())
        assert not any(counts(database, None, tables).values())


def test_a_row_of_another_tenant_is_not_written_in_any_table(
    database: Database, owner: psycopg.Connection, tables: list[str], new_tenant: Callable[[], str]
) -> None:
    mine, theirs = new_tenant(), new_tenant()
    for table in tables:
        names, values = zip(*_row(owner, table, theirs), strict=True)
        statement = f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE VALUES ({', '.join(values)})"
        with pytest.raises(DBAPIError) as caught, database.tenant(mine) as tx:
            tx.exec_driver_sql(statement)
        # A trigger that looks up what the row refers to finds nothing of another's before the policy is asked.
        assert caught.value.orig.sqlstate in {"42501", "P0002"}, table  # type: ignore[union-attr]  # psycopg's error


def test_a_row_cannot_be_given_to_another_tenant(
    database: Database, owner: psycopg.Connection, peopled: str, tenant_id: str
) -> None:
    writable = owner.execute(
        "SELECT table_name FROM information_schema.table_privileges WHERE grantee = %s AND privilege_type = 'UPDATE'"
        " AND table_name <> 'tenant'",
        [APPLICATION],
    ).fetchall()
    assert len(writable) > 10
    for (table,) in writable:
        with pytest.raises(DBAPIError) as caught, database.tenant(peopled) as tx:
            tx.exec_driver_sql(f"UPDATE {table} SET tenant_id = '{tenant_id}'")
        # A row that may not be changed at all says so before anybody looks at whose it would be.
        assert caught.value.orig.sqlstate in {"42501", "AF001"}, table  # type: ignore[union-attr]  # psycopg's error


def test_changing_and_deleting_touches_no_row_of_another(
    database: Database, tables: list[str], peopled: str, tenant_id: str
) -> None:
    with database.tenant(tenant_id) as tx:
        assert tx.exec_driver_sql("UPDATE party SET name = 'taken'").rowcount == 0
        assert tx.exec_driver_sql("DELETE FROM instalment").rowcount == 0
    assert all(counts(database, peopled, tables).values())


def test_every_table_of_a_tenant_has_row_level_security(owner: psycopg.Connection, tables: list[str]) -> None:
    secured = {name for (name,) in owner.execute("SELECT relname FROM pg_class WHERE relrowsecurity")}
    assert set(tables) | {"tenant"} <= secured


def test_the_application_role_is_bound(database: Database) -> None:
    with database.anyone() as tx:
        assert_bound(tx)


def test_the_owner_is_refused_as_the_application_role(postgres: EmbeddedPostgres) -> None:
    engine = create_engine(postgres.url(OWNER))
    try:
        with engine.connect() as connection, pytest.raises(Unavailable, match="rls_not_enforced"):
            assert_bound(connection)
    finally:
        engine.dispose()


def test_a_role_that_bypasses_row_level_security_is_refused(
    postgres: EmbeddedPostgres, owner: psycopg.Connection
) -> None:
    owner.execute("CREATE ROLE bypasser LOGIN BYPASSRLS")
    engine = create_engine(postgres.url("bypasser"))
    try:
        with engine.connect() as connection, pytest.raises(Unavailable, match="rls_not_enforced"):
            assert_bound(connection)
    finally:
        engine.dispose()
        owner.execute("DROP ROLE bypasser")


def test_every_tenant_can_be_visited_in_turn(database: Database, new_tenant: Callable[[], str]) -> None:
    founded = {new_tenant(), new_tenant()}
    assert founded <= set(database.tenants())


def test_a_database_that_is_away_is_an_error_with_a_code() -> None:
    away = Database("postgresql+psycopg://nobody@/nothing?host=/nonexistent")
    try:
        with pytest.raises(Unavailable, match="database_unreachable"), away.anyone():
            pass
    finally:
        away.close()
