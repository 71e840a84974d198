"""Reading the inbox: batches until it is empty."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.intake import IntakeActivities, IntakeInput

_BATCHES_A_RUN = 20
_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30), maximum_attempts=5)


@workflow.defn(name="Intake")
class Intake:
    """Started by a nudge for one tenant, or by a schedule for all; never one workflow for one receipt."""

    @workflow.run
    async def run(self, request: IntakeInput) -> int:
        """Read batches while there are more; returns how many deliveries this run read."""
        read = 0
        for _ in range(_BATCHES_A_RUN):
            done = await workflow.execute_activity_method(
                IntakeActivities.intake_batch,
                request,
                start_to_close_timeout=timedelta(minutes=2),
                retry_policy=_RETRY,
            )
            read += done.deliveries
            if not done.more:
                return read
        return workflow.continue_as_new(request)
