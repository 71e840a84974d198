"""A case's turn: load the facts, ask the pure plan, and write case, audit and outbox in the same transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import arrangements, contact, fall_over, write_offs
from activities import cases as case_files
from activities import promises as promise_files
from activities.book import Book
from activities.contact import Debtor
from activities.notice_queue import Outbox
from activities.notice_writing import enforceable
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
from domain.contact_policy import Channel, ContactFacts, Refusal
from domain.delinquency import next_change
from domain.errors import AfluenteError, Conflict, Invalid, NotFound
from domain.ids import NewId
from domain.loans import Arrears, arrears
from domain.money import Money
from domain.notices import CLAIMS_OVERDUE, SPOKEN_UNDER, NoticeKind
from domain.planning import (
    ENDS,
    ActiveHold,
    CaseFacts,
    FirstLawful,
    Occasion,
    Plan,
    QueueNotice,
    WorkState,
    closed,
    next_step,
)
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
_HELD_UP = timedelta(days=4)  # longer than law makes a notice wait over a long weekend
_ACKNOWLEDGED = {
    HoldKind.COMPLAINT: NoticeKind.COMPLAINT_ACKNOWLEDGEMENT,
    HoldKind.DISPUTE: NoticeKind.DISPUTE_ACKNOWLEDGEMENT,
}


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
        self.occasions: list[Occasion] = []

    def take(self, turn: TurnInput) -> Decision:
        """Apply what people said, decide, and write what follows."""
        answers = [self._obey(command) for command in turn.commands]
        if self.case.closed_at is not None:
            return self._over(turn, answers)
        events = cases.pending_events(self.tx, self.case.id)
        owed = arrears(case_files.debt(self.tx, self.case).instalments, currency=self.case.currency, as_of=self.today)
        facts = self._facts(owed, tuple(event.ref for event in events if event.kind == "receipt_posted"))
        closing = next((item for item in turn.closings if self._accepted(item, answers)), None)
        if closing is None:
            plan = next_step(facts, strategies.find(self.case.strategy, self.case.strategy_version), self._lawful())
        else:
            plan = closed(facts, self._lawful(), WorkState(closing.reason))
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
        self.occasions.append(Occasion(NoticeKind.PROMISE_CONFIRMATION, f"promise/{promise.id}"))
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
        if kind in _ACKNOWLEDGED:
            self.occasions.append(Occasion(_ACKNOWLEDGED[kind], f"hold/{hold.id}"))
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

    def _lawful(self) -> FirstLawful:
        """Contact law as the plan asks it, for each kind of notice with the holds that bind it."""
        known: dict[frozenset[str], ContactFacts] = {}

        def lawful(channel: Channel, not_before: datetime, kind: NoticeKind) -> datetime | Refusal:
            under = SPOKEN_UNDER.get(kind, frozenset())
            if under not in known:
                known[under] = contact.facts(self.tx, self.debtor, now=self.now, kind=kind)
            return contact.first_lawful(
                self.debtor, known[under], channel=channel, not_before=not_before, spread=self._spread()
            )

        return lawful

    def _spread(self) -> float:
        """Where in a window this case speaks: the same for the same case and step, even over all cases."""
        digest = hashlib.sha256(f"{self.case.id}/{self.case.step}".encode()).digest()
        return int.from_bytes(digest[:4], "big") / 2**32

    def _facts(self, owed: Arrears, thanks_due: tuple[str, ...]) -> CaseFacts:
        placed = holds.of_case(self.tx, self.case.id)
        ladder = [one for one in notices.of_case(self.tx, self.case.id) if _is_of_ladder(one)]
        usable = _REMINDED_BY.intersection(contact.addresses(self.tx, self.debtor))
        return CaseFacts(
            now=self.now,
            today=self.today,
            arrears=owed,
            step=self.case.step,
            last_step_at=max(map(_stepped_at, ladder), default=None),
            opened_at=self.case.opened_at,
            channels=_channels(self.debtor, usable),
            start_of_day=self.debtor.start_of_day,
            holds=tuple(ActiveHold(hold.kind, hold.end) for hold in placed if holds.covers(hold, self.today)),
            promises=tuple(
                promise_files.standing(self.tx, self.case, row, self.debtor.today) for row in self._live_promises()
            ),
            thanks_due=thanks_due,
            occasions=tuple(self.occasions),
            addresses=usable,
            said=frozenset(NoticeKind(notice.kind) for notice in ladder),
            notice_held=any(notice.state == "held" for notice in ladder),
            enforceable=enforceable(self.debtor.country.conduct, owed.oldest_due_date, self.today),
            vehicle_notice=arrangements.vehicle_notice_is_due(self.tx, self.debtor, owed, today=self.today),
            settlement=arrangements.standing_offer(self.tx, self.case, self.debtor.today),
            next_bucket=next_change(owed.oldest_due_date, self.today),
            next_hold=min(
                (hold.start for hold in placed if hold.start > self.today and hold.released_by is None), default=None
            ),
        )

    def _live_promises(self) -> list[PromiseRow]:
        """Open promises, and kept ones whose money may still go back."""
        states = {PromiseState.OPEN.value, PromiseState.KEPT.value}
        return [row for row in promises.of_case(self.tx, self.case.id) if row.state in states]

    # What follows --------------------------------------------------------------------------------------------

    def _write(self, plan: Plan, owed: Arrears, turn_no: int) -> None:
        standing = case_files.standing(owed, self.today)
        if standing["bucket"] != self.case.bucket:
            buckets.enter(self.tx, self.case, bucket=str(standing["bucket"]), day=self.today)
        unsent = self._take_back(plan)
        outbox = Outbox(self.tx, self.debtor, self.new_id, self.now)
        for item in plan.notices:
            self._queue(outbox, item, turn_no, owed=owed)
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

    def _take_back(self, plan: Plan) -> int:
        """Cancel what was not sent and is not to be; how many rungs of the ladder were among it."""
        if not plan.cancel_reminders:
            return 0
        waiting = [one for one in notices.of_case(self.tx, self.case.id) if one.state in ("queued", "held")]
        ladder = {one.id for one in waiting if _is_of_ladder(one)}
        claims = {one.id for one in waiting if plan.cancel_claims and NoticeKind(one.kind) in CLAIMS_OVERDUE}
        for notice_id in sorted(ladder | claims):
            notices.change(self.tx, notice_id, state="cancelled")
        return len(ladder)

    def _queue(self, outbox: Outbox, item: QueueNotice, turn_no: int, *, owed: Arrears) -> None:
        """Put a planned notice into the outbox, with the facts that are known only now."""
        stated: dict[str, Any] = {}
        if item.kind in _ACKNOWLEDGED.values():
            stated = arrangements.acknowledged(self.debtor, item.cause.partition("/")[2], today=self.today)
        amount = owed.overdue if item.kind in CLAIMS_OVERDUE else None
        if item.kind is NoticeKind.PROMISE_CONFIRMATION:
            taken = next(row for row in promises.of_case(self.tx, self.case.id) if item.cause == f"promise/{row.id}")
            amount = Money(taken.amount_minor, taken.currency)
        on_the_ladder = item.cause.startswith("step/")
        outbox.put(item, cause=f"{item.cause}/{turn_no}" if on_the_ladder else None, amount=amount, stated=stated)

    def _note(self, event: str, /, *, actor: str = "system", **detail: Any) -> None:
        timeline.note(self.tx, self.case, at=self.now, actor=actor, kind=event, detail=detail)


def _is_of_ladder(notice: Notice) -> bool:
    return notice.cause.startswith("step/") and notice.state != "cancelled"


def _stepped_at(notice: Notice) -> datetime:
    """When a rung was taken; one that was held up counts from when it goes out, so that the next one waits, too."""
    goes_out = notice.sent_at or notice.not_before
    return goes_out if goes_out - notice.created_at > _HELD_UP else notice.created_at


def _channels(debtor: Debtor, usable: frozenset[Channel]) -> frozenset[Channel]:
    """How the debtor is written to: the channel they prefer where it reaches them, else any that does."""
    preferred = Channel(debtor.party.channel)
    return frozenset({preferred}) if preferred in usable else usable
