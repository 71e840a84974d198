"""Relaying the outbox: batches until nothing is due."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.relay import RelayActivities, RelayInput

_BATCHES_A_RUN = 20
_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30), maximum_attempts=5)


@workflow.defn(name="OutboxRelay")
class OutboxRelay:
    """Started by a schedule; the rows say what is due, so a run that dies loses nothing."""

    @workflow.run
    async def run(self, request: RelayInput) -> int:
        """Relay batches while more are due; returns how many notices this run sent."""
        sent = 0
        for _ in range(_BATCHES_A_RUN):
            done = await workflow.execute_activity_method(
                RelayActivities.relay_batch,
                request,
                start_to_close_timeout=timedelta(minutes=10),
                retry_policy=_RETRY,
            )
            sent += done.sent
            if not done.more:
                return sent
        return workflow.continue_as_new(request)
