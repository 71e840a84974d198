"""Cash sweeps: every tenant's rules are visited; whether one sweeps now is for its own calendar and cut-off to say."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.sweep_visits import CashSweepActivities, CashSwept


@workflow.defn(name="CashSweeps")
class CashSweeps:
    """Started by a schedule; one visit for all rules, never a workflow for one sweep."""

    @workflow.run
    async def run(self) -> CashSwept:
        """Visit the rules once; returns what was swept."""
        return await workflow.execute_activity_method(
            CashSweepActivities.run_cash_sweeps,
            start_to_close_timeout=timedelta(minutes=10),
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=5), maximum_attempts=3),
        )
