"""What a case does next: one pure function over its facts, its strategy and the law of the day.

``next_step`` is asked at every turn of a case. It decides; it waits for nothing and writes nothing. All it says is
in the returned plan: what to put into the outbox, what became of promises, when to ask again, whether it is over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.contact_policy import Channel, Refusal
from domain.loans import Arrears
from domain.money import Money
from domain.notices import NoticeKind
from domain.promises import Promise, PromiseState, outcome
from domain.strategies import Strategy

LONGEST_SLEEP: Final = timedelta(days=35)
"""No case sleeps longer: a lost signal is found and an old build retired within this time."""

_RETRY_AFTER_REFUSAL: Final = timedelta(days=1)


class WorkState(StrEnum):
    """What is being done about a case; the last eight are ends."""

    ACTIVE = "active"
    PROMISE = "promise"
    CURED = "cured"
    PAID = "paid"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
    SOLD = "sold"
    WITHDRAWN = "withdrawn"
    TIME_BARRED = "time_barred"


ENDS: Final = frozenset(set(WorkState) - {WorkState.ACTIVE, WorkState.PROMISE})


@dataclass(frozen=True, slots=True)
class ActiveHold:
    """A hold that covers today; ``end`` is the first day without it, ``None`` until it is released."""

    kind: str
    end: date | None


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """An open promise and what was received towards it, by value date within its days."""

    promise: Promise
    received: Money


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Everything a decision rests on.

    ``today`` is the debtor's own day; ``start_of_day`` turns a day of theirs into the instant it begins.
    ``channels`` are those by which the debtor can be reached at all. ``next_bucket`` is the day on which the debt
    falls into its next bucket.
    """

    now: datetime
    today: date
    arrears: Arrears
    step: int
    last_step_at: datetime | None
    opened_at: datetime
    channels: frozenset[Channel]
    start_of_day: Callable[[date], datetime]
    holds: tuple[ActiveHold, ...] = ()
    promises: tuple[OpenPromise, ...] = ()
    thanks_due: tuple[str, ...] = ()  # receipts that nobody has thanked for yet
    next_bucket: date | None = None
    next_hold: date | None = None  # the first day of a hold that is yet to come


FirstLawful = Callable[[Channel, datetime], datetime | Refusal]
"""The first lawful moment for a channel at or after an instant, or why there is none."""


@dataclass(frozen=True, slots=True)
class QueueNotice:
    """Put a notice into the outbox, not to be sent before a moment. ``cause`` makes it unique in the case."""

    kind: NoticeKind
    channel: Channel
    not_before: datetime
    cause: str
    receipt_id: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A decision. ``reasons`` are codes for the timeline; ``refusal`` says what law kept from happening."""

    state: WorkState
    next_wake_at: datetime | None
    step: int
    stepped: bool = False
    notices: tuple[QueueNotice, ...] = ()
    cancel_reminders: bool = False
    promises: tuple[tuple[str, PromiseState], ...] = ()
    refusal: Refusal | None = None
    reasons: tuple[str, ...] = field(default=())

    @property
    def done(self) -> bool:
        """Whether the case is over."""
        return self.state in ENDS


def next_step(facts: CaseFacts, strategy: Strategy, lawful: FirstLawful) -> Plan:
    """The plan for a case as it stands now."""
    resolved = _promises(facts)
    thanks = _thanks(facts, lawful)
    end = _end(facts.arrears)
    if end is not None:
        kept = tuple((identifier, _ended(state)) for identifier, state in resolved)
        return Plan(
            end, None, facts.step, notices=thanks, cancel_reminders=True, promises=kept, reasons=(f"case_{end.value}",)
        )
    if facts.holds:
        return _held(facts, thanks=thanks, resolved=resolved)
    waiting = [item for item in facts.promises if dict(resolved)[item.promise.id] is PromiseState.OPEN]
    if waiting:
        return _promised(facts, waiting, thanks=thanks, resolved=resolved)
    return _climb(facts, strategy, lawful, thanks=thanks, resolved=resolved)


def _end(owed: Arrears) -> WorkState | None:
    if not owed.outstanding:
        return WorkState.PAID
    return None if owed.overdue else WorkState.CURED


def _ended(state: PromiseState) -> PromiseState:
    """A promise still open when nothing is overdue any more has served its purpose."""
    return PromiseState.KEPT if state is PromiseState.OPEN else state


def _promises(facts: CaseFacts) -> tuple[tuple[str, PromiseState], ...]:
    return tuple((item.promise.id, outcome(item.promise, item.received, facts.today)) for item in facts.promises)


def _channel(facts: CaseFacts, wanted: Sequence[Channel]) -> Channel | None:
    return next((channel for channel in wanted if channel in facts.channels), None)


def _thanks(facts: CaseFacts, lawful: FirstLawful) -> tuple[QueueNotice, ...]:
    channel = _channel(facts, (Channel.EMAIL, Channel.SMS))
    if channel is None:
        return ()
    moment = lawful(channel, facts.now)
    if isinstance(moment, Refusal):
        return ()
    return tuple(
        QueueNotice(NoticeKind.THANK_YOU, channel, moment, cause=f"receipt/{receipt}", receipt_id=receipt)
        for receipt in facts.thanks_due
    )


def _wake(facts: CaseFacts, *moments: datetime | None) -> datetime:
    days = [facts.start_of_day(day) for day in (facts.next_bucket, facts.next_hold) if day is not None]
    later = [moment for moment in (*moments, *days) if moment is not None and moment > facts.now]
    return min([*later, facts.now + LONGEST_SLEEP])


def _held(facts: CaseFacts, *, thanks: tuple[QueueNotice, ...], resolved: tuple[tuple[str, PromiseState], ...]) -> Plan:
    """Everybody stops while a hold covers today; the ladder goes on from where it was when the last one ends."""
    ends = [hold.end for hold in facts.holds]
    last = None if None in ends else max(end for end in ends if end is not None)
    return Plan(
        WorkState.ACTIVE,
        _wake(facts, facts.start_of_day(last) if last else None),
        facts.step,
        notices=thanks,
        cancel_reminders=True,
        promises=resolved,
        reasons=tuple(f"hold_{hold.kind}" for hold in facts.holds),
    )


def _promised(
    facts: CaseFacts,
    waiting: Sequence[OpenPromise],
    *,
    thanks: tuple[QueueNotice, ...],
    resolved: tuple[tuple[str, PromiseState], ...],
) -> Plan:
    """While a promise is open nobody reminds; the case wakes when its last day has passed."""
    first = min(item.promise.last_day for item in waiting)
    return Plan(
        WorkState.PROMISE,
        _wake(facts, facts.start_of_day(first + timedelta(days=1))),
        facts.step,
        notices=thanks,
        cancel_reminders=True,
        promises=resolved,
        reasons=("promise_open",),
    )


def _climb(
    facts: CaseFacts,
    strategy: Strategy,
    lawful: FirstLawful,
    *,
    thanks: tuple[QueueNotice, ...],
    resolved: tuple[tuple[str, PromiseState], ...],
) -> Plan:
    step = strategy.step(facts.step)
    due_at = (facts.last_step_at or facts.opened_at) + timedelta(days=step.after_days)

    def waiting(until: datetime, *, refusal: Refusal | None, reason: str) -> Plan:
        return Plan(
            WorkState.ACTIVE,
            _wake(facts, until),
            facts.step,
            notices=thanks,
            promises=resolved,
            refusal=refusal,
            reasons=(reason,),
        )

    if facts.now < due_at:
        return waiting(due_at, refusal=None, reason="step_not_due")
    channel = _channel(facts, step.channels)
    if channel is None:
        return waiting(facts.now + LONGEST_SLEEP, refusal=None, reason="unreachable")
    moment = lawful(channel, facts.now)
    if isinstance(moment, Refusal):
        return waiting(facts.now + _RETRY_AFTER_REFUSAL, refusal=moment, reason="contact_refused")
    notice = QueueNotice(step.kind, channel, moment, cause=f"step/{facts.step}")
    following = strategy.step(facts.step + 1)
    return Plan(
        WorkState.ACTIVE,
        _wake(facts, facts.now + timedelta(days=following.after_days)),
        facts.step + 1,
        stepped=True,
        notices=(*thanks, notice),
        promises=resolved,
        reasons=(f"step_{step.code}",),
    )
