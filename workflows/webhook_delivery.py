"""Delivering webhooks: batches until nothing is due."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.webhook_delivery import DeliveryInput, WebhookActivities

_BATCHES_A_RUN = 20
_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30), maximum_attempts=5)


@workflow.defn(name="WebhookDelivery")
class WebhookDelivery:
    """Started by a nudge for one tenant, or by a schedule for all; never one workflow for one event."""

    @workflow.run
    async def run(self, request: DeliveryInput) -> int:
        """Deliver batches while more are due; returns how many deliveries this run brought over."""
        delivered = 0
        for _ in range(_BATCHES_A_RUN):
            done = await workflow.execute_activity_method(
                WebhookActivities.deliver_webhooks,
                request,
                start_to_close_timeout=timedelta(minutes=10),
                retry_policy=_RETRY,
            )
            delivered += done.delivered
            if not done.more:
                return delivered
        return workflow.continue_as_new(request)
