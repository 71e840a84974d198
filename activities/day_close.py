"""Closing a creditor's day: one plans and proposes, another closes; one asks to open it again, another agrees.

Each step is one transaction of the caller's, kept with who did it and when. What is closed books the day's exchange
results in the same transaction; what is opened again takes back exactly that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import get_global
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from activities.day_close_figures import OF_ONE_STATE, RatesUsed, Reading, Told, book_control
from connectors import registry
from domain import treasury_bookings
from domain.bookings import Head, Leaves
from domain.day_close import (
    MAX_REASON,
    Acceptance,
    Actor,
    CloseState,
    Control,
    Figures,
    Planned,
    StepKind,
    as_document,
    check_acceptances,
    check_order,
    four_eyes,
    last_day_over,
    planned,
)
from domain.errors import AfluenteError, Conflict, Invalid, Refused
from domain.fx import Rate, RateLookup, RateSet
from domain.ids import NewId
from domain.journal import JournalEntry, mirror
from ledger import accounts, closing, posting
from store import creditors, day_closes, outgoing_events, rates
from store.creditors import Creditor
from store.day_closes import DayClose


@dataclass(frozen=True)
class Plan:
    """What closing a day would freeze and book, and what stands in its way."""

    creditor: Creditor
    figures: Figures
    refusals: tuple[AfluenteError, ...]
    bookings: tuple[Planned, ...]
    sets: Mapping[date, RateSet]
    standing: DayClose | None
    closed_until: date | None

    @property
    def differences(self) -> tuple[Control, ...]:
        """Controls that failed."""
        return tuple(control for control in self.figures.controls if not control.ok)


@dataclass(frozen=True)
class ClosingDesk:
    """The closing of days, in the caller's transaction."""

    tx: Connection
    new_id: NewId
    now: datetime

    def plan(self, creditor_id: str, day: date | None, *, rate: RateLookup, check_book: bool = True) -> Plan:
        """Tell a day as it would be proposed; nothing is written. What keeps it from being closed is in ``refusals``.

        Without a day it is the first open one, over or not, or where nothing was ever closed the last that is over.
        The control of the book itself takes as long as the book is large; ``check_book`` may leave it to the proposal.
        Raises ``day_closed``, ``earlier_day_open``, ``day_not_over`` for a day that is not the next to close.
        """
        creditor = creditors.get(self.tx, creditor_id)
        before = day_closes.last_closed(self.tx, creditor_id)
        closed = None if before is None else before.day
        zones = zones_of(creditor.country)
        wanted = day or (closed + timedelta(days=1) if closed else last_day_over(self.now, zones))
        early: list[AfluenteError] = []
        try:
            check_order(wanted, closed_until=closed, now=self.now, zones=zones)
        except Refused as error:
            if day is not None:
                raise
            early.append(error)
        told = self._tell_quietly(creditor, wanted, before, rate=rate, check_book=check_book)
        return Plan(
            creditor,
            told.figures,
            (*early, *told.refusals),
            planned(told.figures),
            told.sets,
            day_closes.standing(self.tx, creditor_id, wanted),
            closed,
        )

    def propose(
        self, creditor_id: str, day: date, *, rate: RateLookup, accepted: Sequence[Acceptance], actor: Actor
    ) -> DayClose:
        """Freeze a day's figures for another person to close it by; a proposal that stands is withdrawn for it.

        Raises ``day_closed``, ``earlier_day_open``, ``day_not_over``; ``rate_missing``, ``rate_stale`` and what else
        keeps a currency from being told; ``controls_failed``, ``book_broken``, ``difference_unknown``.
        """
        plan = self.plan(creditor_id, day, rate=rate)
        if plan.refusals:
            raise plan.refusals[0]
        check_acceptances(plan.figures.controls, accepted)
        tenant_id = plan.creditor.tenant_id
        for frozen in plan.sets.values():
            rates.keep_set(self.tx, frozen, tenant_id=tenant_id, frozen_by=actor.name, now=self.now)
        if plan.standing is not None:
            self._turn(plan.standing, StepKind.WITHDRAWN, actor, state=CloseState.WITHDRAWN.value)
        close_id = self.new_id("day_close")
        try:
            with self.tx.begin_nested():
                day_closes.add(
                    self.tx,
                    close_id=close_id,
                    tenant_id=tenant_id,
                    creditor_id=creditor_id,
                    figures=plan.figures,
                    accepted=accepted,
                    proposed_by=actor.id,
                )
        except IntegrityError as cause:
            raise Conflict("day_proposed", f"{day} was proposed at the same time.", fix="Look at it.") from cause
        self._note(close_id, tenant_id, StepKind.PROPOSED, actor)
        return day_closes.get(self.tx, close_id)

    def withdraw(self, close_id: str, *, actor: Actor) -> DayClose:
        """Take a proposal back; ``day_close_not_proposed`` where it is none any more."""
        close = self._locked(close_id, CloseState.PROPOSED)
        self._turn(close, StepKind.WITHDRAWN, actor, state=CloseState.WITHDRAWN.value)
        return day_closes.get(self.tx, close_id)

    def approve(self, close_id: str, *, actor: Actor) -> DayClose:
        """Close a proposed day and book its exchange results.

        Raises ``day_close_not_proposed``, ``four_eyes``, ``earlier_day_open``, ``book_broken``, ``book_busy``, and
        ``figures_changed`` where the book says something else now than what was proposed.
        """
        close = self._locked(close_id, CloseState.PROPOSED)
        four_eyes(close.proposed_by, actor)
        book = book_control(self.tx)
        closing.hold_still(self.tx)
        creditor = creditors.get(self.tx, close.creditor_id)
        before = day_closes.last_closed(self.tx, close.creditor_id)
        closed = None if before is None else before.day
        check_order(close.day, closed_until=closed, now=self.now, zones=zones_of(creditor.country))
        told = self._tell(creditor, close.day, before, rate=self._frozen(close.figures), book=book)
        if told.refusals or as_document(told.figures) != as_document(close.figures):
            raise Conflict(
                "figures_changed",
                f"The book says something else of {close.day} than what was proposed.",
                fix="Propose the day again.",
            )
        entries, revaluations = self._book(close, creditor, before)
        self._turn(
            close,
            StepKind.CLOSED,
            actor,
            state=CloseState.CLOSED.value,
            closed_by=actor.id,
            entries=entries,
            revaluations=revaluations,
        )
        payload = {"creditor_id": close.creditor_id, "day": close.day.isoformat(), "version": close.version}
        outgoing_events.emit(self.tx, "day.closed", close_id, payload, self.now)
        return day_closes.get(self.tx, close_id)

    def ask_reopening(self, close_id: str, *, reason: str, actor: Actor) -> DayClose:
        """Ask that the last closed day be opened again; raises ``day_close_not_closed`` and ``later_day_closed``."""
        if not reason.strip() or len(reason) > MAX_REASON:
            raise Invalid("reason_missing", f"Say why, in at most {MAX_REASON} characters.")
        close = self._locked(close_id, CloseState.CLOSED)
        self._check_last(close)
        self._turn(close, StepKind.REOPENING_ASKED, actor, reason, asked_by=actor.id, reason=reason)
        return day_closes.get(self.tx, close_id)

    def reopen(self, close_id: str, *, actor: Actor) -> DayClose:
        """Agree to open a day again: what its close booked is taken back by mirrors of the same day.

        Raises ``day_close_not_closed``, ``reopening_not_asked``, ``four_eyes``, ``later_day_closed``, ``book_busy``.
        """
        close = self._locked(close_id, CloseState.CLOSED)
        if close.asked_by is None:
            raise Conflict(
                "reopening_not_asked", "Nobody asked to open the day again.", fix="One asks, another agrees."
            )
        four_eyes(close.asked_by, actor)
        closing.hold_still(self.tx)
        self._check_last(close)
        self._turn(close, StepKind.REOPENED, actor, state=CloseState.REOPENED.value, reopened_by=actor.id)
        key = f"reopen/{close.creditor_id}/{close.day}/{close.version}"
        undone = [posting.get(self.tx, entry_id).entry for entry_id in reversed(close.entries)]
        self._post([self._mirror(one, f"{key}/{one.id}", close.day) for one in undone])
        return day_closes.get(self.tx, close_id)

    # Inside ---------------------------------------------------------------------------------------------------

    def _tell(
        self, creditor: Creditor, day: date, before: DayClose | None, *, rate: RateLookup, book: Control | None
    ) -> Told:
        used = RatesUsed(rate, creditor.settlement_currency)
        return Reading(self.tx, creditor, day, None if before is None else before.figures, used).tell(book)

    def _tell_quietly(
        self, creditor: Creditor, day: date, before: DayClose | None, *, rate: RateLookup, check_book: bool
    ) -> Told:
        """The figures from one state of the book.

        Where their parts disagree, perhaps because something was booked in between, they are told again with posting
        held.
        """
        book = book_control(self.tx) if check_book else None
        told = self._tell(creditor, day, before, rate=rate, book=book)
        if all(control.ok for control in told.figures.controls if control.code in OF_ONE_STATE):
            return told
        closing.hold_still(self.tx)
        return self._tell(creditor, day, before, rate=rate, book=book)

    def _frozen(self, figures: Figures) -> RateLookup:
        """The rates that were frozen with figures, and no others."""
        sets = {day: rates.get_set(self.tx, name).rates for day, name in figures.rate_sets.items()}

        def rate(base: str, quote: str, on: date) -> Rate:
            if on not in sets:
                raise Refused("rate_not_in_set", f"No rates were frozen of {on}.")
            return sets[on].rate(base, quote, on)

        return rate

    def _book(self, close: DayClose, creditor: Creditor, before: DayClose | None) -> tuple[list[str], dict[str, str]]:
        """Post what the close books; the entries, and by currency the one that revalues it now."""
        steps = planned(close.figures)
        if not steps:
            return [], {}
        parent = accounts.get(self.tx, creditor.parent_account_id)
        _, treasury = accounts.open_treasury(
            self.tx, parent=parent, currency=creditor.settlement_currency, new_id=self.new_id, now=self.now
        )
        earlier = {} if before is None else before.revaluations
        entries = [self._entry(close, step, treasury, earlier) for step in steps]
        self._post(entries)
        revaluations = {
            step.currency: entry.id for step, entry in zip(steps, entries, strict=True) if step.kind == "revaluation"
        }
        return [entry.id for entry in entries], revaluations

    def _entry(self, close: DayClose, step: Planned, treasury: Leaves, earlier: Mapping[str, str]) -> JournalEntry:
        key = f"close/{close.creditor_id}/{close.day}/{close.version}/{step.kind}/{step.currency}"
        head = Head(self.new_id("entry"), key, close.day, close.id)
        match step.kind:
            case "fx_realised":
                entry = treasury_bookings.fx_realised(head, treasury=treasury, gain=step.amount)
            case "revaluation":
                entry = treasury_bookings.revalued(head, treasury=treasury, change=step.amount)
            case _:
                standing = closing.standing_entry(self.tx, earlier[step.currency])
                if standing is None:
                    raise Conflict("revaluation_missing", f"The revaluation of {step.currency} was taken back by hand.")
                entry = self._mirror(posting.get(self.tx, standing).entry, key, close.day)
        return replace(entry, memo={"currency": step.currency, "rate_set": close.figures.rate_set or ""})

    def _mirror(self, entry: JournalEntry, key: str, day: date) -> JournalEntry:
        return mirror(entry, entry_id=self.new_id("entry"), key=key, effective_date=day)

    def _post(self, entries: Sequence[JournalEntry]) -> None:
        for posted in posting.post(self.tx, entries, now=self.now):
            posting.settled(posted)

    def _locked(self, close_id: str, state: CloseState) -> DayClose:
        close = day_closes.get(self.tx, close_id, lock=True)
        if close.state is not state:
            raise Conflict(f"day_close_not_{state.value}", f"The close of {close.day} is {close.state.value} now.")
        return close

    def _check_last(self, close: DayClose) -> None:
        last = day_closes.last_closed(self.tx, close.creditor_id)
        if last is not None and last.day > close.day:
            raise Refused(
                "later_day_closed",
                f"{last.day} is closed after it.",
                fix="Open the later days first, the last one first.",
            )

    def _turn(self, close: DayClose, kind: StepKind, actor: Actor, why: str | None = None, **values: object) -> None:
        day_closes.change(self.tx, close.id, **values)
        self._note(close.id, close.tenant_id, kind, actor, why)

    def _note(self, close_id: str, tenant_id: str, kind: StepKind, actor: Actor, why: str | None = None) -> None:
        day_closes.note(self.tx, close_id, tenant_id=tenant_id, kind=kind, actor=actor, at=self.now, reason=why)


@cache
def zones_of(country: str) -> tuple[tzinfo, ...]:
    """Every time zone of a country: a served country's own, else those that the CLDR lists for it.

    Where a country has several, a day is over when it is over in all of them. Raises ``time_zone_unknown``.
    """
    served = registry.countries().get(country)
    names: Sequence[str] = served.all_zones if served is not None else get_global("territory_zones").get(country, ())
    if not names:
        raise Invalid("time_zone_unknown", f"No time zone of the country {country!r} is known.")
    return tuple(ZoneInfo(name) for name in names)
