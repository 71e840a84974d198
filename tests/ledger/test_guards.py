"""The guards of the book, each of which a test misses when it is taken out: ``make soak`` tries them all."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import create_engine, text

from ledger import invariants
from runtime.postgres import OWNER, EmbeddedPostgres
from tests.ledger.mutants import BOOK, EXPLAINED, TESTS, WITNESSES, mutants

pytestmark = pytest.mark.servers


def test_guards_are_found_and_each_can_be_taken_out(owner: psycopg.Connection) -> None:
    found = mutants(owner)
    assert len({mutant.name for mutant in found}) == len(found) > 200
    for mutant in found:
        with owner.transaction(force_rollback=True):
            owner.execute(mutant.statement.encode())


def test_a_trigger_that_is_switched_off_is_seen_by_the_everyday_check(postgres: EmbeddedPostgres) -> None:
    powerful = create_engine(postgres.url(OWNER))
    triggers = text(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY (:tables)"
    )
    with powerful.connect() as tx:
        for table, trigger in tx.execute(triggers, {"tables": list(BOOK)}).all():
            with tx.begin_nested() as undone:
                tx.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
                found = {finding.code: finding.examples for finding in invariants.check(tx)}
                assert trigger in found["book_append_only"]
                undone.rollback()
    powerful.dispose()


def test_what_is_explained_is_still_a_guard(owner: psycopg.Connection) -> None:
    assert set(EXPLAINED) <= {mutant.name for mutant in mutants(owner)}


def test_witnesses_exist() -> None:
    assert [name for name in WITNESSES if not list(TESTS.rglob(f"test_{name}.py"))] == []
