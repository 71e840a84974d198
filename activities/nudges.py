"""Telling workflows: commit first, nudge second, sweep always. Nothing depends on a nudge arriving."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from activities import courtesies
from activities.webhook_delivery import DeliveryInput
from domain.ids import NewId
from store import cases, parties, portfolios, webhook_deliveries
from store.database import Database

CASE_QUEUE = "cases"
WORK_QUEUE = "work"
TENANT = SearchAttributeKey.for_keyword("CxTenant")
COUNTRY = SearchAttributeKey.for_keyword("CxCountry")
STAGE = SearchAttributeKey.for_keyword("CxStage")
SEARCH_ATTRIBUTES = (TENANT, COUNTRY, STAGE)

_STRANDED_AFTER = timedelta(seconds=30)
_PAGE = 500
_AT_ONCE = 25
_log = structlog.get_logger("nudges")


@dataclass(frozen=True)
class CaseInput:
    """What a case's workflow carries from run to run: identifiers, the turn and the next wake-up; nothing personal.

    ``schema`` counts changes of this shape; every field has a default, so that inputs of older releases still parse.
    """

    tenant_id: str = ""
    case_id: str = ""
    country: str = ""
    schema: int = 1
    turn_no: int = 0
    next_wake_at: str | None = None
    stage: str = "active"
    facts: int = 0  # signals that arrived and no turn has seen


def workflow_id(case_id: str) -> str:
    """The identifier of a case's workflow."""
    return f"case/{case_id}"


class Nudger(Protocol):
    """Tells the workflows of cases that facts are waiting for them."""

    def nudge(self, tenant_id: str, case_ids: Sequence[str]) -> None:
        """Tell them; failures are logged, for a sweep will find what was missed."""

    def start_imports(self, tenant_id: str, portfolio_ids: Sequence[str]) -> None:
        """Start imports that were left behind; failures are logged likewise."""

    def send_webhooks(self, tenant_id: str) -> None:
        """Have due webhooks sent soon; failures are logged likewise."""


@dataclass(frozen=True)
class TemporalNudger:
    """Nudges by signal-with-start, from any thread, over the client's own event loop."""

    database: Database
    client: Client
    loop: asyncio.AbstractEventLoop
    now: Callable[[], datetime]

    def nudge(self, tenant_id: str, case_ids: Sequence[str]) -> None:
        """Signal each case's workflow, starting it where it does not run."""
        if not case_ids:
            return
        with self.database.tenant(tenant_id) as tx:
            wanted = [cases.get(tx, case_id) for case_id in case_ids]
        inputs = [CaseInput(tenant_id=tenant_id, case_id=case.id, country=case.country) for case in wanted]
        told = asyncio.run_coroutine_threadsafe(self._tell(inputs), self.loop).result(timeout=120)
        with self.database.tenant(tenant_id) as tx:
            cases.mark_nudged(tx, told, self.now())

    def start_imports(self, tenant_id: str, portfolio_ids: Sequence[str]) -> None:
        """Start each import once; one that was ever started stays as it is."""
        for portfolio_id in portfolio_ids:
            request = ImportInput(tenant_id, portfolio_id)
            asyncio.run_coroutine_threadsafe(self._start_import(request), self.loop).result(timeout=30)

    def send_webhooks(self, tenant_id: str) -> None:
        """Start the delivery of the tenant's webhooks where some are due and it does not run."""
        with self.database.tenant(tenant_id) as tx:
            due = webhook_deliveries.any_due(tx, self.now())
        if due:
            asyncio.run_coroutine_threadsafe(self._start_delivery(tenant_id), self.loop).result(timeout=30)

    async def _start_delivery(self, tenant_id: str) -> None:
        try:
            await self.client.start_workflow(
                "WebhookDelivery",
                DeliveryInput(tenant_id),
                id=f"webhooks/{tenant_id}",
                task_queue=WORK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
        except RPCError:
            _log.warning("webhooks_not_nudged", tenant=tenant_id)

    async def _start_import(self, request: ImportInput) -> None:
        try:
            await self.client.start_workflow(
                "PortfolioImport",
                request,
                id=f"import/{request.portfolio_id}",
                task_queue=WORK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
        except WorkflowAlreadyStartedError:
            return
        except RPCError:
            _log.warning("import_not_started", portfolio=request.portfolio_id)

    async def _tell(self, inputs: Sequence[CaseInput]) -> list[str]:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def tell(item: CaseInput) -> str | None:
            async with gate:
                return await self._signal(item)

        done = await asyncio.gather(*(tell(item) for item in inputs))
        return [case_id for case_id in done if case_id]

    async def _signal(self, item: CaseInput) -> str | None:
        try:
            await self.client.start_workflow(
                "CollectionCase",
                item,
                id=workflow_id(item.case_id),
                task_queue=CASE_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal="fact_recorded",
                search_attributes=TypedSearchAttributes(
                    [SearchAttributePair(TENANT, item.tenant_id), SearchAttributePair(COUNTRY, item.country)]
                ),
            )
        except RPCError:
            _log.warning("nudge_failed", case=item.case_id)
            return None
        return item.case_id


@dataclass(frozen=True)
class ImportInput:
    """Which received file to import."""

    tenant_id: str
    portfolio_id: str


@dataclass(frozen=True)
class StartPage:
    """One page of a tenant's cases to start, after a case in order of identifier."""

    tenant_id: str
    after: str = ""


@dataclass(frozen=True)
class Swept:
    """What a sweep found: cases nudged, cases whose age changed."""

    nudged: int = 0
    aged: int = field(default=0)


@dataclass(frozen=True)
class NudgeActivities:
    """The sweep: finds what a crash left un-nudged, cases without a first turn, and wake-ups that never came."""

    database: Database
    nudger: Nudger
    new_id: NewId
    now: Callable[[], datetime]

    @activity.defn(name="sweep")
    def sweep(self) -> Swept:
        """Visit every tenant once; at most 500 cases each, the rest at the next sweep."""
        nudged = aged = 0
        for tenant_id in self.database.tenants():
            now = self.now()
            with self.database.tenant(tenant_id) as tx:
                aged += cases.age(tx, now.date())
                courtesies.queue_due(tx, new_id=self.new_id, now=now)
                left = cases.unnudged(tx, before=now - _STRANDED_AFTER, limit=_PAGE)
                late = cases.late_wakes(tx, before=now - _STRANDED_AFTER, limit=_PAGE)
                files = portfolios.waiting(tx, before=now - _STRANDED_AFTER, limit=_PAGE)
                parties.index_phones(tx, limit=_PAGE)
            found = sorted({*left, *late})
            self.nudger.nudge(tenant_id, found)
            self.nudger.start_imports(tenant_id, files)
            nudged += len(found)
        return Swept(nudged, aged)
