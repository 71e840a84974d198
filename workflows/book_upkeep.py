"""Looking after the book: seals what is safe to seal and lets reservations lapse whose time is over."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.seals import SealActivities, SealRun


@workflow.defn(name="BookUpkeep")
class BookUpkeep:
    """Started by a schedule; running it twice does nothing more."""

    @workflow.run
    async def run(self) -> SealRun:
        """Look after every tenant's book once; returns what was sealed."""
        return await workflow.execute_activity_method(
            SealActivities.seal_blocks,
            start_to_close_timeout=timedelta(minutes=10),
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=5), maximum_attempts=3),
        )
