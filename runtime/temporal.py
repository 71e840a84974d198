"""Temporal: the embedded dev server, the client, and the schedules that sweep."""

from __future__ import annotations

import asyncio
import subprocess
import sysconfig
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
)
from temporalio.service import RPCError

from activities.intake import IntakeInput
from activities.nudges import SEARCH_ATTRIBUTES, WORK_QUEUE
from activities.relay import RelayInput
from activities.webhook_delivery import DeliveryInput
from domain.errors import Unavailable
from runtime.codec import data_converter
from runtime.settings import Settings
from store.sealing import Keyring
from workflows.book_check import BookCheck
from workflows.book_upkeep import BookUpkeep
from workflows.cash_sweeps import CashSweeps
from workflows.intake import Intake
from workflows.outbox_relay import OutboxRelay
from workflows.reconciliation import Reconciliation
from workflows.sweep import Sweep
from workflows.webhook_delivery import WebhookDelivery

_CONNECT_SECONDS = 60


def program(name: str) -> Path:
    """A program that came with a wheel into this environment."""
    found = Path(sysconfig.get_path("scripts")) / name
    if not found.exists():
        raise Unavailable("program_missing", f"{found} is missing.", fix="Run make run, which installs it.")
    return found


def dev_server_command(settings: Settings) -> list[str]:
    """The embedded server: SQLite in WAL mode, one task-queue partition, pages on a port of their own."""
    partitions = ("matching.numTaskqueueReadPartitions=1", "matching.numTaskqueueWritePartitions=1")
    folder = settings.data_dir.resolve() / "temporal"
    folder.mkdir(parents=True, exist_ok=True)
    return [
        str(program("temporal")),
        "server",
        "start-dev",
        "--ip",
        "127.0.0.1",
        "--port",
        str(settings.temporal_port),
        "--ui-port",
        str(settings.temporal_ui_port),
        "--db-filename",
        str(folder / "temporal.db"),
        "--log-level",
        "error",
        *(part for pragma in ("journal_mode=WAL", "synchronous=NORMAL") for part in ("--sqlite-pragma", pragma)),
        *(part for value in partitions for part in ("--dynamic-config-value", value)),
        *(part for key in SEARCH_ATTRIBUTES for part in ("--search-attribute", f"{key.name}=Keyword")),
    ]


def start_dev_server(settings: Settings, log: Path) -> subprocess.Popen[bytes]:
    """Start the embedded server in a session of its own."""
    with log.open("ab") as file:
        return subprocess.Popen(  # noqa: S603 (our own wheel's program, arguments from settings)
            dev_server_command(settings), stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True
        )


def address(settings: Settings) -> str:
    """Where Temporal listens."""
    return settings.temporal_address or f"127.0.0.1:{settings.temporal_port}"


async def connect(settings: Settings, keyring: Keyring, *, seconds: float = _CONNECT_SECONDS) -> Client:
    """A client; a server that is starting is waited for."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            client = await Client.connect(
                address(settings), namespace=settings.temporal_namespace, data_converter=data_converter(keyring)
            )
            await client.count_workflows()
        except (RPCError, RuntimeError) as error:
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable(
                    "temporal_unreachable", f"Temporal does not answer at {address(settings)}.", fix="Start it."
                ) from error
            await asyncio.sleep(0.3)
        else:
            return client


async def prepare(client: Client) -> None:
    """Register the search attributes and the schedules that sweep; those that stand already are brought up to date."""
    await _search_attributes(client)
    for name, every, workflow_run in (
        ("intake", timedelta(seconds=20), (Intake.run, IntakeInput(), "intake/sweep")),
        ("outbox", timedelta(seconds=20), (OutboxRelay.run, RelayInput(), "outbox/sweep")),
        ("webhooks", timedelta(seconds=20), (WebhookDelivery.run, DeliveryInput(), "webhooks/sweep")),
        ("cases", timedelta(seconds=30), (Sweep.run, None, "cases/sweep")),
        ("book", timedelta(minutes=1), (BookUpkeep.run, None, "book/upkeep")),
        ("checks", timedelta(hours=1), (BookCheck.run, None, "book/check")),
        ("cash", timedelta(minutes=15), (CashSweeps.run, None, "cash/sweeps")),
        ("money", timedelta(minutes=10), (Reconciliation.run, None, "money/reconciliation")),
    ):
        run, argument, identifier = workflow_run
        action = ScheduleActionStartWorkflow(
            run,
            args=[] if argument is None else [argument],
            id=identifier,
            task_queue=WORK_QUEUE,
        )
        schedule = Schedule(
            action=action,
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)),
        )
        try:
            await client.create_schedule(f"sweep/{name}", schedule)
        except ScheduleAlreadyRunningError:
            standing = client.get_schedule_handle(f"sweep/{name}")
            await standing.update(lambda _, wanted=schedule: ScheduleUpdate(schedule=wanted))  # type: ignore[misc]  # the SDK allows sync updaters


async def _search_attributes(client: Client) -> None:
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {
        key.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
        for key in SEARCH_ATTRIBUTES
        if key.name not in known.custom_attributes
    }
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
