"""The sweep: finds what a crash left un-nudged."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.nudges import NudgeActivities, Swept


@workflow.defn(name="Sweep")
class Sweep:
    """Started by a schedule."""

    @workflow.run
    async def run(self) -> Swept:
        """Sweep once; returns what was found."""
        return await workflow.execute_activity_method(
            NudgeActivities.sweep,
            start_to_close_timeout=timedelta(minutes=5),
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=5), maximum_attempts=3),
        )
