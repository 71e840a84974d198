"""Cases: one party's overdue debt to one creditor in one country; what is known of it, and what people decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy import ColumnElement, Select, or_, select

from domain.case_commands import CaseCommand, CloseCase, CommandAnswer, PlaceHold, ReleaseHold, TakePromise
from domain.errors import Conflict, Invalid, NotFound
from gateway import paging
from gateway.api.case_shapes import (
    CaseDetail,
    CasePage,
    CaseView,
    CloseBody,
    CommandView,
    HoldBody,
    PromiseBody,
    TimelinePage,
    TimelineView,
    case_detail,
)
from gateway.auth import Caller, Finance, Reader
from gateway.desk import Pending, refusal_of
from gateway.idempotency import Given, Once, OnceDep
from gateway.queries import BucketCode, ServedCountry, WorkStateCode
from gateway.shapes import Identifier, ShortText
from store import cases, holds, timeline
from store.cases import case_table
from store.listings import Place
from store.loans import loan_table
from store.parties import party_table

Responses = dict[int | str, dict[str, Any]]

router = APIRouter(prefix="/v1/cases", tags=["cases"])

_PENDING: Responses = {
    202: {"model": CommandView, "description": "The case has not answered yet; send the same request again."}
}


@router.get("", operation_id="listCases", summary="List cases")
def list_cases(
    caller: Reader,
    state: Annotated[WorkStateCode | None, Query(description="Work state, such as active, promise or cured.")] = None,
    country: Annotated[ServedCountry | None, Query()] = None,
    bucket: Annotated[BucketCode | None, Query(description="Ageing bucket.")] = None,
    creditor_id: Annotated[Identifier | None, Query()] = None,
    q: Annotated[
        ShortText | None, Query(description="Part of the debtor's name, or a contract number's beginning.")
    ] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> CasePage:
    """Last opened first, closed ones included."""
    conditions: list[ColumnElement[bool]] = []
    wanted = {"work_state": state, "country": country, "bucket": bucket, "creditor_id": creditor_id}
    conditions += [case_table.c[name] == value for name, value in wanted.items() if value is not None]
    if q is not None:
        conditions.append(_speaks_of(q))
    with caller.transaction() as tx:
        rows, more = paging.page_by_id(
            tx, _lines().where(*conditions), case_table.c.id, kind="case", cursor=cursor, limit=limit
        )
    return CasePage(data=[CaseView.of_row(row) for row in rows], next_cursor=more)


def _lines() -> Select[tuple[object, ...]]:
    return select(case_table, party_table.c.name.label("debtor_name")).join(
        party_table, party_table.c.id == case_table.c.party_id
    )


def _speaks_of(words: str) -> ColumnElement[bool]:
    contracts = select(loan_table.c.id).where(
        loan_table.c.party_id == case_table.c.party_id,
        loan_table.c.creditor_id == case_table.c.creditor_id,
        loan_table.c.contract_no.istartswith(words, autoescape=True),
    )
    return or_(party_table.c.name.icontains(words, autoescape=True), contracts.exists())


@router.get("/{case_id}", operation_id="getCase", summary="Read a case")
def get_case(case_id: str, caller: Reader) -> CaseDetail:
    """Claims, holds, promises, bucket history, notices and timeline. Texts of notices are shown to finance only."""
    with caller.transaction() as tx:
        return case_detail(tx, cases.get(tx, case_id), with_texts=caller.may("finance", "admin"))


@router.get("/{case_id}/timeline", operation_id="listCaseTimeline", summary="Read a case's history")
def list_timeline(
    case_id: str, caller: Reader, cursor: paging.Cursor = None, limit: paging.Limit = paging.DEFAULT_LIMIT
) -> TimelinePage:
    """Newest first."""
    with caller.transaction() as tx:
        cases.get(tx, case_id)
        found = timeline.of_case(tx, case_id, before=paging.after_seq(cursor), limit=limit + 1)[::-1]
    shown, more = found[:limit], len(found) > limit
    last = paging.encode(Place(str(shown[-1].seq), "")) if more else None
    return TimelinePage(data=[TimelineView.of(row) for row in shown], next_cursor=last)


@router.post(
    "/{case_id}/promises",
    status_code=201,
    operation_id="takePromise",
    summary="Record a promise to pay",
    response_model=CommandView,
    responses=_PENDING,
)
def take_promise(case_id: str, body: PromiseBody, caller: Finance, once: OnceDep) -> Response:
    """The debtor promises an amount by a day; reminders wait until it is kept or broken."""
    amount = body.amount.money()
    if amount.minor <= 0:
        raise Invalid("amount_not_positive", "A promise is for an amount above zero.")
    due = body.due_date.isoformat()
    return _order(
        case_id,
        caller,
        once,
        said=body.model_dump(mode="json"),
        make=lambda command_id: TakePromise(command_id, caller.actor, amount.minor, amount.currency, due),
    )


@router.post(
    "/{case_id}/holds",
    status_code=201,
    operation_id="placeHold",
    summary="Place a hold",
    response_model=CommandView,
    responses=_PENDING,
)
def place_hold(case_id: str, body: HoldBody, caller: Finance, once: OnceDep) -> Response:
    """Everybody leaves the debtor alone from `start` up to, not including, `end`."""
    if body.end is not None and body.end <= body.start:
        raise Invalid("hold_days_invalid", "The hold ends before it begins.", fix="`end` is the first day without it.")
    start, end = body.start.isoformat(), body.end.isoformat() if body.end else None
    return _order(
        case_id,
        caller,
        once,
        said=body.model_dump(mode="json"),
        make=lambda command_id: PlaceHold(command_id, caller.actor, body.kind.value, start, end, body.reason),
    )


@router.post(
    "/{case_id}/holds/{hold_id}/release",
    status_code=200,
    operation_id="releaseHold",
    summary="Release a hold",
    response_model=CommandView,
    responses=_PENDING,
)
def release_hold(case_id: str, hold_id: str, caller: Finance, once: OnceDep) -> Response:
    """The hold ends now."""
    with caller.transaction() as tx:
        if hold_id not in {hold.id for hold in holds.of_case(tx, case_id)}:
            raise NotFound("hold_unknown", f"Case {case_id} has no hold {hold_id}.")
    return _order(
        case_id,
        caller,
        once,
        said=None,
        make=lambda command_id: ReleaseHold(command_id, caller.actor, hold_id),
        status=200,
    )


@router.post(
    "/{case_id}/close",
    status_code=200,
    operation_id="closeCase",
    summary="Close a case",
    response_model=CommandView,
    responses=_PENDING,
)
def close_case(case_id: str, body: CloseBody, caller: Finance, once: OnceDep) -> Response:
    """Ends the case for another reason than money."""
    return _order(
        case_id,
        caller,
        once,
        said=body.model_dump(mode="json"),
        make=lambda command_id: CloseCase(command_id, caller.actor, body.reason.value, body.note),
        status=200,
    )


def _order(
    case_id: str,
    caller: Caller,
    once: Once,
    *,
    said: object,
    make: Callable[[str], CaseCommand],
    status: int = 201,
) -> Response:
    """Give a running case a command, once, and answer with what became of it."""
    with caller.transaction() as tx:
        case = cases.get(tx, case_id)

    def act(command_id: str) -> Given:
        if case.closed_at is not None:
            raise Conflict("case_closed", "The case is closed.", fix="A new one opens when a claim is overdue again.")
        answer = caller.services.case_desk.command(case_id, make(command_id))
        return _given(answer, case_id=case_id, status=status)

    return once.in_steps(caller, said, act).response()


def _given(answer: CommandAnswer | Pending, *, case_id: str, status: int) -> Given:
    location = f"/v1/cases/{case_id}"
    match answer:
        case Pending(command_id):
            return Given.of(CommandView(command_id=command_id, status="pending"), status=202, location=location)
        case CommandAnswer(accepted=True):
            view = CommandView(command_id=answer.command_id, status="accepted", ref=answer.ref, case_state=answer.state)
            return Given.of(view, status=status, location=location)
        case CommandAnswer():
            raise refusal_of(answer)
