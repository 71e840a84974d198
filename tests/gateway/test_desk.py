"""The desk over Temporal: commands as updates that may be repeated, starts that start once, nudges that never fail."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domain.case_commands import CloseCase, CommandAnswer, PlaceHold, ReleaseHold, TakePromise
from domain.errors import Refused, Unavailable
from gateway.desk import NUDGE_SECONDS, Pending, TemporalDesk, update_name
from runtime.temporal import program

PROMISE = TakePromise("cmd_1", "api:t", 100, "BRL", "2026-12-01")


class Handle:
    """A case that answers, refuses or is silent."""

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome
        self.asked: list[tuple[str, Any, str]] = []

    async def execute_update(self, name: str, command: Any, *, id: str, **_: Any) -> Any:  # noqa: A002 (the client's word)
        self.asked.append((name, command, id))
        if self.outcome is None:
            await asyncio.sleep(60)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Line:
    """A client that remembers what it was asked to start."""

    def __init__(self, handle: Handle | None = None, failure: Exception | None = None) -> None:
        self.handle = handle
        self.failure = failure
        self.started: list[str] = []
        self.asked_for: list[str] = []

    def get_workflow_handle(self, workflow_id: str) -> Handle | None:
        self.asked_for.append(workflow_id)
        return self.handle

    async def start_workflow(self, name: str, argument: Any, *, id: str, **_: Any) -> None:  # noqa: A002, ARG002 (the client's words)
        self.started.append(id)
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs on a thread of its own, as the gateway's does."""
    running = asyncio.new_event_loop()
    thread = threading.Thread(target=running.run_forever)
    thread.start()
    yield running
    running.call_soon_threadsafe(running.stop)
    thread.join()
    running.close()


def _desk(line: Line, loop: asyncio.AbstractEventLoop, seconds: float = 5) -> TemporalDesk:
    return TemporalDesk(line, loop, command_seconds=seconds)  # type: ignore[arg-type]  # stands in for a client


def _failure(status: RPCStatusCode) -> RPCError:
    return RPCError("no", status, b"")


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (PROMISE, "promise"),
        (PlaceHold("c", "a", "dispute", "2026-01-01", None, "r"), "hold"),
        (ReleaseHold("c", "a", "h"), "release"),
        (CloseCase("c", "a", "sold", "n"), "close"),
    ],
)
def test_each_command_is_an_update_of_its_own(command: Any, name: str) -> None:
    assert update_name(command) == name


def test_a_command_is_an_update_named_by_its_identifier(loop: asyncio.AbstractEventLoop) -> None:
    handle = Handle(CommandAnswer("cmd_1", accepted=True))
    line = Line(handle)
    assert _desk(line, loop).command("case_1", PROMISE) == CommandAnswer("cmd_1", accepted=True)
    assert (line.asked_for, handle.asked) == (["case/case_1"], [("promise", PROMISE, "cmd_1")])


def test_a_silent_case_is_pending(loop: asyncio.AbstractEventLoop) -> None:
    assert _desk(Line(Handle(None)), loop, seconds=0.05).command("case_1", PROMISE) == Pending("cmd_1")


def test_a_validators_refusal_keeps_its_code(loop: asyncio.AbstractEventLoop) -> None:
    failed = WorkflowUpdateFailedError(ApplicationError("Closed.", type="case_closed"))
    with pytest.raises(Refused, match=r"case_closed: Closed\."):
        _desk(Line(Handle(failed)), loop).command("case_1", PROMISE)


@pytest.mark.parametrize(
    ("status", "code"),
    [(RPCStatusCode.NOT_FOUND, "case_not_running"), (RPCStatusCode.UNAVAILABLE, "workflows_unreachable")],
)
def test_a_case_that_cannot_be_reached_is_unavailable(
    loop: asyncio.AbstractEventLoop, status: RPCStatusCode, code: str
) -> None:
    with pytest.raises(Unavailable) as refusal:
        _desk(Line(Handle(_failure(status))), loop).command("case_1", PROMISE)
    assert refusal.value.code == code


def test_many_nudges_in_a_second_start_the_intake_now_and_once_more_at_its_end(
    loop: asyncio.AbstractEventLoop,
) -> None:
    line = Line()
    desk = _desk(line, loop)
    desk.nudge_intake("ten_1")
    time.sleep(0.1)
    for _ in range(5):
        desk.nudge_intake("ten_1")
    time.sleep(0.1)
    assert line.started == ["intake/ten_1"]
    time.sleep(NUDGE_SECONDS)
    assert line.started == ["intake/ten_1", "intake/ten_1"]


def test_tenants_are_nudged_independently(loop: asyncio.AbstractEventLoop) -> None:
    line = Line()
    desk = _desk(line, loop)
    for tenant_id in ("ten_1", "ten_2"):
        desk.nudge_intake(tenant_id)
    time.sleep(0.1)
    assert sorted(line.started) == ["intake/ten_1", "intake/ten_2"]


def test_a_failing_nudge_is_logged_and_fails_nothing(
    loop: asyncio.AbstractEventLoop, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = _desk(Line(failure=_failure(RPCStatusCode.UNAVAILABLE)), loop)
    desk.nudge_intake("ten_1")
    time.sleep(0.1)
    assert "nudge_failed" in capsys.readouterr().out


def test_a_nudge_after_the_loop_has_ended_fails_nothing() -> None:
    ended = asyncio.new_event_loop()
    ended.close()
    _desk(Line(), ended).nudge_intake("ten_1")


def test_an_import_that_cannot_be_started_is_unavailable(loop: asyncio.AbstractEventLoop) -> None:
    with pytest.raises(Unavailable, match="workflows_unreachable"):
        _desk(Line(failure=_failure(RPCStatusCode.UNAVAILABLE)), loop).start_import("pfo_1", "ten_1")


@workflow.defn(name="CollectionCase")
class Answering:
    """A case that counts the promises it takes."""

    def __init__(self) -> None:
        self.taken = 0

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def promise(self, command: TakePromise) -> CommandAnswer:
        self.taken += 1
        return CommandAnswer(command.command_id, accepted=True, ref=f"pro_{self.taken}")

    @promise.validator
    def _check(self, command: TakePromise) -> None:
        if command.amount_minor <= 0:
            raise ApplicationError("Above zero.", type="promise_amount_invalid")


@pytest.mark.servers
def test_a_real_case_answers_once_refuses_and_is_missed() -> None:
    asyncio.run(_with_a_real_case())


async def _with_a_real_case() -> None:
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(program("temporal-test-server"))
    ) as environment:
        client = environment.client
        desk = TemporalDesk(client, asyncio.get_running_loop())
        async with Worker(
            client, task_queue="cases", workflows=[Answering], workflow_runner=UnsandboxedWorkflowRunner()
        ):
            await client.start_workflow("CollectionCase", id="case/case_1", task_queue="cases")
            with ThreadPoolExecutor(1) as pool:

                async def ask(case_id: str, command: Any) -> Any:
                    return await asyncio.get_running_loop().run_in_executor(pool, desk.command, case_id, command)

                answers = [await ask("case_1", PROMISE) for _ in range(2)]
                with pytest.raises(Refused) as refused:
                    await ask("case_1", TakePromise("cmd_2", "a", 0, "BRL", "2026-12-01"))
                with pytest.raises(Unavailable) as missed:
                    await ask("case_2", PROMISE)
    assert [answer.ref for answer in answers] == ["pro_1", "pro_1"]
    assert refused.value.code == "promise_amount_invalid"
    assert missed.value.code == "case_not_running"
