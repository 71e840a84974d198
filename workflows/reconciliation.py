"""Reconciliation: files that wait are read and every context is compared; a person's proposals wait in the database."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.reconciliation_visits import Reconciled, ReconciliationActivities


@workflow.defn(name="Reconciliation")
class Reconciliation:
    """Started by a schedule; one visit for all contexts, never a workflow for one line."""

    @workflow.run
    async def run(self) -> Reconciled:
        """Visit every tenant once; returns what was found."""
        return await workflow.execute_activity_method(
            ReconciliationActivities.reconcile_all,
            start_to_close_timeout=timedelta(hours=2),
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=30), maximum_attempts=3),
        )
