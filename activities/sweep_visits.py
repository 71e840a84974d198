"""The schedule's visit to the rules of cash sweeps: what is too late is given up, what is due is planned and booked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from temporalio import activity

from activities.sweeps import SCHEDULE, Desk, give_up, plan_run, send, taken
from connectors.rates.book import RateBook
from domain.errors import AfluenteError, Refused
from domain.ids import NewId
from domain.sweep_runs import WAITING, RunState
from domain.sweeps import NotNow, Reason, RuleStatus
from store import sweep_runs, sweeps
from store.database import Database

_log = structlog.get_logger("cash_sweeps")


@dataclass(frozen=True)
class CashSwept:
    """What one visit did, over every tenant: sweeps booked, given to a person to approve, failed, and given up."""

    sent: int = 0
    awaiting: int = 0
    failed: int = 0
    cancelled: int = 0


@dataclass(frozen=True)
class CashSweepActivities:
    """Sweeping, visited by a schedule; two visits at once sweep nothing twice."""

    database: Database
    rates: RateBook
    new_id: NewId
    now: Callable[[], datetime]

    @activity.defn(name="run_cash_sweeps")
    def run_cash_sweeps(self) -> CashSwept:
        """Visit every tenant's rules once."""
        seen: Counter[RunState] = Counter()
        for tenant_id in self.database.tenants():
            seen.update(self.visit(tenant_id))
        return CashSwept(
            sent=seen[RunState.SENT],
            awaiting=seen[RunState.AWAITING_APPROVAL],
            failed=seen[RunState.FAILED],
            cancelled=seen[RunState.CANCELLED],
        )

    def visit(self, tenant_id: str) -> list[RunState]:
        """Give up what is too late, then sweep every active rule; one rule's trouble is not another's."""
        with self.database.tenant(tenant_id) as tx:
            late = [run.id for run in sweep_runs.overdue(tx, now=self.now())]
            found = [stored.rule.id for stored in sweeps.rules(tx, status=RuleStatus.ACTIVE)]
        states = [self._one(tenant_id, run_id, self._lapse) for run_id in late]
        states += [self._one(tenant_id, rule_id, self._sweep) for rule_id in found]
        return [state for state in states if state is not None]

    def _one(self, tenant_id: str, subject: str, work: Callable[[str, str], RunState | None]) -> RunState | None:
        try:
            return work(tenant_id, subject)
        except AfluenteError as error:
            _log.warning("cash_sweep_refused", tenant=tenant_id, subject=subject, code=error.code)
            return None

    def _lapse(self, tenant_id: str, run_id: str) -> RunState:
        passed = Refused(Reason.CUT_OFF_PASSED.value, "Its cut-off passed before it was sent.")
        with self.database.tenant(tenant_id) as tx:
            desk = self.desk(tenant_id)
            return give_up(tx, desk, taken(tx, run_id, *WAITING), passed, actor=SCHEDULE).state

    def _sweep(self, tenant_id: str, rule_id: str) -> RunState | None:
        desk = self.desk(tenant_id)
        with self.database.tenant(tenant_id) as tx:
            waiting = sweep_runs.planned(tx, rule_id)
            found = waiting[0] if waiting else plan_run(tx, desk, rule_id, requested_by=SCHEDULE)
        if isinstance(found, NotNow):
            return None
        if found.state is RunState.AWAITING_APPROVAL:
            return found.state
        with self.database.tenant(tenant_id) as tx:
            return send(tx, desk, found.id).state

    def desk(self, tenant_id: str) -> Desk:
        """What a tenant's sweeps need now."""
        return Desk(tenant_id, self.rates, self.new_id, self.now())
