"""A small world for workflow tests: a time-skipping server, its clock, a worker, and one overdue debtor."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import structlog
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities import creditors as desk
from activities import portfolios
from activities.creditors import NewConnection, NewCreditor
from activities.intake import IntakeActivities
from activities.nudges import CASE_QUEUE, SEARCH_ATTRIBUTES, CaseInput
from activities.payment_requests import Issuer
from activities.portfolios import ImportInput, PortfolioActivities
from activities.relay import RelayActivities
from activities.turns import TurnActivities
from connectors.channels.outbox import Outbox
from connectors.transport import Transport
from runtime import clock
from runtime.temporal import program
from runtime.workers import runner
from store import cases, inbox, notices, payment_requests
from store import portfolios as portfolio_rows
from store.cases import Case
from store.database import Database
from store.inbox import Delivery, receive
from store.notices import Notice
from workflows.collection_case import CollectionCase


@dataclass
class Recording:
    """A nudger that only remembers whom it was told to nudge."""

    told: list[str] = field(default_factory=list)

    def nudge(self, _tenant_id: str, case_ids: Any) -> None:
        self.told.extend(case_ids)


@dataclass
class World:
    """Everything a scenario touches. Time is the server's."""

    env: WorkflowEnvironment
    database: Database
    tenant_id: str
    now: Callable[[], datetime]
    creditor_id: str = ""
    connection_id: str = ""
    case_id: str = ""
    nudger: Recording = field(default_factory=Recording)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.env.client.get_workflow_handle(f"case/{self.case_id}")

    async def start(self) -> WorkflowHandle[Any, Any]:
        case = self.case()
        return await self.env.client.start_workflow(
            CollectionCase.run,
            CaseInput(tenant_id=self.tenant_id, case_id=case.id, country=case.country),
            id=f"case/{case.id}",
            task_queue=CASE_QUEUE,
        )

    def case(self) -> Case:
        with self.database.tenant(self.tenant_id) as tx:
            return cases.get(tx, self.case_id)

    def notices(self) -> list[Notice]:
        with self.database.tenant(self.tenant_id) as tx:
            return sorted(notices.of_case(tx, self.case_id), key=lambda notice: (notice.created_at, notice.id))

    def kinds(self) -> list[str]:
        with self.database.tenant(self.tenant_id) as tx:
            return [row.kind for row in cases.timeline(tx, self.case_id)]

    def relay(self) -> None:
        issuer = Issuer(self.database, Transport(httpx.Client(), structlog.get_logger()), self.now)
        RelayActivities(self.database, issuer, [Outbox()], clock.new_id, self.now).batch(self.tenant_id)

    def statement(self, amount: str, reference: str, *, line: str = "1") -> None:
        """A bank statement with one credit arrives and is read."""
        today = self.now().date().isoformat()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        header = "statement_id,account,currency,line_no,value_date,booked_at,amount,reference,end_to_end_id,remittance"
        writer.writerow(header.split(","))
        moment = self.now().isoformat()
        writer.writerow(
            [f"S{line}", "ACC-1", self.case().currency, "1", today, moment, amount, f"B{line}", reference, ""]
        )
        delivery = Delivery(
            id=clock.new_id("inbox"),
            tenant_id=self.tenant_id,
            connection_id=self.connection_id,
            platform="bank_statement",
            delivery_id=f"file-{line}",
            filename="statement.csv",
            body=out.getvalue().encode(),
            state="new",
            error_code=None,
            error=None,
            attempts=0,
            facts=None,
            received_at=self.now(),
            next_try_at=self.now(),
            processed_at=None,
        )
        with self.database.tenant(self.tenant_id) as tx:
            receive(tx, delivery)
        IntakeActivities(self.database, self.nudger, clock.new_id, self.now).batch(self.tenant_id)
        with self.database.tenant(self.tenant_id) as tx:
            read = inbox.get(tx, delivery.id)
        assert (read.state, read.error) == ("done", None)

    def reference(self) -> str:
        """The reference of the newest payment request."""
        with self.database.tenant(self.tenant_id) as tx:
            return payment_requests.of_case(tx, self.case_id)[0].reference


ROW = {
    "contract_no": "C-1",
    "country": "BR",
    "product": "loan",
    "currency": "BRL",
    "debtor_name": "João Pereira",
    "debtor_kind": "person",
    "id_scheme": "cpf",
    "id_value": "39053344705",
    "email": "joao@example.com",
    "subdivision": "BR-SP",
    "city": "São Paulo",
    "preferred_locale": "pt_BR",
    "preferred_channel": "email",
    "vin": "LGXCE6CB0P0000001",
    "make": "BYD",
    "model": "Marlin EV",
    "year": "2024",
    "powertrain": "battery_electric",
    "principal": "20000.00",
    "frequency": "monthly",
    "instalments_total": "24",
    "instalment_amount": "1000.00",
    "paid_total": "0.00",
}

BRAZIL = NewConnection(
    "",
    "bank_statement",
    "BR",
    "BRL",
    "Banco",
    {"account": "ACC-1"},
    {"pix_static": {"key": "pix@example.com", "name": "CREDOR", "city": "SAO PAULO"}},
)


def portfolio_file(today: date, *, overdue_days: int, row: dict[str, str]) -> bytes:
    """One loan whose first instalment fell due some days ago."""
    full = {**row, "first_due_date": (today - timedelta(days=overdue_days)).isoformat()}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(full), lineterminator="\n")
    writer.writeheader()
    writer.writerow(full)
    return out.getvalue().encode()


@asynccontextmanager
async def world(
    database: Database,
    tenant_id: str,
    *,
    overdue_days: int = 5,
    row: dict[str, str] | None = None,
    connection: NewConnection = BRAZIL,
) -> AsyncIterator[World]:
    """A debtor whose first instalment is overdue, a worker on a server that skips time, and nothing started yet."""
    path = str(program("temporal-test-server"))
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=path) as env:
        loop = asyncio.get_running_loop()

        def now() -> datetime:
            return asyncio.run_coroutine_threadsafe(env.get_current_time(), loop).result().astimezone(UTC)

        await _search_attributes(env)
        made = World(env, database, tenant_id, now)
        start = (await env.get_current_time()).astimezone(UTC)
        await asyncio.to_thread(_furnish, made, start, overdue_days, {**ROW, **(row or {})}, connection)
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
    await env.client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(
            namespace=env.client.namespace,
            search_attributes={key.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD for key in SEARCH_ATTRIBUTES},
        )
    )


def _furnish(made: World, start: datetime, overdue_days: int, row: dict[str, str], connection: NewConnection) -> None:
    with made.database.tenant(made.tenant_id) as tx:
        creditor = desk.open_creditor(
            tx,
            NewCreditor("Tengyun", "CN", "12.ABC.345/01DE-35", "care@example.com", "finance_company", "CNY"),
            tenant_id=made.tenant_id,
            new_id=clock.new_id,
            now=start,
        )
        new = NewConnection(**{**_fields(connection), "creditor_id": creditor.id})
        made.creditor_id = creditor.id
        made.connection_id = desk.connect(tx, new, new_id=clock.new_id, now=start).id
        portfolio = portfolios.receive(
            tx,
            tenant_id=made.tenant_id,
            creditor_id=creditor.id,
            filename="p.csv",
            body=portfolio_file(start.date(), overdue_days=overdue_days, row=row),
            dry_run=False,
            skip_bad=False,
            imported_by="test",
            new_id=clock.new_id,
            now=start,
        )
    loader = PortfolioActivities(made.database, made.nudger, clock.new_id, lambda: start)
    done = loader.load(ImportInput(made.tenant_id, portfolio.id))
    with made.database.tenant(made.tenant_id) as tx:
        assert done.counts.get("cases_opened") == 1, portfolio_rows.get(tx, portfolio.id).errors
        (made.case_id,) = cases.unstarted(tx, after="", limit=2)


def _fields(connection: NewConnection) -> dict[str, Any]:
    return {name: getattr(connection, name) for name in NewConnection.__dataclass_fields__}
