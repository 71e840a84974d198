"""Closing days: can the day be closed, what would be booked, which differences are accepted, and who did what."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from babel.dates import format_skeleton, get_day_names
from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from activities.day_close import ClosingDesk, Plan, zones_of
from connectors.rates import treasury
from connectors.wording import formatting
from connectors.wording.catalogs import babel_locale
from domain.day_close import (
    MAX_REASON,
    Acceptance,
    Actor,
    CloseState,
    Control,
    Figures,
    StepKind,
    last_day_over,
    planned,
)
from domain.errors import AfluenteError, Conflict, NotFound
from domain.money import Money, exponent
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from gateway.console.receipts import day_or_none
from gateway.console.voice import Voice
from ledger import closing
from store import creditors, day_closes, differences
from store.creditors import Creditor
from store.day_closes import DayClose
from store.differences import Difference

router = APIRouter(route_class=ConsoleRoute)

MOST_REASONS: Final = 25
"""So many differences get a field of their own; beyond it one reason is given for all."""
_PLACE: Final = "close"
_PARTED: Final = " \u00b7 "  # between how many and how much
_DIFFERENCE: Final = "difference"
_MONTHS: Final = 12


@dataclass(frozen=True)
class CalendarDay:
    """One day of the calendar: its state, and whether it belongs to the month and is shown now."""

    day: date
    state: str  # closed, proposed, open or ahead
    inside: bool
    shown: bool


@dataclass(frozen=True)
class Shown:
    """A creditor's day as the page tells it: a close that stands, or a plan, or why there is neither."""

    owner: Creditor
    day: date
    close: DayClose | None
    plan: Plan | None
    refused: AfluenteError | None
    closed_until: date | None
    versions: list[DayClose]
    weeks: list[list[CalendarDay]]
    differences: dict[str, Difference]

    @property
    def figures(self) -> Figures | None:
        """What is frozen, else what would be."""
        if self.close is not None:
            return self.close.figures
        return None if self.plan is None else self.plan.figures

    @property
    def controls(self) -> list[Control]:
        """Every control but those that are a difference each."""
        return [] if self.figures is None else [one for one in self.figures.controls if one.code != _DIFFERENCE]

    @property
    def standing(self) -> list[tuple[Control, Difference | None]]:
        """The differences that stand in the way, each with its control."""
        found = [] if self.figures is None else [one for one in self.figures.controls if one.code == _DIFFERENCE]
        return [(one, self.differences.get(one.name.removeprefix(f"{_DIFFERENCE}/"))) for one in found]

    @property
    def failed(self) -> list[Control]:
        """Controls that do not hold."""
        return [] if self.figures is None else [one for one in self.figures.controls if not one.ok]

    @property
    def holding(self) -> list[Control]:
        """Controls that hold."""
        return [] if self.figures is None else [one for one in self.figures.controls if one.ok]

    @property
    def refusals(self) -> list[AfluenteError]:
        """What keeps the day from being closed, whatever is accepted."""
        early = [] if self.refused is None else [self.refused]
        return early if self.plan is None else [*early, *self.plan.refusals]

    @property
    def is_last(self) -> bool:
        """Whether it is the newest closed day, the one that can be opened again."""
        return self.close is not None and self.close.day == self.closed_until


@router.get("/close")
def close_page(here: Visiting) -> HTMLResponse:
    """A creditor's day: the next to close unless another is asked for."""
    given = here.request.query_params
    return _page(here, creditor_id=given.get("creditor"), day=day_or_none(given.get("day")))


def _page(
    here: Visit, *, creditor_id: str | None, day: date | None, refused: AfluenteError | None = None, said: str = ""
) -> HTMLResponse:
    with here.tx() as tx:
        owners = creditors.every(tx)
    owner = next((one for one in owners if one.id == creditor_id), owners[0] if owners else None)
    voice = here.voice
    return page(
        here,
        "close.html",
        place=_PLACE,
        status=refused.status if refused else 200,
        refused=refused,
        said=said,
        owners=owners,
        shown=None if owner is None else _shown(here, owner, day),
        planned=planned,
        month=lambda one: month_of(voice, one),
        days_of=lambda one: voice.gettext("Closed days of %(month)s", month=month_of(voice, one)),
        why=lambda one: voice.gettext(
            "Why this difference is accepted: %(control)s", control=voice.label("control", one.code)
        ),
        why_difference=lambda one, control: _why_difference(voice, one, control),
        weekdays=[name for _, name in sorted(get_day_names("abbreviated", locale=babel_locale(voice.locale)).items())],
        token=lambda text: token(voice, text),
        rate=lambda text: _rate(voice, text),
        mine=lambda one: _mine(here, one),
        may=here.may("close"),
        kinds=StepKind,
        most_reasons=MOST_REASONS,
        longest=MAX_REASON,
    )


def _shown(here: Visit, owner: Creditor, day: date | None) -> Shown:
    """Read everything in one transaction; what refuses to be told is shown as its refusal."""
    now = here.services.now()
    with here.tx() as tx:
        closed = closing.closed_until(tx, owner.id)
        over = last_day_over(now, zones_of(owner.country))
        wanted = day or (over if closed is None else closed + timedelta(days=1))
        close = day_closes.standing(tx, owner.id, wanted)
        plan, refused = None, None
        if close is None:
            try:
                rate = treasury.of_tenant(here.services.rates, tx).rate
                desk = ClosingDesk(tx, here.services.new_id, now)
                plan = desk.plan(owner.id, day, rate=rate, check_book=False)
            except AfluenteError as error:
                refused = error
        versions = day_closes.of_days(tx, owner.id, first=wanted, last=wanted)
        standing = {one.id: one for one in differences.standing(tx, creditor_id=owner.id, until=wanted)}
        weeks = _weeks(wanted, over, day_closes.states(tx, owner.id, first=_early(wanted), last=_late(wanted)), closed)
    return Shown(owner, wanted, close, plan, refused, closed, versions, weeks, standing)


def _early(day: date) -> date:
    return day.replace(day=1) - timedelta(days=7) if day.year > date.min.year else date.min


def _late(day: date) -> date:
    return day + timedelta(days=45) if day.year < date.max.year else date.max


def _weeks(shown: date, over: date, states: dict[date, CloseState], closed: date | None) -> list[list[CalendarDay]]:
    """The month of a day, Monday first. Days before the first close count as closed with it."""
    if not date.min.year < shown.year < date.max.year:
        return []

    def state(day: date) -> str:
        if day in states:
            return states[day].value
        if closed is not None and day <= closed:
            return CloseState.CLOSED.value
        return "ahead" if day > over else "open"

    return [
        [CalendarDay(day, state(day), day.month == shown.month, day == shown) for day in week]
        for week in Calendar().monthdatescalendar(shown.year, shown.month)
    ]


def month_of(voice: Voice, day: date) -> str:
    """A month and its year, as the language writes them."""
    return str(format_skeleton("yMMMM", day, locale=babel_locale(voice.locale)))


def token(voice: Voice, text: str) -> str:
    """What a control expected or found: an amount, a day or a number in the reader's way; else as it is."""
    if _PARTED in text:
        return _PARTED.join(token(voice, part) for part in text.split(_PARTED))
    day = day_or_none(text)
    if day is not None:
        return voice.day(day)
    number, _, currency = text.rpartition(" ")
    try:
        if currency.isdecimal() and not number:
            return voice.count(int(currency))
        exponent(currency)
        return voice.plain_money(Money.parse(number, currency))
    except AfluenteError:
        return text.replace("_", " ")


def _why_difference(voice: Voice, one: Difference | None, control: Control) -> str:
    kind = voice.label("control", control.code) if one is None else voice.label("difference_kind", one.kind)
    return voice.gettext(
        "Why this difference is accepted: %(control)s", control=f"{kind}, {token(voice, control.found)}"
    )


def _rate(voice: Voice, text: str) -> str:
    return formatting.number(Decimal(text), voice.locale, decimals=6)


def _mine(here: Visit, close: DayClose) -> bool:
    """Whether the reader began what waits for a second person."""
    began = close.proposed_by if close.state is CloseState.PROPOSED else close.asked_by
    return began == here.person.id


# What is done ------------------------------------------------------------------------------------------------------


@router.post("/close/propose")
def propose(form: Posting) -> Response:
    """Freeze the day as it stands, with the differences that are accepted."""
    here, creditor_id, day = form.visit, form.text("creditor"), day_or_none(form.text("day"))
    try:
        here.need("close")
        if day is None:
            raise NotFound("day_close_unknown", "Choose a day.")
        with here.tx() as tx:
            rate = treasury.of_tenant(here.services.rates, tx).rate
            desk = ClosingDesk(tx, here.services.new_id, here.services.now())
            accepted = _accepted(form, desk.plan(creditor_id, day, rate=rate, check_book=False))
            desk.propose(creditor_id, day, rate=rate, accepted=accepted, actor=_actor(here))
    except AfluenteError as error:
        return _page(here, creditor_id=creditor_id, day=day, refused=error)
    return go(f"/close?creditor={creditor_id}&day={day}", done="day_proposed")


def _accepted(form: Posted, plan: Plan) -> list[Acceptance]:
    """The differences for which a reason was written, each its own or the one for all that were shown."""
    names, for_all = [one.name for one in plan.differences if one.acceptable], form.text("why")
    if for_all and form.text("differences") != str(len(names)):
        raise Conflict("figures_changed", "There are other differences now.", fix="Look at them again.")
    reasons = {name: form.text(f"why/{name}") or for_all for name in names}
    return [Acceptance(name, reason) for name, reason in reasons.items() if reason]


@router.post("/close/{close_id}/approve")
def approve(form: Posting, close_id: str) -> Response:
    """Close the day, as another person than who proposed it."""
    here = form.visit
    return _turn(here, close_id, "day_closed", lambda desk: desk.approve(close_id, actor=_actor(here)))


@router.post("/close/{close_id}/withdraw")
def withdraw(form: Posting, close_id: str) -> Response:
    """Take a proposal back."""
    here = form.visit
    return _turn(here, close_id, "day_withdrawn", lambda desk: desk.withdraw(close_id, actor=_actor(here)))


@router.post("/close/{close_id}/ask")
def ask(form: Posting, close_id: str) -> Response:
    """Ask to open a day again."""
    here, reason = form.visit, form.text("reason")
    return _turn(
        here,
        close_id,
        "reopening_asked",
        lambda desk: desk.ask_reopening(close_id, reason=reason, actor=_actor(here)),
        said=reason,
    )


@router.post("/close/{close_id}/reopen")
def reopen(form: Posting, close_id: str) -> Response:
    """Agree to open a day again, as another person than who asked."""
    here = form.visit
    return _turn(here, close_id, "day_reopened", lambda desk: desk.reopen(close_id, actor=_actor(here)))


def _turn(
    here: Visit, close_id: str, done: str, step: Callable[[ClosingDesk], DayClose], *, said: str = ""
) -> Response:
    with here.tx() as tx:
        known = day_closes.get(tx, close_id)
    try:
        here.need("close")
        with here.tx() as tx:
            step(ClosingDesk(tx, here.services.new_id, here.services.now()))
    except AfluenteError as error:
        return _page(here, creditor_id=known.creditor_id, day=known.day, refused=error, said=said)
    return go(f"/close?creditor={known.creditor_id}&day={known.day}", done=done)


def _actor(here: Visit) -> Actor:
    return Actor(here.person.id, here.person.name)
