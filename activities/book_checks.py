"""Checking every book on live data, by a schedule: what breaks is kept, logged as an error, and shown to treasury."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog
from temporalio import activity

from ledger import invariants
from store import book_checks
from store.book_checks import BookCheck
from store.database import Database

_log = structlog.get_logger("book")


@dataclass(frozen=True)
class BooksChecked:
    """How many books were checked, and in how many of them a rule is broken."""

    books: int
    broken: int


@dataclass(frozen=True)
class BookCheckActivities:
    """Checking, visited by a schedule."""

    database: Database
    now: Callable[[], datetime]

    @activity.defn(name="check_books")
    def check_books(self) -> BooksChecked:
        """Check each tenant's book in a transaction of its own and keep what was found."""
        tenants = self.database.tenants()
        return BooksChecked(len(tenants), sum(not self.check(tenant_id).holds for tenant_id in tenants))

    def check(self, tenant_id: str) -> BookCheck:
        """Check one book."""
        with self.database.tenant(tenant_id) as tx:
            findings = invariants.check(tx)
            broken = [finding.code for finding in findings if finding.broken]
            check = BookCheck(self.now(), not broken, [asdict(finding) for finding in findings])
            book_checks.add(tx, check, tenant_id=tenant_id)
        if broken:
            _log.error("book_broken", tenant=tenant_id, invariants=broken)
        return check
