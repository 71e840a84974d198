"""Cash sweeps from child accounts to their parent: planning each once for a business date, booking, arrival, failure.

A run is planned in one transaction and booked in another, which takes the run, posts and marks it, or does nothing:
a crash between leaves a planned run that the next visit books, or cancels once its cut-off has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from activities import legal_entities
from activities.sweep_outlook import Ends, ends_of, outlook, price_of
from connectors.payment_files import pain001
from connectors.rates.book import RateBook
from domain import bookings, treasury_bookings
from domain.accounts import Account, Role
from domain.bookings import Head
from domain.errors import AfluenteError, Conflict, Invalid, Refused
from domain.ids import NewId
from domain.journal import JournalEntry
from domain.money import Money
from domain.sweep_runs import ON_ITS_WAY, WAITING, RunState, check_arrival, may_approve
from domain.sweeps import NotNow, Price, Reason, RuleStatus, SweepPlan, priced
from domain.treasury_bookings import Exchange
from ledger import accounts, closing, posting, reservations, reversals
from store import sweep_runs, sweeps
from store.sweep_runs import SweepRun
from store.sweeps import StoredRule, SweepEvent

SCHEDULE = "schedule"
"""Who asks for a sweep when the schedule does."""

_FURTHEST_AHEAD = timedelta(hours=14)  # no clock on earth is further ahead of UTC


@dataclass(frozen=True)
class Desk:
    """What sweeping needs besides a transaction."""

    tenant_id: str
    rates: RateBook
    new_id: NewId
    now: datetime


# Planning ---------------------------------------------------------------------------------------------------------


def plan_run(tx: Connection, desk: Desk, rule_id: str, *, requested_by: str) -> SweepRun | NotNow:
    """Plan a rule's sweep of its business date, once; a person's request waits for no hour of the schedule."""
    stored = sweeps.get_rule(tx, rule_id)
    ends = ends_of(tx, stored.rule.child_account_id)
    by_hand = requested_by != SCHEDULE
    answer = outlook(tx, stored, ends, book=desk.rates, now=desk.now, by_hand=by_hand)
    if isinstance(answer, NotNow):
        return answer
    run = _planned(tx, desk, stored, answer, requested_by=requested_by)
    if not sweep_runs.add(tx, run):
        return NotNow(Reason.ALREADY_RUN_FOR_DATE, details={"date": run.business_date.isoformat()})
    _note(tx, desk, run, "planned", actor=requested_by, detail={"amount": str(run.amount)})
    return run


def _planned(tx: Connection, desk: Desk, stored: StoredRule, plan: SweepPlan, *, requested_by: str) -> SweepRun:
    price, exchange = plan.price, plan.exchange
    return SweepRun(
        id=desk.new_id("sweep_run"),
        tenant_id=desk.tenant_id,
        rule_id=stored.rule.id,
        rule_revision=stored.revision,
        business_date=plan.business_date,
        attempt=sweep_runs.next_attempt(tx, stored.rule.id, plan.business_date),
        state=RunState.AWAITING_APPROVAL if plan.needs_approval else RunState.PLANNED,
        amount=plan.amount,
        into_currency=plan.into,
        brought=None if exchange is None else exchange.brought,
        middle=None if exchange is None else exchange.at_middle,
        rate=None if price is None else price.rate,
        mid=None if price is None else price.mid,
        rate_source=None if price is None else price.source,
        rate_as_of=None if price is None else price.as_of,
        quote_id=None if price is None else price.quote_id,
        taxes=plan.taxes,
        purpose=stored.rule.purpose.value,
        effective_at=plan.effective_at,
        requested_by=requested_by,
        created_at=desk.now,
    )


# Booking ----------------------------------------------------------------------------------------------------------


def send(tx: Connection, desk: Desk, run_id: str) -> SweepRun:
    """Book a planned run as on its way; what the book refuses leaves it ``failed`` with the reason, nothing booked.

    A rule that changed since, or a cut-off that passed, cancels it. Raises ``sweep_run_moved_on`` where another worker
    was faster, and the reason where an exchange has no price now: then it stays planned.
    """
    run = taken(tx, run_id, RunState.PLANNED)
    stored = sweeps.get_rule(tx, run.rule_id)
    try:
        _still_meant(run, stored, desk.now)
    except Refused as refusal:
        return give_up(tx, desk, run, refusal, actor=SCHEDULE)
    return _book(tx, desk, run, stored, actor=run.requested_by, changes={})


def approve(tx: Connection, desk: Desk, run_id: str, *, actor: str) -> SweepRun:
    """Book a run that waited for a second person, at the price of now.

    Raises ``four_eyes``, ``cut_off_passed``, ``sweep_rule_changed_since``, ``sweep_run_moved_on`` and the reason where
    an exchange has no price: then it goes on waiting.
    """
    run = taken(tx, run_id, RunState.AWAITING_APPROVAL)
    stored = sweeps.get_rule(tx, run.rule_id)
    may_approve(actor, {run.requested_by, stored.changed_by})
    _still_meant(run, stored, desk.now)
    _note(tx, desk, run, "approved", actor=actor)
    return _book(tx, desk, run, stored, actor=actor, changes={"approved_by": actor, "approved_at": desk.now})


def taken(tx: Connection, run_id: str, *states: RunState) -> SweepRun:
    """The run, held until the transaction ends; ``sweep_run_moved_on`` where it is in none of the states."""
    run = sweep_runs.take(tx, run_id, states=states)
    if run is None:
        found = sweep_runs.get(tx, run_id)
        raise Conflict("sweep_run_moved_on", f"The sweep is {found.state.value} already.", state=found.state.value)
    return run


def _still_meant(run: SweepRun, stored: StoredRule, now: datetime) -> None:
    if now >= run.effective_at:
        raise Refused(Reason.CUT_OFF_PASSED.value, "The cut-off of its business date has passed.", fix="Cancel it.")
    if stored.revision != run.rule_revision or stored.rule.status is not RuleStatus.ACTIVE:
        raise Refused(
            "sweep_rule_changed_since", "Its rule was changed after it was planned.", fix="Cancel it; plan it again."
        )


def _book(
    tx: Connection, desk: Desk, run: SweepRun, stored: StoredRule, *, actor: str, changes: dict[str, object]
) -> SweepRun:
    ends = ends_of(tx, stored.rule.child_account_id)
    price = priced(stored.rule, price_of(tx, stored.rule, ends, book=desk.rates, now=desk.now))
    if isinstance(price, NotNow):
        said = price.details.get("said", "There is no price for the exchange that the rule allows.")
        raise Refused(price.reason.value, said, **price.details)
    exchange = None if price is None else price.exchange(run.amount)
    entries = [closing.on_open_day(tx, one) for one in _entries(tx, desk, run, ends, exchange)]
    before = tx.begin_nested()
    refused = next((one.code for one in posting.post(tx, entries, now=desk.now) if one.outcome != "created"), None)
    if refused is None and reservations.available(tx, ends.bank).least.minor < 0:
        refused = "balance_fell"
    if refused is not None:
        before.rollback()
        return _failed_unbooked(tx, desk, run, refused or "idempotency_conflict", actor=actor)
    before.commit()
    sent = sweep_runs.advance(
        tx,
        run,
        state=RunState.SENT,
        sent_at=desk.now,
        entry_out=entries[0].id,
        entry_tax=entries[1].id if len(entries) > 1 else None,
        file_reference=pain001.message_id([run.id]),
        **_priced_fields(price, exchange),
        **changes,
    )
    _note(tx, desk, sent, "sent", actor=actor, detail={"entry": entries[0].id})
    return sent


def _priced_fields(price: Price | None, exchange: Exchange | None) -> dict[str, object]:
    if price is None or exchange is None:
        return {}
    return {
        "brought": exchange.brought,
        "middle": exchange.at_middle,
        "rate": price.rate,
        "mid": price.mid,
        "rate_source": price.source,
        "rate_as_of": price.as_of,
        "quote_id": price.quote_id,
    }


def _entries(tx: Connection, desk: Desk, run: SweepRun, ends: Ends, exchange: Exchange | None) -> list[JournalEntry]:
    """What a sweep books as it leaves: the money on its way, and the taxes on it."""
    entries = [_out(tx, desk, run, ends, exchange)]
    if run.tax:
        head = _head(desk, run, "/tax")
        entries.append(bookings.tax_withheld(head, leaves=ends.leaves, amount=run.tax, to_bank=True))
    return entries


def _out(tx: Connection, desk: Desk, run: SweepRun, ends: Ends, exchange: Exchange | None) -> JournalEntry:
    own = _treasury(tx, desk, ends.parent, run.amount.currency)
    between = legal_entities.between(
        tx, ends.child.id, ends.parent.id, run.business_date, new_id=desk.new_id, now=desk.now
    )
    head = _head(desk, run, "")
    if exchange is None:
        return treasury_bookings.sweep_sent(head, child=ends.leaves, treasury=own, amount=run.amount, between=between)
    return treasury_bookings.sweep_exchanged(
        head,
        child=ends.leaves,
        treasury_from=own,
        treasury_into=_treasury(tx, desk, ends.parent, run.into_currency),
        amount=run.amount,
        exchange=exchange,
        between=between,
    )


def _treasury(tx: Connection, desk: Desk, parent: Account, currency: str) -> dict[Role, str]:
    return accounts.open_treasury(tx, parent=parent, currency=currency, new_id=desk.new_id, now=desk.now)[1]


def _head(desk: Desk, run: SweepRun, step: str) -> Head:
    return Head(desk.new_id("entry"), f"{run.key}{step}", run.business_date, run.id)


def _failed_unbooked(tx: Connection, desk: Desk, run: SweepRun, code: str, *, actor: str) -> SweepRun:
    said = "The money was no longer there." if code == "balance_fell" else f"The book refused it: {code}."
    done = sweep_runs.advance(tx, run, state=RunState.FAILED, reason_code=code, reason=said, ended_at=desk.now)
    _note(tx, desk, done, "failed", actor=actor, reason=said, detail={"code": code})
    return done


# What the bank says -------------------------------------------------------------------------------------------------


def hand_over(tx: Connection, desk: Desk, run_id: str, *, actor: str, bank_reference: str | None) -> SweepRun:
    """The bank has taken the order; raises ``sweep_run_moved_on``."""
    run = taken(tx, run_id, RunState.SENT)
    done = sweep_runs.advance(tx, run, state=RunState.IN_TRANSIT, taken_at=desk.now, bank_reference=bank_reference)
    _note(tx, desk, done, "taken", actor=actor, detail={"bank_reference": bank_reference})
    return done


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the parent's bank shows; ``meant`` says that a difference far from what was expected is right."""

    amount: Money
    day: date
    meant: bool = False
    bank_reference: str | None = None


def confirm(tx: Connection, desk: Desk, run_id: str, arrival: Arrival, *, actor: str) -> SweepRun:
    """The parent's bank confirms a sweep; what is missing of it is a fee.

    Raises ``sweep_run_moved_on``, ``arrival_amount_invalid``, ``arrival_day_invalid``, ``arrival_far_off`` and what
    posting refuses.
    """
    run = taken(tx, run_id, *ON_ITS_WAY)
    check_arrival(
        arrival.amount,
        run.expected,
        on=arrival.day,
        sent=run.business_date,
        today=(desk.now + _FURTHEST_AHEAD).date(),
        meant=arrival.meant,
    )
    ends = ends_of(tx, sweeps.get_rule(tx, run.rule_id).rule.child_account_id)
    entry = treasury_bookings.sweep_arrived(
        Head(desk.new_id("entry"), f"{run.key}/arrived", arrival.day, run.id),
        treasury=_treasury(tx, desk, ends.parent, run.into_currency),
        expected=run.expected,
        arrived=arrival.amount,
    )
    closing.post_one(tx, entry, now=desk.now)
    done = sweep_runs.advance(
        tx,
        run,
        state=RunState.ARRIVED,
        arrived=arrival.amount,
        arrived_on=arrival.day,
        ended_at=desk.now,
        entry_in=entry.id,
        bank_reference=arrival.bank_reference or run.bank_reference,
    )
    _note(tx, desk, done, "arrived", actor=actor, detail={"amount": str(arrival.amount), "entry": entry.id})
    return done


@dataclass(frozen=True, slots=True)
class Setback:
    """Why a sweep did not arrive; ``returned`` where it had left and came back."""

    code: str
    reason: str
    returned: bool = False

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise Invalid("reason_missing", "A sweep fails for a reason.", fix="Say why.")


def undo(tx: Connection, desk: Desk, run_id: str, setback: Setback, *, actor: str) -> SweepRun:
    """Book a sweep back that the bank did not carry out, or that came back: each entry by its exact mirror.

    Raises ``sweep_run_moved_on`` and what posting refuses (an account that was frozen since).
    """
    run = taken(tx, run_id, *ON_ITS_WAY)
    stored = sweeps.get_rule(tx, run.rule_id)
    day = max(run.business_date, stored.rule.schedule.today(desk.now))
    back = {"reversal": run.entry_out, "reversal_tax": run.entry_tax}
    mirrored: dict[str, str] = {}
    for name, entry_id in back.items():
        if entry_id is not None:
            mirrored[name] = desk.new_id("entry")
            reversals.reverse(
                tx,
                entry_id,
                reversal_id=mirrored[name],
                key=f"{run.key}/{name}",
                effective_date=day,
                now=desk.now,
            )
    state = RunState.RETURNED if setback.returned else RunState.FAILED
    done = sweep_runs.advance(
        tx, run, state=state, reason_code=setback.code, reason=setback.reason, ended_at=desk.now, **mirrored
    )
    _note(tx, desk, done, state.value, actor=actor, reason=setback.reason, detail={"code": setback.code, **mirrored})
    return done


def cancel(tx: Connection, desk: Desk, run_id: str, *, actor: str, reason: str) -> SweepRun:
    """Give up a run that nothing was booked for; raises ``sweep_run_moved_on`` and ``reason_missing``."""
    setback = Setback("cancelled", reason)
    return give_up(tx, desk, taken(tx, run_id, *WAITING), Refused(setback.code, setback.reason), actor=actor)


def give_up(tx: Connection, desk: Desk, run: SweepRun, why: AfluenteError, *, actor: str) -> SweepRun:
    """Cancel a run that was taken while it waited, for a reason with a code."""
    done = sweep_runs.advance(
        tx, run, state=RunState.CANCELLED, reason_code=why.code, reason=why.message, ended_at=desk.now
    )
    _note(tx, desk, done, "cancelled", actor=actor, reason=why.message, detail={"code": why.code})
    return done


def _note(
    tx: Connection,
    desk: Desk,
    run: SweepRun,
    kind: str,
    *,
    actor: str,
    reason: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    event = SweepEvent(kind, actor, reason, dict(detail or {}), desk.now)
    sweeps.note(tx, run.id, event, tenant_id=desk.tenant_id)
