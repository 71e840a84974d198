"""The delivery workflow and its schedule: batches until nothing is due, on a real server, whoever was nudged."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.nudges import WORK_QUEUE, TemporalNudger
from activities.webhook_delivery import DeliveryDone, DeliveryInput
from activities.webhook_endpoints import EndpointWish, WebhookDesk
from gateway.desk import TemporalDesk
from runtime import clock, temporal
from runtime.workers import runner
from store import outgoing_events
from store.database import Database
from workflows.webhook_delivery import WebhookDelivery

pytestmark = pytest.mark.servers


class Batches:
    """Stands for the activity: so many batches have more behind them."""

    def __init__(self, more: int) -> None:
        self.more = more
        self.asked: list[str | None] = []

    @activity.defn(name="deliver_webhooks")
    def deliver_webhooks(self, request: DeliveryInput) -> DeliveryDone:
        self.asked.append(request.tenant_id)
        return DeliveryDone(delivered=2, more=len(self.asked) <= self.more)


@pytest.mark.parametrize(("more", "batches"), [(0, 1), (2, 3), (25, 26)])
def test_batches_follow_each_other_until_nothing_is_due(more: int, batches: int) -> None:
    async def run() -> list[str | None]:
        done = Batches(more)
        async with await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=str(temporal.program("temporal-test-server"))
        ) as env:
            with ThreadPoolExecutor(2) as threads:
                async with Worker(
                    env.client,
                    task_queue=WORK_QUEUE,
                    workflows=[WebhookDelivery],
                    activities=[done.deliver_webhooks],
                    activity_executor=threads,
                    workflow_runner=runner(),
                ):
                    await env.client.execute_workflow(
                        WebhookDelivery.run, DeliveryInput("ten_1"), id="webhooks/ten_1", task_queue=WORK_QUEUE
                    )
        return done.asked

    assert asyncio.run(run()) == ["ten_1"] * batches


def test_a_schedule_sweeps_and_a_nudge_starts_a_tenants_delivery() -> None:
    async def run() -> None:
        async with await WorkflowEnvironment.start_local(
            dev_server_existing_path=str(temporal.program("temporal")),
            search_attributes=temporal.SEARCH_ATTRIBUTES,
        ) as env:
            await temporal.prepare(env.client)
            standing = await env.client.get_schedule_handle("sweep/webhooks").describe()
            action = standing.schedule.action
            assert getattr(action, "workflow", None) == "WebhookDelivery"
            assert getattr(action, "task_queue", None) == WORK_QUEUE
            desk = TemporalDesk(env.client, asyncio.get_running_loop())
            desk.nudge_webhooks("ten_1")
            for _ in range(100):
                await asyncio.sleep(0.05)
                found = [one.id async for one in env.client.list_workflows("WorkflowId = 'webhooks/ten_1'")]
                if found:
                    break
            assert found == ["webhooks/ten_1"]

    asyncio.run(run())


def test_intake_starts_a_delivery_only_where_something_is_due(database: Database, tenant_id: str) -> None:
    started: list[str] = []

    class Line:
        async def start_workflow(self, _name: str, request: DeliveryInput, **given: Any) -> None:
            assert request == DeliveryInput(tenant_id)
            started.append(given["id"])

    async def run() -> None:
        nudger = TemporalNudger(database, cast("Client", Line()), asyncio.get_running_loop(), clock.now)
        await asyncio.to_thread(nudger.send_webhooks, tenant_id)
        assert started == []
        with database.tenant(tenant_id) as tx:
            desk = WebhookDesk(tx, tenant_id, clock.new_id, clock.now())
            desk.register(EndpointWish("https://hook.example/", ["day.closed"]), actor="ana")
            outgoing_events.emit(tx, "receipt.matched", "rcp_1", {}, clock.now())
        await asyncio.to_thread(nudger.send_webhooks, tenant_id)
        assert started == []
        with database.tenant(tenant_id) as tx:
            outgoing_events.emit(tx, "day.closed", "dcl_1", {}, clock.now())
        await asyncio.to_thread(nudger.send_webhooks, tenant_id)
        assert started == [f"webhooks/{tenant_id}"]

    asyncio.run(run())
