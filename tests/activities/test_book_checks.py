"""The scheduled check of books: what it finds is kept, the newest is read, and what breaks says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from activities.book_checks import BookCheckActivities
from ledger import invariants
from ledger.invariants import Finding
from store import book_checks
from store.database import Database

pytestmark = pytest.mark.servers

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_book_that_holds_is_kept_as_such(database: Database, tenant_id: str) -> None:
    assert BookCheckActivities(database, lambda: NOW).check(tenant_id).holds
    with database.tenant(tenant_id) as tx:
        newest = book_checks.newest(tx)
    assert newest is not None
    assert (newest.checked_at, newest.holds) == (NOW, True)
    assert len(newest.findings) > 20
    assert {"number", "code", "statement", "broken", "examples"} == set(newest.findings[0])


def test_before_the_first_check_there_is_none(database: Database, tenant_id: str) -> None:
    with database.tenant(tenant_id) as tx:
        assert book_checks.newest(tx) is None


def test_a_broken_rule_is_counted(database: Database, tenant_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Finding("entries_balanced", "Every entry sums to zero.", 2, ("7", "9"))
    monkeypatch.setattr(invariants, "check", lambda _: [broken])
    desk = BookCheckActivities(database, lambda: NOW)
    assert not desk.check(tenant_id).holds
    found = desk.check_books()
    assert found.broken == found.books > 0


def test_old_checks_go(database: Database, tenant_id: str) -> None:
    desk = BookCheckActivities(database, lambda: NOW - timedelta(days=91))
    desk.check(tenant_id)
    BookCheckActivities(database, lambda: NOW).check(tenant_id)
    with database.tenant(tenant_id) as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM book_check").scalar_one() == 1
