"""What a case does next: one pure function over its facts, its strategy and the law of the day.

``next_step`` is asked at every turn of a case. It decides; it waits for nothing and writes nothing. All it says is
in the returned plan: what to put into the outbox, what became of promises, when to ask again, whether it is over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.contact_policy import Channel, Refusal
from domain.loans import Arrears
from domain.money import Money
from domain.notices import FORMAL, NoticeKind
from domain.promises import Promise, PromiseState, outcome
from domain.strategies import Step, Strategy

LONGEST_SLEEP: Final = timedelta(days=35)
"""No case sleeps longer: a lost signal is found and an old build retired within this time."""

_RETRY_AFTER_REFUSAL: Final = timedelta(days=1)
_LOOK_AGAIN: Final = timedelta(days=3)
"""How often a case looks whether a notice that waits for a person has gone on."""
_REST_AFTER_BROKEN: Final = timedelta(days=5)
"""A debtor who is told that a promise was not kept is left this time before the ladder goes on: house policy."""


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
_TOLD_OF_THE_END: Final = (WorkState.PAID, WorkState.CURED, WorkState.SETTLED, WorkState.WITHDRAWN)
"""Ends that a debtor is told of; who gave a debt up or sold it has more to say than that it is closed."""


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
class OpenSettlement:
    """An offer to settle what is overdue, and what was received for it by value date within its days."""

    amount: Money
    until: date
    received: Money


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that the debtor is told of: a promise taken, a complaint or an objection received."""

    kind: NoticeKind
    cause: str


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
    occasions: tuple[Occasion, ...] = ()  # what the debtor is told because it happened since the last turn
    addresses: frozenset[Channel] = frozenset()  # every channel that reaches the debtor, preferred or not
    said: frozenset[NoticeKind] = frozenset()  # the kinds of the ladder's notices so far
    notice_held: bool = False  # a notice of the ladder waits for a person
    enforceable: bool = False  # the claim has not run out, by a limitation that is known
    vehicle_notice: bool = False  # law prescribes the creditor's own notice about the vehicle, and its time has come
    settlement: OpenSettlement | None = None
    next_bucket: date | None = None
    next_hold: date | None = None  # the first day of a hold that is yet to come


FirstLawful = Callable[[Channel, datetime, NoticeKind], datetime | Refusal]
"""The first lawful moment for a notice over a channel at or after an instant, or why there is none."""


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
    cancel_reminders: bool = False  # those of the ladder that were not sent
    cancel_claims: bool = False  # with them whatever else asks for what is overdue
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
    replies = _replies(facts, lawful)
    end = _end(facts)
    if end is not None:
        kept = tuple((identifier, _ended(state)) for identifier, state in resolved)
        return closed(facts, lawful, end, replies=replies, promises=kept, reason=f"case_{end.value}")
    if facts.holds:
        return _held(facts, replies=replies, resolved=resolved)
    waiting = [item for item in facts.promises if dict(resolved)[item.promise.id] is PromiseState.OPEN]
    if waiting:
        return _promised(facts, waiting, replies=(*replies, *_broken(facts, lawful, resolved)), resolved=resolved)
    if facts.settlement is not None and facts.today <= facts.settlement.until:
        return _offered(facts, facts.settlement, replies=replies, resolved=resolved)
    broken = _broken(facts, lawful, resolved)
    return _climb(facts, strategy, lawful, replies=replies, resolved=resolved, broken=broken)


def closed(
    facts: CaseFacts,
    lawful: FirstLawful,
    end: WorkState,
    *,
    replies: tuple[QueueNotice, ...] | None = None,
    promises: tuple[tuple[str, PromiseState], ...] = (),
    reason: str = "closed",
) -> Plan:
    """The plan of a case that ends: what was asked is taken back, and the debtor is told that it is over."""
    told = _replies(facts, lawful) if replies is None else replies
    if end in _TOLD_OF_THE_END:
        told += _notify(facts, lawful, (Occasion(NoticeKind.CASE_CLOSED, "closed"),))
    return Plan(
        end,
        None,
        facts.step,
        notices=told,
        cancel_reminders=True,
        cancel_claims=True,
        promises=promises,
        reasons=(reason,),
    )


def _end(facts: CaseFacts) -> WorkState | None:
    owed, offer = facts.arrears, facts.settlement
    if not owed.outstanding:
        return WorkState.PAID
    if offer is not None and owed.overdue and offer.received.minor >= offer.amount.minor:
        return WorkState.SETTLED
    return None if owed.overdue else WorkState.CURED


def _ended(state: PromiseState) -> PromiseState:
    """A promise still open when nothing is overdue any more has served its purpose."""
    return PromiseState.KEPT if state is PromiseState.OPEN else state


def _promises(facts: CaseFacts) -> tuple[tuple[str, PromiseState], ...]:
    return tuple((item.promise.id, outcome(item.promise, item.received, facts.today)) for item in facts.promises)


def _channel(usable: frozenset[Channel], wanted: Sequence[Channel]) -> Channel | None:
    return next((channel for channel in wanted if channel in usable), None)


def _replies(facts: CaseFacts, lawful: FirstLawful) -> tuple[QueueNotice, ...]:
    """Thanks for each receipt, and what else happened that the debtor is told of."""
    thanks = tuple(
        replace(item, receipt_id=receipt)
        for receipt in facts.thanks_due
        for item in _notify(facts, lawful, (Occasion(NoticeKind.THANK_YOU, f"receipt/{receipt}"),))
    )
    return (*thanks, *_notify(facts, lawful, facts.occasions))


def _notify(facts: CaseFacts, lawful: FirstLawful, occasions: Sequence[Occasion]) -> tuple[QueueNotice, ...]:
    """A notice for each occasion at its first lawful moment; none where law never allows it or nothing reaches them."""
    channel = _channel(facts.channels, (Channel.EMAIL, Channel.SMS, Channel.LETTER))
    if channel is None:
        return ()
    found = []
    for occasion in occasions:
        moment = lawful(channel, facts.now, occasion.kind)
        if not isinstance(moment, Refusal):
            found.append(QueueNotice(occasion.kind, channel, moment, cause=occasion.cause))
    return tuple(found)


def _broken(
    facts: CaseFacts, lawful: FirstLawful, resolved: tuple[tuple[str, PromiseState], ...]
) -> tuple[QueueNotice, ...]:
    """One notice of the promises that were found not kept now, whichever of them is the latest."""
    was = {item.promise.id: item.promise for item in facts.promises}
    missed = [
        was[identifier]
        for identifier, state in resolved
        if state in (PromiseState.BROKEN, PromiseState.PARTIAL) and was[identifier].state is PromiseState.OPEN
    ]
    latest = max(missed, key=lambda promise: promise.due_date, default=None)
    if latest is None:
        return ()
    return _notify(facts, lawful, (Occasion(NoticeKind.BROKEN_PROMISE, f"promise/{latest.id}"),))


def _wake(facts: CaseFacts, *moments: datetime | None) -> datetime:
    days = [facts.start_of_day(day) for day in (facts.next_bucket, facts.next_hold) if day is not None]
    later = [moment for moment in (*moments, *days) if moment is not None and moment > facts.now]
    return min([*later, facts.now + LONGEST_SLEEP])


def _held(
    facts: CaseFacts, *, replies: tuple[QueueNotice, ...], resolved: tuple[tuple[str, PromiseState], ...]
) -> Plan:
    """Everybody stops while a hold covers today; the ladder goes on from where it was when the last one ends."""
    ends = [hold.end for hold in facts.holds]
    last = None if None in ends else max(end for end in ends if end is not None)
    return Plan(
        WorkState.ACTIVE,
        _wake(facts, facts.start_of_day(last) if last else None),
        facts.step,
        notices=replies,
        cancel_reminders=True,
        cancel_claims=True,
        promises=resolved,
        reasons=tuple(f"hold_{hold.kind}" for hold in facts.holds),
    )


def _promised(
    facts: CaseFacts,
    waiting: Sequence[OpenPromise],
    *,
    replies: tuple[QueueNotice, ...],
    resolved: tuple[tuple[str, PromiseState], ...],
) -> Plan:
    """While a promise is open nobody reminds; the case wakes when its last day has passed."""
    first = min(item.promise.last_day for item in waiting)
    return Plan(
        WorkState.PROMISE,
        _wake(facts, facts.start_of_day(first + timedelta(days=1))),
        facts.step,
        notices=replies,
        cancel_reminders=True,
        promises=resolved,
        reasons=("promise_open",),
    )


def _offered(
    facts: CaseFacts,
    offer: OpenSettlement,
    *,
    replies: tuple[QueueNotice, ...],
    resolved: tuple[tuple[str, PromiseState], ...],
) -> Plan:
    """While an offer to settle stands nobody reminds of more; the case wakes when its last day has passed."""
    return Plan(
        WorkState.ACTIVE,
        _wake(facts, facts.start_of_day(offer.until + timedelta(days=1))),
        facts.step,
        notices=replies,
        cancel_reminders=True,
        promises=resolved,
        reasons=("settlement_offered",),
    )


def _climb(
    facts: CaseFacts,
    strategy: Strategy,
    lawful: FirstLawful,
    *,
    replies: tuple[QueueNotice, ...],
    resolved: tuple[tuple[str, PromiseState], ...],
    broken: tuple[QueueNotice, ...],
) -> Plan:
    index, step = _rung(facts, strategy)

    def waiting(until: datetime, *, reason: str, refusal: Refusal | None = None) -> Plan:
        return Plan(
            WorkState.ACTIVE,
            _wake(facts, until),
            facts.step,
            notices=(*replies, *broken),
            promises=resolved,
            refusal=refusal,
            reasons=(reason,),
        )

    if broken:
        return waiting(facts.now + _REST_AFTER_BROKEN, reason="promise_not_kept")
    if facts.notice_held:
        return waiting(facts.now + _LOOK_AGAIN, reason="notice_held")
    due_at = (facts.last_step_at or facts.opened_at) + timedelta(days=step.after_days)
    if facts.now < due_at:
        return waiting(due_at, reason="step_not_due")
    channel = _carrying(facts, step)
    if channel is None:
        return waiting(facts.now + LONGEST_SLEEP, reason="unreachable")
    moment = lawful(channel, facts.now, step.kind)
    if isinstance(moment, Refusal):
        return waiting(facts.now + _RETRY_AFTER_REFUSAL, refusal=moment, reason="contact_refused")
    notice = QueueNotice(step.kind, channel, moment, cause=f"step/{facts.step}")
    following = _rung(replace(facts, step=index + 1, said=facts.said | {step.kind}), strategy)[1]
    return Plan(
        WorkState.ACTIVE,
        _wake(facts, facts.now + timedelta(days=following.after_days)),
        index + 1,
        stepped=True,
        notices=(*replies, notice),
        promises=resolved,
        reasons=(f"step_{step.code}",),
    )


def _rung(facts: CaseFacts, strategy: Strategy) -> tuple[int, Step]:
    """The next rung that law and the facts bear, with its index; a formal one whose time came late comes late."""
    last = len(strategy.steps)
    for index in range(facts.step, last):
        if _bears(facts, strategy.steps[index]):
            return index, strategy.steps[index]
    late = (one for one in strategy.steps if one.kind in FORMAL and one.kind not in facts.said and _bears(facts, one))
    return max(facts.step, last), next(late, strategy.repeat)


def _bears(facts: CaseFacts, step: Step) -> bool:
    """Whether a rung may be taken at all: no legal step is spoken of that cannot follow, and no letter but in full."""
    if step.kind in (NoticeKind.PRE_LEGAL, NoticeKind.REPOSSESSION_NOTICE) and not facts.enforceable:
        return False
    if step.kind is NoticeKind.REPOSSESSION_NOTICE and not facts.vehicle_notice:
        return False
    return step.kind not in FORMAL or _carrying(facts, step) is not None


def _carrying(facts: CaseFacts, step: Step) -> Channel | None:
    """The channel for a rung: one that the debtor prefers, but for what must be told in full any that reaches them."""
    return _channel(facts.addresses if step.kind in FORMAL else facts.channels, step.channels)
