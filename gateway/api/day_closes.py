"""Closing days: what a close would freeze and book, proposing it, closing it by another, and opening it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy import Connection

from activities.day_close import ClosingDesk, Plan
from connectors.rates import treasury
from domain.day_close import Acceptance, Actor, ChildFigures, CurrencyFigures, Figures, Planned, planned
from domain.errors import AfluenteError
from domain.money import Money
from gateway import paging
from gateway.auth import Caller, Reader, Treasury
from gateway.idempotency import Given, Once, OnceDep
from gateway.shapes import Amount, Body, Identifier, Page, Shape
from store import day_closes
from store.day_closes import DayClose, Step
from store.listings import Place

router = APIRouter(prefix="/v1/day-closes", tags=["day closes"])

MOST_ACCEPTED = 200
Reason = Annotated[
    str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")
]
ControlName = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[a-z_]+(/[a-z0-9_]+)?$")]


class CurrencyView(Shape):
    """One currency at a close; results are in the settlement currency and null for that currency itself.

    `unrealised` is of all that is held, `before` what it was at the close before; `realised` is of the days between.
    """

    held: Amount
    converted: Amount | None
    basis: Amount | None
    realised: Amount | None
    unrealised: Amount | None
    before: Amount | None
    rate: str | None
    source: str | None
    rate_of: date | None
    refused: Annotated[str | None, Field(description="Why it could not be told, by code.")]

    @classmethod
    def of(cls, one: CurrencyFigures) -> Self:
        """The shape of a currency's figures."""
        return cls(
            held=Amount.of(one.held),
            converted=_amount(one.converted),
            basis=_amount(one.basis),
            realised=_amount(one.realised),
            unrealised=_amount(one.unrealised),
            before=_amount(one.before),
            rate=one.rate,
            source=one.source,
            rate_of=one.rate_of,
            refused=one.refused,
        )


class ChildView(Shape):
    """What stood on a child account or the parent's treasury, and since when the oldest of it waits."""

    account_id: str
    name: str
    clearing: Amount
    bank: Amount
    in_transit: Amount
    suspense: Amount
    waits_since: date | None
    unmatched_since: date | None

    @classmethod
    def of(cls, one: ChildFigures) -> Self:
        """The shape of an account's figures."""
        return cls(
            account_id=one.account_id,
            name=one.name,
            clearing=Amount.of(one.clearing),
            bank=Amount.of(one.bank),
            in_transit=Amount.of(one.in_transit),
            suspense=Amount.of(one.suspense),
            waits_since=one.waits_since,
            unmatched_since=one.unmatched_since,
        )


class ControlView(Shape):
    """One comparison. A failed one is accepted by its `name`; `code` says what kind it is."""

    name: str
    code: str
    ok: bool
    expected: str
    found: str
    acceptable: bool


class BookingView(Shape):
    """What a close books because of a currency: `fx_realised`, `revaluation_undone` or `revaluation`."""

    kind: str
    currency: str
    amount: Amount

    @classmethod
    def of(cls, one: Planned) -> Self:
        """The shape of a planned entry."""
        return cls(kind=one.kind, currency=one.currency, amount=Amount.of(one.amount))


class FiguresView(Shape):
    """The figures of a day: everything held converted at one frozen set of rates, results, controls."""

    settlement_currency: str
    since: Annotated[date | None, Field(description="The first day closed with it; null where nothing was closed yet.")]
    day: date
    total: Amount
    realised: Amount
    unrealised: Amount
    rate_set: str | None
    currencies: list[CurrencyView]
    children: list[ChildView]
    controls: list[ControlView]
    bookings: list[BookingView]

    @classmethod
    def of(cls, figures: Figures) -> Self:
        """The shape of figures."""
        return cls(
            settlement_currency=figures.settlement_currency,
            since=figures.since,
            day=figures.day,
            total=Amount.of(figures.total),
            realised=Amount.of(figures.realised),
            unrealised=Amount.of(figures.unrealised),
            rate_set=figures.rate_set,
            currencies=[CurrencyView.of(one) for one in figures.currencies],
            children=[ChildView.of(one) for one in figures.children],
            controls=[ControlView.model_validate(one) for one in figures.controls],
            bookings=[BookingView.of(one) for one in planned(figures)],
        )


class RefusalView(Shape):
    """What stands in the way."""

    code: str
    message: str
    fix: str | None


class PlanView(Shape):
    """A day as it would be proposed. It can be closed where `refusals` is empty and failed controls are accepted."""

    creditor_id: str
    closed_until: date | None
    standing_id: Annotated[str | None, Field(description="The proposal that stands for the day.")]
    refusals: list[RefusalView]
    figures: FiguresView

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """The shape of a plan."""
        return cls(
            creditor_id=plan.creditor.id,
            closed_until=plan.closed_until,
            standing_id=None if plan.standing is None else plan.standing.id,
            refusals=[_refusal(error) for error in plan.refusals],
            figures=FiguresView.of(plan.figures),
        )


class StepView(Shape):
    """Who did what, when, and why where a reason is given."""

    kind: str
    actor: str
    at: datetime
    reason: str | None

    @classmethod
    def of(cls, step: Step) -> Self:
        """The shape of a step."""
        return cls(kind=step.kind.value, actor=step.actor.name, at=step.at, reason=step.reason)


class AcceptanceShape(Body):
    """A failed control that is accepted, by name, and why."""

    name: ControlName
    reason: Reason


class DayCloseView(Shape):
    """One version of a day's close: `proposed`, `withdrawn`, `closed` or `reopened`."""

    id: str
    creditor_id: str
    day: date
    version: int
    state: str
    accepted: list[AcceptanceShape]
    steps: list[StepView]
    entries: Annotated[list[str], Field(description="The journal entries that the close booked.")]
    figures: FiguresView

    @classmethod
    def of(cls, close: DayClose) -> Self:
        """The shape of a close."""
        return cls(
            id=close.id,
            creditor_id=close.creditor_id,
            day=close.day,
            version=close.version,
            state=close.state.value,
            accepted=[AcceptanceShape.model_construct(name=one.name, reason=one.reason) for one in close.accepted],
            steps=[StepView.of(step) for step in close.steps],
            entries=list(close.entries),
            figures=FiguresView.of(close.figures),
        )


class DayClosePage(Page[DayCloseView]):
    """One page of closes."""


class Proposal(Body):
    """The day to close, and the differences that are accepted."""

    creditor_id: Identifier
    day: date
    accepted: Annotated[list[AcceptanceShape], Field(max_length=MOST_ACCEPTED, default_factory=list)]


class Asking(Body):
    """Why a day should be opened again."""

    reason: Reason


@router.get("", operation_id="listDayCloses", summary="List closes of days")
def list_day_closes(
    caller: Reader,
    creditor_id: Annotated[Identifier | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> DayClosePage:
    """Every version, the newest proposal first."""
    place = paging.after_id(cursor, kind="day_close")
    with caller.transaction() as tx:
        found = day_closes.page(
            tx, creditor_id=creditor_id, before_id=None if place is None else place.id, limit=limit + 1
        )
    shown = found[:limit]
    following = Place("", shown[-1].id) if len(found) > limit else None
    return DayClosePage(data=[DayCloseView.of(one) for one in shown], next_cursor=paging.encode(following))


@router.get("/plan", operation_id="planDayClose", summary="See what closing a day would freeze and book")
def plan_day_close(
    caller: Reader,
    creditor_id: Annotated[Identifier, Query()],
    day: Annotated[date | None, Query(description="The first open day where left out.")] = None,
) -> PlanView:
    """Nothing is written. Takes as long as checking the whole book takes."""
    with caller.transaction() as tx:
        rate = treasury.of_tenant(caller.services.rates, tx).rate
        return PlanView.of(_desk(caller, tx).plan(creditor_id, day, rate=rate))


@router.post(
    "", status_code=201, operation_id="proposeDayClose", summary="Propose to close a day", response_model=DayCloseView
)
def propose_day_close(body: Proposal, caller: Treasury, once: OnceDep) -> Response:
    """Freezes the day's figures and rates for another person (or key) to close it by.

    Days close in their order, once they are over where the creditor is. A failed control is in the way unless it is
    accepted by name with a reason; a missing or stale rate of anything held always is.
    """
    accepted = [Acceptance(one.name, one.reason) for one in body.accepted]

    def effect(tx: Connection) -> Given:
        rate = treasury.of_tenant(caller.services.rates, tx).rate
        close = _desk(caller, tx).propose(
            body.creditor_id, body.day, rate=rate, accepted=accepted, actor=_actor(caller)
        )
        return _given(close)

    return once.in_transaction(caller, _said(body), effect).response()


@router.get("/{close_id}", operation_id="getDayClose", summary="Read a close")
def get_day_close(close_id: Identifier, caller: Reader) -> DayCloseView:
    """As it was frozen, with who did what."""
    with caller.transaction() as tx:
        return DayCloseView.of(day_closes.get(tx, close_id))


@router.post(
    "/{close_id}/approve",
    status_code=201,
    operation_id="approveDayClose",
    summary="Close a proposed day",
    response_model=DayCloseView,
)
def approve_day_close(close_id: Identifier, caller: Treasury, once: OnceDep) -> Response:
    """By another than who proposed it (`four_eyes`); books the exchange results in the same transaction.

    `figures_changed` where the book says something else now than what was proposed.
    """
    return _step(caller, once, None, lambda desk: desk.approve(close_id, actor=_actor(caller)))


@router.post(
    "/{close_id}/withdraw",
    status_code=201,
    operation_id="withdrawDayClose",
    summary="Take a proposal back",
    response_model=DayCloseView,
)
def withdraw_day_close(close_id: Identifier, caller: Treasury, once: OnceDep) -> Response:
    """The day is open again; the proposal is kept."""
    return _step(caller, once, None, lambda desk: desk.withdraw(close_id, actor=_actor(caller)))


@router.post(
    "/{close_id}/reopening",
    status_code=201,
    operation_id="askReopening",
    summary="Ask to open a closed day again",
    response_model=DayCloseView,
)
def ask_reopening(close_id: Identifier, body: Asking, caller: Treasury, once: OnceDep) -> Response:
    """Of the last closed day only; another must agree."""
    return _step(
        caller, once, _said(body), lambda desk: desk.ask_reopening(close_id, reason=body.reason, actor=_actor(caller))
    )


@router.post(
    "/{close_id}/reopen",
    status_code=201,
    operation_id="reopenDay",
    summary="Agree to open a closed day again",
    response_model=DayCloseView,
)
def reopen_day(close_id: Identifier, caller: Treasury, once: OnceDep) -> Response:
    """By another than who asked (`four_eyes`); what the close booked is taken back by exact mirrors."""
    return _step(caller, once, None, lambda desk: desk.reopen(close_id, actor=_actor(caller)))


def _step(caller: Caller, once: Once, said: Any, work: Callable[[ClosingDesk], DayClose]) -> Response:
    return once.in_transaction(caller, said, lambda tx: _given(work(_desk(caller, tx)))).response()


def _given(close: DayClose) -> Given:
    return Given.of(DayCloseView.of(close), location=f"/v1/day-closes/{close.id}")


def _desk(caller: Caller, tx: Connection) -> ClosingDesk:
    return ClosingDesk(tx, caller.services.new_id, caller.services.now())


def _actor(caller: Caller) -> Actor:
    return Actor(caller.principal.id, caller.actor)


def _refusal(error: AfluenteError) -> RefusalView:
    return RefusalView(code=error.code, message=error.message, fix=error.fix)


def _amount(amount: Money | None) -> Amount | None:
    return None if amount is None else Amount.of(amount)


def _said(body: Body) -> Any:
    return body.model_dump(mode="json")
