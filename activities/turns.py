"""A case's turn: load the facts, ask the pure plan, and write case, audit and outbox in the same transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import cases as case_files
from activities import contact, fall_over, payment_requests, write_offs
from activities import promises as promise_files
from activities.book import Book
from activities.contact import Debtor
from domain import strategies
from domain.case_commands import (
    CaseCommand,
    CloseCase,
    CloseReason,
    CommandAnswer,
    HoldKind,
    PlaceHold,
    ReleaseHold,
    TakePromise,
    refuse,
)
from domain.contact_policy import Channel, Refusal
from domain.delinquency import next_change
from domain.errors import AfluenteError, Conflict, Invalid, NotFound
from domain.ids import NewId
from domain.loans import Arrears, arrears
from domain.money import Money
from domain.notices import NoticeKind
from domain.planning import ENDS, ActiveHold, CaseFacts, Plan, QueueNotice, WorkState, next_step
from domain.promises import PromiseState, check_new
from store import buckets, cases, holds, notices, promises, timeline
from store import payment_requests as request_rows
from store.cases import Case, EventRow
from store.database import Database
from store.holds import HoldRow
from store.notices import Notice
from store.promises import PromiseRow

_TOLERANCE_BASIS_POINTS = 100
_GRACE_DAYS = 2
_REMINDED_BY = frozenset((Channel.EMAIL, Channel.SMS))
_REMINDERS = [NoticeKind.FIRST_REMINDER.value, NoticeKind.SECOND_REMINDER.value]


@dataclass(frozen=True)
class TurnInput:
    """One turn of one case: its number (a retry of the same number gets the first decision) and what people said."""

    tenant_id: str
    case_id: str
    turn_no: int
    promises: list[TakePromise] = field(default_factory=list)
    holds: list[PlaceHold] = field(default_factory=list)
    releases: list[ReleaseHold] = field(default_factory=list)
    closings: list[CloseCase] = field(default_factory=list)

    @property
    def commands(self) -> list[CaseCommand]:
        """What people said, closings last."""
        return [*self.promises, *self.holds, *self.releases, *self.closings]


@dataclass(frozen=True)
class Decision:
    """What the workflow needs to know of a turn: when to wake, the stage, whether it is over, and the answers."""

    next_wake_at: str | None
    stage: str
    done: bool
    answers: list[CommandAnswer] = field(default_factory=list)


@dataclass(frozen=True)
class TurnActivities:
    """Turns of cases."""

    database: Database
    new_id: NewId
    now: Callable[[], datetime]

    @activity.defn(name="take_turn")
    def take_turn(self, turn: TurnInput) -> Decision:
        """Take one turn in one transaction; the same turn asked again returns the same decision."""
        try:
            with self.database.tenant(turn.tenant_id) as tx:
                case = cases.get(tx, turn.case_id, lock=True)
                taken = cases.find_turn(tx, case.id, turn.turn_no)
                if taken is not None:
                    return _decision(taken)
                decision = Turn(tx, case, self.new_id, self.now()).take(turn)
                cases.add_turn(tx, case, turn_no=turn.turn_no, decided_at=self.now(), decision=asdict(decision))
                return decision
        except AfluenteError as error:
            raise ApplicationError(str(error), type=error.code, non_retryable=error.status < 500) from error  # noqa: PLR2004 (HTTP's border between the asker's fault and ours)


def _decision(stored: dict[str, Any]) -> Decision:
    answers = [CommandAnswer(**answer) for answer in stored["answers"]]
    return Decision(**{**stored, "answers": answers})


@dataclass
class Turn:
    """One turn in the making: everything happens in the caller's transaction, at one instant."""

    tx: Connection
    case: Case
    new_id: NewId
    now: datetime

    def __post_init__(self) -> None:
        self.debtor: Debtor = contact.load(self.tx, self.case)
        self.today: date = self.debtor.today(self.now)

    def take(self, turn: TurnInput) -> Decision:
        """Apply what people said, decide, and write what follows."""
        answers = [self._obey(command) for command in turn.commands]
        if self.case.closed_at is not None:
            return self._over(turn, answers)
        events = cases.pending_events(self.tx, self.case.id)
        owed = arrears(case_files.debt(self.tx, self.case).instalments, currency=self.case.currency, as_of=self.today)
        plan = self._plan(owed, [event.ref for event in events if event.kind == "receipt_posted"])
        closing = next((item for item in turn.closings if self._accepted(item, answers)), None)
        if closing is not None:
            plan = Plan(WorkState(closing.reason), None, self.case.step, cancel_reminders=True, reasons=("closed",))
            write_offs.follow(Book(self.tx, self.new_id, self.now), self.case, closing)
        self._write(plan, owed, turn.turn_no)
        self._carry_over(events, resting=plan.cancel_reminders)
        cases.settle_events(self.tx, [event.id for event in events], turn.turn_no)
        state = plan.state.value
        return Decision(
            next_wake_at=plan.next_wake_at.isoformat() if plan.next_wake_at else None,
            stage=state,
            done=plan.done,
            answers=[CommandAnswer(**{**asdict(answer), "state": state}) for answer in answers],
        )

    def _over(self, turn: TurnInput, answers: list[CommandAnswer]) -> Decision:
        """A case that has ended stays ended; what still arrives is only noted as seen."""
        seen = [event.id for event in cases.pending_events(self.tx, self.case.id)]
        cases.settle_events(self.tx, seen, turn.turn_no)
        state = self.case.work_state
        return Decision(
            None, state, done=True, answers=[CommandAnswer(**{**asdict(answer), "state": state}) for answer in answers]
        )

    @staticmethod
    def _accepted(command: CloseCase, answers: list[CommandAnswer]) -> bool:
        return any(answer.command_id == command.command_id and answer.accepted for answer in answers)

    # What people said ---------------------------------------------------------------------------------------

    def _obey(self, command: CaseCommand) -> CommandAnswer:
        try:
            if WorkState(self.case.work_state) in ENDS:
                raise Conflict("case_closed", f"The case is {self.case.work_state}.", fix="Open a new one.")
            match command:
                case TakePromise():
                    ref = self._promise(command)
                case PlaceHold():
                    ref = self._hold(command)
                case ReleaseHold():
                    ref = self._release(command)
                case CloseCase():
                    ref = CloseReason(command.reason).value
                    self._note("case_closed_by_hand", actor=command.actor, reason=command.reason, note=command.note)
        except AfluenteError as error:
            return refuse(command, error)
        except ValueError as error:
            return refuse(command, Invalid("command_malformed", f"{error}."))
        return CommandAnswer(command.command_id, accepted=True, ref=ref)

    def _promise(self, command: TakePromise) -> str:
        amount = Money(command.amount_minor, command.currency)
        due_date = date.fromisoformat(command.due_date)
        overdue = Money(self.case.overdue_minor, self.case.currency)
        check_new(amount, due_date=due_date, today=self.today, overdue=overdue)
        promise = PromiseRow(
            id=self.new_id("promise"),
            case_id=self.case.id,
            amount_minor=amount.minor,
            currency=amount.currency,
            due_date=due_date,
            tolerance_basis_points=_TOLERANCE_BASIS_POINTS,
            grace_days=_GRACE_DAYS,
            state=PromiseState.OPEN.value,
            taken_by=command.actor,
            created_at=self.now,
            resolved_at=None,
        )
        promises.add(self.tx, self.case.tenant_id, promise)
        self._note("promise_taken", actor=command.actor, amount=str(amount), due_date=command.due_date)
        return promise.id

    def _hold(self, command: PlaceHold) -> str:
        kind = HoldKind(command.kind)
        start = date.fromisoformat(command.start)
        end = date.fromisoformat(command.end) if command.end else None
        if end is not None and end <= start:
            raise Invalid("hold_days_invalid", "A hold ends after it starts.", fix="Choose a later end.")
        hold = HoldRow(self.new_id("hold"), kind.value, start, end, command.reason, command.actor, None)
        holds.place(self.tx, self.case, hold, now=self.now)
        self._note("hold_placed", actor=command.actor, hold=kind.value, start=command.start, end=command.end)
        return hold.id

    def _release(self, command: ReleaseHold) -> str:
        standing = {hold.id: hold for hold in holds.of_case(self.tx, self.case.id)}
        hold = standing.get(command.hold_id)
        if hold is None:
            raise NotFound("hold_unknown", f"The case has no hold {command.hold_id}.")
        if hold.released_by is not None or (hold.end is not None and hold.end <= self.today):
            raise Conflict("hold_over", "The hold has ended already.")
        holds.end(self.tx, hold, day=self.today, released_by=command.actor)
        self._note("hold_released", actor=command.actor, hold=hold.kind)
        return hold.id

    # The decision --------------------------------------------------------------------------------------------

    def _plan(self, owed: Arrears, thanks_due: list[str]) -> Plan:
        known = contact.facts(self.tx, self.debtor, now=self.now)
        strategy = strategies.find(self.case.strategy, self.case.strategy_version)

        def lawful(channel: Channel, not_before: datetime) -> datetime | Refusal:
            return contact.first_lawful(
                self.debtor, known, channel=channel, not_before=not_before, spread=self._spread()
            )

        return next_step(self._facts(owed, tuple(thanks_due)), strategy, lawful)

    def _spread(self) -> float:
        """Where in a window this case speaks: the same for the same case and step, even over all cases."""
        digest = hashlib.sha256(f"{self.case.id}/{self.case.step}".encode()).digest()
        return int.from_bytes(digest[:4], "big") / 2**32

    def _facts(self, owed: Arrears, thanks_due: tuple[str, ...]) -> CaseFacts:
        placed = holds.of_case(self.tx, self.case.id)
        return CaseFacts(
            now=self.now,
            today=self.today,
            arrears=owed,
            step=self.case.step,
            last_step_at=self._last_step_at(),
            opened_at=self.case.opened_at,
            channels=_channels(self.debtor, contact.addresses(self.tx, self.debtor)),
            start_of_day=self.debtor.start_of_day,
            holds=tuple(ActiveHold(hold.kind, hold.end) for hold in placed if holds.covers(hold, self.today)),
            promises=tuple(
                promise_files.standing(self.tx, self.case, row, self.debtor.today) for row in self._live_promises()
            ),
            thanks_due=thanks_due,
            next_bucket=next_change(owed.oldest_due_date, self.today),
            next_hold=min(
                (hold.start for hold in placed if hold.start > self.today and hold.released_by is None), default=None
            ),
        )

    def _last_step_at(self) -> datetime | None:
        sent = [
            notice.created_at
            for notice in notices.of_case(self.tx, self.case.id)
            if notice.cause.startswith("step/") and notice.state != "cancelled"
        ]
        return max(sent, default=None)

    def _live_promises(self) -> list[PromiseRow]:
        """Open promises, and kept ones whose money may still go back."""
        states = {PromiseState.OPEN.value, PromiseState.KEPT.value}
        return [row for row in promises.of_case(self.tx, self.case.id) if row.state in states]

    # What follows --------------------------------------------------------------------------------------------

    def _write(self, plan: Plan, owed: Arrears, turn_no: int) -> None:
        standing = case_files.standing(owed, self.today)
        if standing["bucket"] != self.case.bucket:
            buckets.enter(self.tx, self.case, bucket=str(standing["bucket"]), day=self.today)
        unsent = notices.cancel_queued(self.tx, self.case.id, kinds=_REMINDERS) if plan.cancel_reminders else 0
        for item in plan.notices:
            self._queue(item, turn_no, overdue=owed.overdue)
        self._resolve(plan)
        if plan.done:
            self._let_go()
        cases.change(
            self.tx,
            self.case.id,
            work_state=plan.state.value,
            step=max(0, plan.step - unsent),  # the ladder goes on from what was really sent
            turn_no=turn_no,
            next_wake_at=plan.next_wake_at,
            closed_at=self.now if plan.done else None,
            updated_at=self.now,
            **standing,
        )
        refusal = contact.refusal_json(plan.refusal) if plan.refusal else None
        self._note("turn", turn=turn_no, reasons=list(plan.reasons), state=plan.state.value, refusal=refusal)

    def _carry_over(self, events: Sequence[EventRow], *, resting: bool) -> None:
        """Notices that did not reach their reader go over to another channel where one is lawful."""

        def lawful(channel: Channel) -> datetime | Refusal:
            known = contact.facts(self.tx, self.debtor, now=self.now)
            return contact.first_lawful(self.debtor, known, channel=channel, not_before=self.now, spread=self._spread())

        fall_over.follow(self.tx, self.debtor, events, lawful=lawful, resting=resting, new_id=self.new_id, now=self.now)

    def _resolve(self, plan: Plan) -> None:
        known = {row.id: row for row in promises.of_case(self.tx, self.case.id)}
        for promise_id, state in plan.promises:
            if known[promise_id].state == state.value:
                continue
            resolved_at = None if state is PromiseState.OPEN else self.now
            promises.resolve(self.tx, promise_id, state=state.value, now=resolved_at)
            self._note(f"promise_{state.value}", promise=promise_id)

    def _let_go(self) -> None:
        """What was still asked or awaited of the debtor ends with the case."""
        request_rows.cancel_live(self.tx, self.case.id)
        for row in promises.of_case(self.tx, self.case.id):
            if row.state == PromiseState.OPEN.value:
                promises.resolve(self.tx, row.id, state=PromiseState.CANCELLED.value, now=self.now)
                self._note("promise_cancelled", promise=row.id)

    def _queue(self, item: QueueNotice, turn_no: int, *, overdue: Money) -> None:
        request_id = None
        if item.kind is not NoticeKind.THANK_YOU:
            request_id = self._request(overdue)
        cause = f"{item.cause}/{turn_no}" if item.receipt_id is None else item.cause
        notice = Notice(
            id=self.new_id("notice"),
            tenant_id=self.case.tenant_id,
            case_id=self.case.id,
            party_id=self.case.party_id,
            kind=item.kind.value,
            cause=cause,
            channel=item.channel.value,
            locale=self.debtor.party.locale,
            state="queued",
            not_before=item.not_before,
            time_zone=self.debtor.zone.key,
            transport=None,
            payment_request_id=request_id,
            receipt_id=item.receipt_id,
            permit_id=None,
            recipient=None,
            subject=None,
            body=None,
            html=None,
            sha256=None,
            template_version=None,
            refusal=contact.why_wait(self.tx, self.debtor, item.channel, until=item.not_before, now=self.now),
            created_at=self.now,
            attempted_at=None,
            sent_at=None,
        )
        if notices.queue(self.tx, notice):
            self._note(
                "notice_queued",
                notice=notice.id,
                kind=item.kind.value,
                channel=item.channel.value,
                not_before=item.not_before.isoformat(),
            )

    def _request(self, overdue: Money) -> str | None:
        """A payment request for what is overdue now; without a connection the notice goes out without a code."""
        try:
            request = payment_requests.create(
                self.tx, self.case, amount=overdue, rail=None, now=self.now, new_id=self.new_id
            )
        except AfluenteError as error:
            self._note("payment_request_failed", code=error.code, message=error.message)
            return None
        return request.id

    def _note(self, event: str, /, *, actor: str = "system", **detail: Any) -> None:
        timeline.note(self.tx, self.case, at=self.now, actor=actor, kind=event, detail=detail)


def _channels(debtor: Debtor, addresses: Mapping[Channel, str]) -> frozenset[Channel]:
    """How the debtor can be reminded: by what reaches them, and the channel they prefer first among equals."""
    usable = _REMINDED_BY & set(addresses)
    preferred = Channel(debtor.party.channel)
    return frozenset({preferred} if preferred in usable else usable)
