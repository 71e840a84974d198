"""The schedule's visit: files that wait are read, then every context of every tenant is compared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from temporalio import activity

from activities.reconciliation import Context, ReconciliationDesk
from activities.statement_files import FileDesk
from domain.errors import AfluenteError
from domain.ids import NewId
from store import statement_files
from store.database import Database

_FILES = 20  # of a tenant in one visit
_log = structlog.get_logger("reconciliation")


@dataclass(frozen=True)
class Reconciled:
    """What one visit did, over every tenant: files read, contexts compared, groups confirmed and proposed."""

    files: int = 0
    contexts: int = 0
    confirmed: int = 0
    proposed: int = 0
    failed: int = 0


@dataclass(frozen=True)
class ReconciliationActivities:
    """Reconciling, visited by a schedule; two visits at once match nothing twice."""

    database: Database
    new_id: NewId
    now: Callable[[], datetime]

    @activity.defn(name="reconcile_all")
    def reconcile_all(self) -> Reconciled:
        """Visit every tenant once; what fails of one does not keep the others back."""
        visits = [self.visit(tenant_id) for tenant_id in self.database.tenants()]
        return Reconciled(
            *(sum(getattr(one, name) for one in visits) for name in Reconciled.__dataclass_fields__),
        )

    def visit(self, tenant_id: str) -> Reconciled:
        """Read a tenant's files that wait, then compare each of its contexts; each in a transaction of its own."""
        with self.database.tenant(tenant_id) as tx:
            waiting = statement_files.received(tx, limit=_FILES)
        for file_id in waiting:
            with self.database.tenant(tenant_id) as tx:
                FileDesk(tx, self.new_id, self.now()).read_in(file_id)
        with self.database.tenant(tenant_id) as tx:
            contexts = ReconciliationDesk(tx, self.new_id, self.now()).contexts()
        statuses: list[str] = []
        failed = 0
        for context in contexts:
            try:
                statuses += self._run(tenant_id, context)
            except AfluenteError as error:
                failed += 1
                _log.warning("context_failed", tenant=tenant_id, leg=context.leg.value, code=error.code)
        return Reconciled(
            files=len(waiting),
            contexts=len(contexts),
            confirmed=statuses.count("confirmed"),
            proposed=len(statuses) - statuses.count("confirmed"),
            failed=failed,
        )

    def _run(self, tenant_id: str, context: Context) -> list[str]:
        with self.database.tenant(tenant_id) as tx:
            found = ReconciliationDesk(tx, self.new_id, self.now()).run(context, actor="schedule")
        return [group.status for group in found.groups]
