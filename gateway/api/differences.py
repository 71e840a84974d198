"""Differences: what is not explained, who looks after it, what was done about it, and undoing that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy import Connection

from activities.difference_decisions import Deciding
from activities.match_decisions import MatchDesk
from activities.reconciliation import ReconciliationDesk
from connectors.rates import treasury
from domain.ageing import step_of
from domain.differences import MAX_NOTE, MAY, DifferenceKind, Resolution
from gateway import paging
from gateway.auth import Caller, Reader, Treasury
from gateway.idempotency import Given, Once, OnceDep
from gateway.queries import Among
from gateway.reconciliation_files import MEDIA, MOST_DIFFERENCES, difference_file
from gateway.shapes import Amount, Body, Code, Identifier, JsonObject, Page, Shape, ShortText
from store import differences
from store.differences import Difference, DifferenceEvent, DifferenceFilter
from store.listings import Place

router = APIRouter(prefix="/v1/differences", tags=["differences"])

STATES: Final = ("open", "claimed", "resolved", "accepted")
_FILE: Final = {"type": "string", "format": "binary"}
KindCode = Annotated[Code, Among(lambda: tuple(kind.value for kind in DifferenceKind))]
StateCode = Annotated[Code, Among(lambda: STATES)]
_DOABLE: Final = tuple(one.value for one in Resolution if one is not Resolution.EXPLAINED)
Note = Annotated[
    str, Field(min_length=1, max_length=MAX_NOTE, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")
]


class DifferenceView(Shape):
    """One difference. `amount` is what the other side says more, or (negative) less, than the book.

    `age_step` is 0 (to 1 day), 1 (to 5), 2 (to 30) or 3; `may` names the resolutions that fit.
    """

    id: str
    creditor_id: str
    connection_id: str
    account_id: str
    kind: str
    leg: str | None
    subject: str
    item_seq: int | None
    other_seq: int | None
    group_id: str | None
    receipt_id: str | None
    case_id: str | None
    amount: Amount
    day: date
    age_step: int
    state: str
    owner: str | None
    due_date: date
    reason: JsonObject
    opened_at: datetime
    resolution: str | None
    resolved_by: str | None
    resolved_at: datetime | None
    may: list[str]

    @classmethod
    def of(cls, one: Difference, today: date) -> Self:
        """The shape of a difference on a day."""
        stated: dict[str, Any] = {
            name: getattr(one, name) for name in cls.model_fields if name not in ("amount", "age_step", "may")
        }
        stated["amount"] = Amount.minor(one.amount_minor, one.currency)
        stated["age_step"] = step_of(max(0, (today - one.day).days))
        stated["may"] = sorted(resolution.value for resolution in MAY[DifferenceKind(one.kind)])
        return cls(**stated)


class DifferencePage(Page[DifferenceView]):
    """One page of differences."""


class DifferenceStep(Shape):
    """Something that happened to it."""

    kind: str
    actor: str
    note: str | None
    document: JsonObject
    at: datetime

    @classmethod
    def of(cls, event: DifferenceEvent) -> Self:
        """The shape of an event."""
        return cls.model_validate(event)


class DifferenceDetail(Shape):
    """A difference with its history and what was booked because of it."""

    difference: DifferenceView
    history: list[DifferenceStep]
    effects: list[JsonObject]


class AssignBody(Body):
    """Who looks after it (nobody where null), and by when."""

    owner: ShortText | None = None
    due_date: date | None = None


class ResolveBody(Body):
    """What is done about it, and why. `case_id` is needed to reassign."""

    resolution: Annotated[Code, Among(lambda: _DOABLE)]
    note: Note
    case_id: Identifier | None = None


class WhyBody(Body):
    """Why."""

    note: Note


@router.get(
    "",
    operation_id="listDifferences",
    summary="List differences",
    response_model=DifferencePage,
    responses={200: {"content": {MEDIA: {"schema": _FILE}}}},
)
def list_differences(
    caller: Reader,
    kind: Annotated[KindCode | None, Query()] = None,
    state: Annotated[StateCode | None, Query(description="Open and claimed ones where left out.")] = None,
    owner: Annotated[ShortText | None, Query()] = None,
    creditor_id: Annotated[Identifier | None, Query()] = None,
    connection_id: Annotated[Identifier | None, Query()] = None,
    form: Annotated[Literal["json", "xlsx"], Query(alias="format")] = "json",
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> DifferencePage | Response:
    """Newest first; a workbook holds all of them, at most 50,000."""
    place = paging.after_id(cursor, kind="difference")
    wanted = DifferenceFilter(
        kind=kind,
        state=state,
        owner=owner,
        creditor_id=creditor_id,
        connection_id=connection_id,
        standing=state is None,
    )
    most = limit if form == "json" else MOST_DIFFERENCES
    with caller.transaction() as tx:
        found = differences.page(tx, wanted, before_id=place.id if place else None, limit=most + 1)
    if form == "xlsx":
        file = difference_file(found[:most])
        return Response(file.content, media_type=file.media, headers=file.headers)
    today = caller.services.now().date()
    following = Place("", found[most - 1].id) if len(found) > most else None
    return DifferencePage(
        data=[DifferenceView.of(one, today) for one in found[:most]], next_cursor=paging.encode(following)
    )


@router.get("/{difference_id}", operation_id="getDifference", summary="Read a difference with its history")
def get_difference(difference_id: Identifier, caller: Reader) -> DifferenceDetail:
    """What happened to it, and what was booked because of it."""
    with caller.transaction() as tx:
        return _detail(tx, differences.get(tx, difference_id), caller)


@router.post(
    "/{difference_id}/assign",
    status_code=201,
    operation_id="assignDifference",
    summary="Say who looks after a difference",
    response_model=DifferenceDetail,
)
def assign_difference(difference_id: Identifier, body: AssignBody, caller: Treasury, once: OnceDep) -> Response:
    """And by when, where a day is stated."""
    return _act(caller, once, body, lambda desk: desk.assign(difference_id, owner=body.owner, due=body.due_date))


@router.post(
    "/{difference_id}/resolve",
    status_code=201,
    operation_id="resolveDifference",
    summary="Do something about a difference",
    response_model=DifferenceDetail,
)
def resolve_difference(difference_id: Identifier, body: ResolveBody, caller: Treasury, once: OnceDep) -> Response:
    """What it books is booked with it. What may be written off goes by role, in the parent's currency."""
    resolution = Resolution(body.resolution)
    answer = _act(
        caller,
        once,
        body,
        lambda desk: desk.resolve(difference_id, resolution, note=body.note, case_id=body.case_id),
    )
    if resolution is Resolution.BOOK_LINE:
        caller.services.nudge(caller.tenant_id)
    return answer


@router.post(
    "/{difference_id}/accept",
    status_code=201,
    operation_id="acceptDifference",
    summary="Accept a difference",
    response_model=DifferenceDetail,
)
def accept_difference(difference_id: Identifier, body: WhyBody, caller: Treasury, once: OnceDep) -> Response:
    """For a reason; nothing is booked."""
    return _act(caller, once, body, lambda desk: desk.resolve(difference_id, Resolution.ACCEPT, note=body.note))


@router.post(
    "/{difference_id}/undo",
    status_code=201,
    operation_id="undoDifference",
    summary="Take back what was done about a difference",
    response_model=DifferenceDetail,
)
def undo_difference(difference_id: Identifier, body: WhyBody, caller: Treasury, once: OnceDep) -> Response:
    """By exact mirrors of what was booked; it is open again."""
    return _act(caller, once, body, lambda desk: desk.undo(difference_id, note=body.note))


def _act(caller: Caller, once: Once, body: Body, act: Callable[[Deciding], Difference]) -> Response:
    services = caller.services

    def effect(tx: Connection) -> Given:
        match = MatchDesk(ReconciliationDesk(tx, services.new_id, services.now()), caller.actor)
        rate = treasury.of_tenant(services.rates, tx).rate
        return Given.of(_detail(tx, act(Deciding(match, frozenset(caller.principal.roles), rate)), caller))

    return once.in_transaction(caller, body.model_dump(mode="json"), effect).response()


def _detail(tx: Connection, one: Difference, caller: Caller) -> DifferenceDetail:
    return DifferenceDetail(
        difference=DifferenceView.of(one, caller.services.now().date()),
        history=[DifferenceStep.of(event) for event in differences.history(tx, one.id)],
        effects=one.effects,
    )
