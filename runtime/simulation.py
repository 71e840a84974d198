"""A case under simulated time: the real workflow and the real turns on a server that skips time.

Everything is as in production but the clock and the channel: time is the server's, and notices are kept.
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
import structlog
from temporalio.api.enums.v1 import EventType, IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities import creditors as desk
from activities import portfolios
from activities.creditors import NewConnection, NewCreditor
from activities.intake import IntakeActivities
from activities.nudges import CASE_QUEUE, SEARCH_ATTRIBUTES, CaseInput, ImportInput
from activities.payment_requests import Issuer
from activities.portfolios import PortfolioActivities
from activities.relay import RelayActivities
from activities.turns import TurnActivities
from activities.wording_desk import WordingDesk
from connectors.channels.outbox import Outbox
from connectors.transport import Transport
from domain.day_close import Actor
from domain.errors import Invalid, Unavailable
from runtime import clock
from runtime.temporal import program
from runtime.workers import runner
from store import cases, inbox, notices, payment_requests, timeline
from store import portfolios as portfolio_rows
from store.cases import Case
from store.database import Database
from store.inbox import Delivery, receive
from store.notices import Notice
from workflows.collection_case import CollectionCase

_PATIENCE_SECONDS = 120.0  # of real time; a skip of two months takes seconds
_GLANCE_SECONDS = 0.01
_ENDINGS = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
)
_STATEMENT_COLUMNS = (
    "statement_id",
    "account",
    "currency",
    "line_no",
    "value_date",
    "booked_at",
    "amount",
    "reference",
    "end_to_end_id",
)


@dataclass
class Told:
    """A nudger that only remembers whom it was told to nudge."""

    cases: list[str] = field(default_factory=list)

    def nudge(self, _tenant_id: str, case_ids: Sequence[str]) -> None:
        """Remember them."""
        self.cases.extend(case_ids)

    def start_imports(self, _tenant_id: str, portfolio_ids: Sequence[str]) -> None:
        """A simulation has no files waiting."""
        if portfolio_ids:
            raise Invalid("simulation_has_imports", "A simulation imports its portfolio itself.")

    def send_webhooks(self, _tenant_id: str) -> None:
        """A simulation tells nobody outside."""


@dataclass
class Simulation:
    """One debtor's case. ``now`` is the simulated present; it may be asked on any thread but the loop's."""

    env: WorkflowEnvironment
    database: Database
    tenant_id: str
    now: Callable[[], datetime]
    connection: NewConnection
    connection_id: str = ""
    case_id: str = ""
    nudger: Told = field(default_factory=Told)

    @property
    def handle(self) -> WorkflowHandle[CollectionCase, str]:
        """The newest run of the case's workflow."""
        return self.env.client.get_workflow_handle_for(CollectionCase.run, f"case/{self.case_id}")

    async def let_pass(self, span: timedelta) -> None:
        """Let simulated time pass, once the case rests: raises ``simulated_time_stuck`` where it does not move.

        The server that skips time refuses the cancellation of a timer which the skip itself made ring while a turn
        was in hand, and never gives that turn out again (temporalio/sdk-java issue 3088).
        """
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not await self._at_rest():  # noqa: ASYNC110 (the server tells nobody; it is asked)
                    await asyncio.sleep(_GLANCE_SECONDS)
                await self.env.sleep(span)
        except TimeoutError as error:
            raise Unavailable(
                "simulated_time_stuck", f"Simulated time did not pass by {span}.", fix="Try again."
            ) from error

    async def _at_rest(self) -> bool:
        """Whether no workflow task of the case is waiting or in hand."""
        history = await self.handle.fetch_history()
        last = {event.event_type: event.event_id for event in history.events}
        given = last.get(EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, 0)
        return given < last.get(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 0) or any(
            ending in last for ending in _ENDINGS
        )

    async def start(self) -> WorkflowHandle[CollectionCase, str]:
        """Start the case."""
        case = await asyncio.to_thread(self.case)
        await self.env.client.start_workflow(
            CollectionCase.run,
            CaseInput(tenant_id=self.tenant_id, case_id=case.id, country=case.country),
            id=f"case/{case.id}",
            task_queue=CASE_QUEUE,
        )
        return self.handle

    def case(self) -> Case:
        """The case as it stands."""
        with self.database.tenant(self.tenant_id) as tx:
            return cases.get(tx, self.case_id)

    def notices(self) -> list[Notice]:
        """Its notices, oldest first."""
        with self.database.tenant(self.tenant_id) as tx:
            return sorted(notices.of_case(tx, self.case_id), key=lambda notice: (notice.created_at, notice.id))

    def kinds(self) -> list[str]:
        """What its history says happened, oldest first."""
        with self.database.tenant(self.tenant_id) as tx:
            return [row.kind for row in timeline.of_case(tx, self.case_id)]

    def relay(self) -> None:
        """Send what is due; it is kept where it can be read."""
        issuer = Issuer(self.database, Transport(httpx.Client(), structlog.get_logger(), now=self.now), self.now)
        RelayActivities(self.database, issuer, [Outbox()], clock.new_id, self.now).batch(self.tenant_id)

    def reference(self) -> str:
        """The reference of the newest payment request."""
        with self.database.tenant(self.tenant_id) as tx:
            return payment_requests.of_case(tx, self.case_id)[0].reference

    def statement(self, amount: str, reference: str, *, number: int = 1) -> None:
        """A bank statement with one credit (major units) arrives and is read."""
        moment = self.now()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_STATEMENT_COLUMNS)
        account = self.connection.settings["account"]
        day, currency = moment.date().isoformat(), self.connection.currency
        writer.writerow(
            [f"S{number}", account, currency, "1", day, moment.isoformat(), amount, f"B{number}", reference]
        )
        delivery = Delivery(
            id=clock.new_id("inbox"),
            tenant_id=self.tenant_id,
            connection_id=self.connection_id,
            platform=self.connection.platform,
            delivery_id=f"file-{number}",
            filename="statement.csv",
            body=out.getvalue().encode(),
            received_at=moment,
            next_try_at=moment,
        )
        with self.database.tenant(self.tenant_id) as tx:
            receive(tx, delivery)
        IntakeActivities(self.database, self.nudger, clock.new_id, self.now).batch(self.tenant_id)
        with self.database.tenant(self.tenant_id) as tx:
            read = inbox.get(tx, delivery.id)
        if read.state != "done":
            raise Invalid("statement_unread", f"The statement was not read: {read.error}.")


@asynccontextmanager
async def simulate(
    database: Database, tenant_id: str, *, portfolio: Callable[[datetime], bytes], connection: NewConnection
) -> AsyncIterator[Simulation]:
    """A creditor with one connection, a portfolio that opens one case, and a worker; nothing is started yet."""
    path = str(program("temporal-test-server"))
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=path) as env:
        await _search_attributes(env)
        loop = asyncio.get_running_loop()

        def now() -> datetime:
            return asyncio.run_coroutine_threadsafe(env.get_current_time(), loop).result().astimezone(UTC)

        made = Simulation(env, database, tenant_id, now, connection)
        start = (await env.get_current_time()).astimezone(UTC)
        await asyncio.to_thread(_furnish, made, start, portfolio(start))
        turns = TurnActivities(database, clock.new_id, now)
        with ThreadPoolExecutor(4) as executor:
            async with Worker(
                env.client,
                task_queue=CASE_QUEUE,
                workflows=[CollectionCase],
                activities=[turns.take_turn],
                activity_executor=executor,
                workflow_runner=runner(),
            ):
                yield made


async def _search_attributes(env: WorkflowEnvironment) -> None:
    keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
    await env.client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(
            namespace=env.client.namespace, search_attributes={key.name: keyword for key in SEARCH_ATTRIBUTES}
        )
    )


_CREDITOR = NewCreditor(
    "Tengyun Auto Finance",
    "CN",
    "91330206MA2AF1T01G",
    "care@tengyun.example, +86 574 5555 0100, 09:00-17:00",
    "finance_company",
    "CNY",
)


def _furnish(made: Simulation, start: datetime, body: bytes) -> None:
    with made.database.tenant(made.tenant_id) as tx:
        words = WordingDesk(tx, made.tenant_id, Actor("simulation", "simulation"), clock.new_id, start)
        words.trust(shipped_approved=True, reason="Nobody is written to in a simulation.")
        creditor = desk.open_creditor(tx, _CREDITOR, tenant_id=made.tenant_id, new_id=clock.new_id, now=start)
        new = replace(made.connection, creditor_id=creditor.id)
        made.connection_id = desk.connect(tx, new, new_id=clock.new_id, now=start).id
        portfolio = portfolios.receive(
            tx,
            tenant_id=made.tenant_id,
            creditor_id=creditor.id,
            filename="simulation.csv",
            body=body,
            dry_run=False,
            skip_bad=False,
            imported_by="simulation",
            new_id=clock.new_id,
            now=start,
        )
    loader = PortfolioActivities(made.database, made.nudger, clock.new_id, lambda: start)
    loader.load(ImportInput(made.tenant_id, portfolio.id))
    with made.database.tenant(made.tenant_id) as tx:
        found = cases.unstarted(tx, after="", limit=2)
        errors = portfolio_rows.get(tx, portfolio.id).errors
    if len(found) != 1:
        raise Invalid("simulation_needs_one_case", f"The portfolio opened {len(found)} cases: {errors}.")
    made.case_id = found[0]
