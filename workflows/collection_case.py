"""One overdue debt, for months or years: a durable clock and a mailbox around turns.

The workflow carries identifiers, the number of the turn and the next wake-up. What a turn decides, by which law
and to whom it speaks, is the activity's; so a change of law or of strategy never changes this file.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.nudges import STAGE, CaseInput
    from activities.turns import Decision, TurnActivities, TurnInput
    from domain.case_commands import (
        CaseCommand,
        CloseCase,
        CloseReason,
        CommandAnswer,
        HoldKind,
        PlaceHold,
        ReleaseHold,
        TakePromise,
    )

_HISTORY_LIMIT = 150
_QUICK = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=3)
_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=1))


@workflow.defn(name="CollectionCase")
class CollectionCase:
    """Waits for the next wake-up, a fact or a command; takes a turn; waits again until the case is over."""

    @workflow.init
    def __init__(self, start: CaseInput) -> None:
        self._start = start
        self._turn_no = start.turn_no
        self._stage = start.stage
        self._wake_at = datetime.fromisoformat(start.next_wake_at) if start.next_wake_at else None
        self._facts = start.facts
        self._commands: list[CaseCommand] = []
        self._answers: dict[str, CommandAnswer] = {}
        self._over = False
        self._due = start.turn_no == 0
        self._timer: asyncio.Task[None] | None = None
        self._timer_at: datetime | None = None

    @workflow.run
    async def run(self, start: CaseInput) -> str:  # noqa: ARG002 (read by the constructor)
        """Run the case to its end; returns the state it ended in."""
        while not self._over:
            self._set_timer()
            await workflow.wait_condition(lambda: self._due or self._facts > 0 or bool(self._commands))
            await self._turn()
            if not self._over and self._should_continue():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self._carry())
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._stage

    def _should_continue(self) -> bool:
        info = workflow.info()
        full = info.is_continue_as_new_suggested() or info.get_current_history_length() >= _HISTORY_LIMIT
        return full and not self._commands

    def _carry(self) -> CaseInput:
        return CaseInput(
            tenant_id=self._start.tenant_id,
            case_id=self._start.case_id,
            country=self._start.country,
            turn_no=self._turn_no,
            next_wake_at=self._wake_at.isoformat() if self._wake_at else None,
            stage=self._stage,
            facts=self._facts,
        )

    def _set_timer(self) -> None:
        """Keep the timer that runs; start another only where the wake-up moved."""
        if self._wake_at is None or self._timer_at == self._wake_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = self._wake_at
        seconds = max(0.0, (self._wake_at - workflow.now()).total_seconds())
        self._timer = asyncio.create_task(self._ring(seconds))

    async def _ring(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._due = True

    async def _turn(self) -> None:
        commands, self._commands = self._commands, []
        self._facts = 0
        if self._due:
            self._due = False
            self._timer_at = None
        turn = TurnInput(
            tenant_id=self._start.tenant_id,
            case_id=self._start.case_id,
            turn_no=self._turn_no + 1,
            promises=[command for command in commands if isinstance(command, TakePromise)],
            holds=[command for command in commands if isinstance(command, PlaceHold)],
            releases=[command for command in commands if isinstance(command, ReleaseHold)],
            closings=[command for command in commands if isinstance(command, CloseCase)],
        )
        decision = await self._take(turn)
        self._turn_no = turn.turn_no
        self._wake_at = datetime.fromisoformat(decision.next_wake_at) if decision.next_wake_at else None
        self._answers |= {answer.command_id: answer for answer in decision.answers}
        if decision.stage != self._stage:
            self._stage = decision.stage
            workflow.upsert_search_attributes([STAGE.value_set(decision.stage)])
        self._over = decision.done

    async def _take(self, turn: TurnInput) -> Decision:
        """A quick local activity; where the database is away, an ordinary one that waits for it."""
        try:
            return await workflow.execute_local_activity_method(
                TurnActivities.take_turn, turn, start_to_close_timeout=timedelta(seconds=10), retry_policy=_QUICK
            )
        except ActivityError as error:
            if isinstance(error.cause, ApplicationError) and error.cause.non_retryable:
                raise
        return await workflow.execute_activity_method(
            TurnActivities.take_turn, turn, start_to_close_timeout=timedelta(seconds=30), retry_policy=_PATIENT
        )

    # Facts -----------------------------------------------------------------------------------------------------

    @workflow.signal
    def fact_recorded(self) -> None:
        """A fact about the case was committed (a receipt, a reversal, another schedule): look at it."""
        self._facts += 1

    # Commands --------------------------------------------------------------------------------------------------

    @workflow.update
    async def promise(self, command: TakePromise) -> CommandAnswer:
        """The debtor promises to pay."""
        return await self._obey(command)

    @promise.validator
    def _check_promise(self, command: TakePromise) -> None:
        self._check_open()
        if command.amount_minor <= 0:
            raise ApplicationError("A promise is of an amount above zero.", type="promise_amount_invalid")

    @workflow.update
    async def hold(self, command: PlaceHold) -> CommandAnswer:
        """Leave the debtor alone."""
        return await self._obey(command)

    @hold.validator
    def _check_hold(self, command: PlaceHold) -> None:
        self._check_open()
        if command.kind not in {kind.value for kind in HoldKind}:
            raise ApplicationError(f"There is no hold {command.kind!r}.", type="hold_kind_unknown")

    @workflow.update
    async def release(self, command: ReleaseHold) -> CommandAnswer:
        """End a hold."""
        return await self._obey(command)

    @release.validator
    def _check_release(self, command: ReleaseHold) -> None:  # noqa: ARG002 (the update's signature)
        self._check_open()

    @workflow.update
    async def close(self, command: CloseCase) -> CommandAnswer:
        """End the case for another reason than money."""
        return await self._obey(command)

    @close.validator
    def _check_close(self, command: CloseCase) -> None:
        self._check_open()
        if command.reason not in {reason.value for reason in CloseReason}:
            raise ApplicationError(f"A case does not end as {command.reason!r}.", type="close_reason_unknown")

    def _check_open(self) -> None:
        if self._over:
            raise ApplicationError("The case is over.", type="case_closed")

    async def _obey(self, command: CaseCommand) -> CommandAnswer:
        """Queue the command for the next turn and answer what the turn answered."""
        known = {item.command_id for item in self._commands}
        if command.command_id not in known and command.command_id not in self._answers:
            self._commands.append(command)
        await workflow.wait_condition(lambda: command.command_id in self._answers or self._over)
        answer = self._answers.get(command.command_id)
        if answer is None:
            raise ApplicationError("The case ended first.", type="case_closed")
        return answer

    @workflow.query
    def status(self) -> CaseInput:
        """What the workflow carries; for support, screens read SQL."""
        return self._carry()
