"""The worker process: takes turns of cases, and does the work of intake, outbox, imports and sweeps."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.book_checks import BookCheckActivities
from activities.incoming_texts import IncomingTexts
from activities.intake import IntakeActivities
from activities.nudges import CASE_QUEUE, WORK_QUEUE, NudgeActivities, TemporalNudger
from activities.portfolios import PortfolioActivities
from activities.reconciliation_visits import ReconciliationActivities
from activities.refund_calls import Refunder
from activities.relay import RelayActivities
from activities.seals import SealActivities
from activities.sweep_visits import CashSweepActivities
from activities.turns import TurnActivities
from activities.webhook_delivery import WebhookActivities
from connectors.channels import ChannelTransport, Line
from runtime import clock, temporal, wiring
from runtime.wiring import Base
from workflows.book_check import BookCheck
from workflows.book_upkeep import BookUpkeep
from workflows.cash_sweeps import CashSweeps
from workflows.collection_case import CollectionCase
from workflows.intake import Intake
from workflows.outbox_relay import OutboxRelay
from workflows.portfolio_import import PortfolioImport
from workflows.reconciliation import Reconciliation
from workflows.sweep import Sweep
from workflows.webhook_delivery import WebhookDelivery

_THREADS = 8
_CACHED_CASES = 2000
_log = structlog.get_logger("worker")


def case_worker(parts: Base, client: Client, executor: ThreadPoolExecutor) -> Worker:
    """Cases and their turns."""
    turns = TurnActivities(parts.database, clock.new_id, clock.now)
    return Worker(
        client,
        task_queue=CASE_QUEUE,
        workflows=[CollectionCase],
        activities=[turns.take_turn],
        activity_executor=executor,
        max_cached_workflows=_CACHED_CASES,
        graceful_shutdown_timeout=timedelta(seconds=20),
        workflow_runner=runner(),
    )


def work_worker(
    parts: Base,
    client: Client,
    executor: ThreadPoolExecutor,
    *,
    nudger: TemporalNudger,
    transports: Sequence[ChannelTransport],
) -> Worker:
    """Everything that is done in batches."""
    intake = IntakeActivities(parts.database, nudger, clock.new_id, clock.now, wiring.transport(parts.settings))
    relay = RelayActivities(
        parts.database,
        wiring.issuer(parts),
        transports,
        clock.new_id,
        clock.now,
        parts.settings.public_url,
        Refunder(parts.database, wiring.transport(parts.settings), clock.new_id, clock.now),
    )
    portfolios = PortfolioActivities(parts.database, nudger, clock.new_id, clock.now)
    seal = SealActivities(parts.database, clock.now)
    check = BookCheckActivities(parts.database, clock.now)
    sweep = NudgeActivities(parts.database, nudger, clock.new_id, clock.now)
    cash = CashSweepActivities(parts.database, wiring.rate_book(parts.settings), clock.new_id, clock.now)
    money = ReconciliationActivities(parts.database, clock.new_id, clock.now)
    hooks = WebhookActivities(parts.database, wiring.webhook_sender(parts.settings), clock.chance, clock.now)
    return Worker(
        client,
        task_queue=WORK_QUEUE,
        workflows=[
            BookCheck,
            BookUpkeep,
            CashSweeps,
            Intake,
            OutboxRelay,
            PortfolioImport,
            Reconciliation,
            Sweep,
            WebhookDelivery,
        ],
        activities=[
            intake.intake_batch,
            relay.relay_batch,
            portfolios.import_portfolio,
            portfolios.start_cases,
            sweep.sweep,
            seal.seal_blocks,
            check.check_books,
            cash.run_cash_sweeps,
            money.reconcile_all,
            hooks.deliver_webhooks,
        ],
        activity_executor=executor,
        graceful_shutdown_timeout=timedelta(seconds=20),
        workflow_runner=runner(),
    )


def runner() -> SandboxedWorkflowRunner:
    """The sandbox with its restrictions, and our own modules passed through: they are imported once."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules("domain", "activities", "store", "connectors")
    return SandboxedWorkflowRunner(restrictions=restrictions)


async def serve(parts: Base) -> None:
    """Work until told to stop, then finish what is in hand."""
    client = await temporal.connect(parts.settings, parts.keys.ring)
    await temporal.prepare(client)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="activity") as executor:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(case_worker(parts, client, executor))
            nudger = TemporalNudger(parts.database, client, asyncio.get_running_loop(), clock.now)
            texts = IncomingTexts(parts.database, nudger, clock.new_id, clock.now)
            transports = wiring.transports(parts.settings, texts.hear)
            for line in transports:
                if isinstance(line, Line):
                    line.start()
                    stack.callback(line.close)  # after the worker below has ended
            working = work_worker(parts, client, executor, nudger=nudger, transports=transports)
            await stack.enter_async_context(working)
            _log.info("worker_ready")
            await stop.wait()
    _log.info("worker_stopped")


def main(parts: Base) -> None:
    """Run the worker and leave without the interpreter's shutdown, which can abort inside the SDK (sdk-python#300)."""
    asyncio.run(serve(parts))
    parts.database.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
