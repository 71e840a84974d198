"""The way from a request to running cases: commands to a case, the start of an import, the nudge to read the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar

import structlog
from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, TemporalError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.intake import IntakeInput
from activities.nudges import WORK_QUEUE, ImportInput, workflow_id
from activities.webhook_delivery import DeliveryInput
from domain.case_commands import CaseCommand, CloseCase, CommandAnswer, PlaceHold, ReleaseHold, TakePromise
from domain.errors import AfluenteError, Invalid, NotFound, Refused, Unavailable

_log = structlog.get_logger(__name__)

COMMAND_SECONDS: Final = 10
NUDGE_SECONDS: Final = 1.0
_START_SECONDS: Final = 5

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Pending:
    """The case has not answered yet; the same command asked again brings the same answer."""

    command_id: str


class CaseDesk(Protocol):
    """Who passes on what a request wants of a running case, an import or the intake."""

    def command(self, case_id: str, command: CaseCommand) -> CommandAnswer | Pending:
        """Give a case a command and wait at most ``COMMAND_SECONDS`` for its answer."""

    def start_import(self, portfolio_id: str, tenant_id: str) -> None:
        """Have a stored portfolio file imported; once, however often asked."""

    def nudge_intake(self, tenant_id: str) -> None:
        """Have a tenant's inbox read soon. Never raises: a schedule sweeps what a lost nudge leaves."""

    def nudge_webhooks(self, tenant_id: str) -> None:
        """Have a tenant's due webhooks sent soon; as ``nudge_intake``."""


def update_name(command: CaseCommand) -> str:
    """The name of the workflow update that takes a command."""
    match command:
        case TakePromise():
            return "promise"
        case PlaceHold():
            return "hold"
        case ReleaseHold():
            return "release"
        case CloseCase():
            return "close"


@dataclass
class TemporalDesk:
    """The desk over Temporal. Its methods are called on any thread but the loop's own, where the client lives."""

    client: Client
    loop: asyncio.AbstractEventLoop
    command_seconds: float = COMMAND_SECONDS
    _nudged_at: dict[str, float] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def _wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What the work comes to; it bounds its own time, so the wait is only a little longer than that."""
        try:
            return asyncio.run_coroutine_threadsafe(work, self.loop).result(self.command_seconds + 2 * _START_SECONDS)
        except TimeoutError as failure:
            raise _away() from failure

    def command(self, case_id: str, command: CaseCommand) -> CommandAnswer | Pending:
        """Run the command as an update of the case's workflow; its identifier makes repeats harmless.

        Raises ``Refused`` with the code of a validator's refusal, ``Unavailable`` where the case cannot be reached.
        """
        return self._wait(self._command(case_id, command))

    async def _command(self, case_id: str, command: CaseCommand) -> CommandAnswer | Pending:
        handle = self.client.get_workflow_handle(workflow_id(case_id))
        try:
            async with asyncio.timeout(self.command_seconds):
                answer: CommandAnswer = await handle.execute_update(
                    update_name(command),
                    command,
                    id=command.command_id,
                    result_type=CommandAnswer,
                    rpc_timeout=timedelta(seconds=self.command_seconds),
                )
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError, RPCTimeoutOrCancelledError):
            return Pending(command.command_id)
        except WorkflowUpdateFailedError as failure:
            raise _refusal(failure) from failure
        except RPCError as failure:
            if failure.status in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
                return Pending(command.command_id)
            raise _unreachable(failure) from failure
        return answer

    def start_import(self, portfolio_id: str, tenant_id: str) -> None:
        """Start the import's workflow unless it was ever started; raises ``Unavailable`` where it cannot be now."""
        self._wait(self._start_import(portfolio_id, tenant_id))

    async def _start_import(self, portfolio_id: str, tenant_id: str) -> None:
        try:
            await self.client.start_workflow(
                "PortfolioImport",
                ImportInput(tenant_id=tenant_id, portfolio_id=portfolio_id),
                id=f"import/{portfolio_id}",
                task_queue=WORK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                rpc_timeout=timedelta(seconds=_START_SECONDS),
            )
        except WorkflowAlreadyStartedError:
            return
        except RPCError as failure:
            raise _unreachable(failure) from failure

    def nudge_intake(self, tenant_id: str) -> None:
        """Start the tenant's intake, at most once a second; a nudge within that second is kept until its end."""
        self._nudge_soon("Intake", IntakeInput(tenant_id), workflow=f"intake/{tenant_id}")

    def nudge_webhooks(self, tenant_id: str) -> None:
        """Start the tenant's delivery of webhooks, at most once a second likewise."""
        self._nudge_soon("WebhookDelivery", DeliveryInput(tenant_id), workflow=f"webhooks/{tenant_id}")

    def _nudge_soon(self, kind: str, request: IntakeInput | DeliveryInput, *, workflow: str) -> None:
        try:
            self.loop.call_soon_threadsafe(self._plan_nudge, kind, request, workflow)
        except RuntimeError as failure:  # the loop is closed: the gateway is stopping
            _log.warning("nudge_failed", workflow=workflow, error=type(failure).__name__)

    def _plan_nudge(self, kind: str, request: IntakeInput | DeliveryInput, workflow: str) -> None:
        if workflow in self._tasks:
            return
        now = asyncio.get_running_loop().time()
        wait = max(0.0, self._nudged_at.get(workflow, -NUDGE_SECONDS) + NUDGE_SECONDS - now)
        self._tasks[workflow] = asyncio.create_task(self._nudge(kind, request, workflow, wait))

    async def _nudge(self, kind: str, request: IntakeInput | DeliveryInput, workflow: str, wait_seconds: float) -> None:
        try:
            await asyncio.sleep(wait_seconds)
            # From here on a further nudge plans a new start: this one may already have missed what it is about.
            self._nudged_at[workflow] = asyncio.get_running_loop().time()
            self._tasks.pop(workflow, None)
            await self.client.start_workflow(
                kind,
                request,
                id=workflow,
                task_queue=WORK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                rpc_timeout=timedelta(seconds=_START_SECONDS),
            )
        except (TemporalError, OSError, TimeoutError) as failure:
            _log.warning("nudge_failed", workflow=workflow, error=type(failure).__name__)


def refusal_of(answer: CommandAnswer) -> AfluenteError:
    """The error that a case refused a command with."""
    kinds = {kind.status: kind for kind in (Invalid, NotFound, Refused)}
    kind = kinds.get(answer.status, Refused)
    return kind(answer.code or "command_refused", answer.message or "The case did not accept it.", fix=answer.fix)


def _refusal(failure: WorkflowUpdateFailedError) -> Refused:
    cause = failure.cause
    if isinstance(cause, ApplicationError):
        return Refused(cause.type or "command_refused", cause.message)
    return Refused("command_refused", "The case did not accept the command.")


def _unreachable(failure: RPCError) -> Unavailable:
    if failure.status is RPCStatusCode.NOT_FOUND:
        return Unavailable(
            "case_not_running",
            "The case is not running: it has just been closed, or has not been started yet.",
            fix="Read the case again, then try again.",
        )
    return _away()


def _away() -> Unavailable:
    return Unavailable(
        "workflows_unreachable", "The workflow service cannot be reached.", fix="Send the same request again."
    )
