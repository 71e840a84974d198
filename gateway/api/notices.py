"""Notices: what is in the outbox, why one is held, and the ways on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy import Connection, select

from activities import held_notices
from activities.held_notices import HeldDesk
from activities.notice_queue import stated_of
from connectors.wording.screening import Finding
from domain.day_close import Actor
from domain.notices import NoticeKind
from gateway import paging
from gateway.api.case_shapes import NoticeView
from gateway.auth import Caller, Finance, Reader
from gateway.idempotency import Given, Once, OnceDep
from gateway.queries import Among
from gateway.shapes import Body, Code, Identifier, JsonObject, LongText, Page, Shape
from store import notice_clearances, notices
from store.notice_clearances import Clearance
from store.notices import Notice, notice_table

router = APIRouter(prefix="/v1", tags=["notices"])

STATES: Final = ("queued", "held", "sending", "sent", "refused", "failed", "uncertain", "cancelled")
StateCode = Annotated[Code, Among(lambda: STATES)]
KindCode = Annotated[Code, Among(lambda: tuple(kind.value for kind in NoticeKind))]


class OutboxView(NoticeView):
    """A notice with the case that it is of."""

    case_id: str


class OutboxPage(Page[OutboxView]):
    """One page of notices."""


class FindingView(Shape):
    """What may not be sent: the words found with their place in letters, or an element that is missing."""

    category: str
    phrase: str
    start: int | None
    end: int | None
    reason: str
    rule: str
    source: str
    confidence: str

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """The shape of a finding."""
        return cls.model_validate(finding)


class ClearanceView(Shape):
    """Findings that one person says are none; they count once another confirmed it."""

    id: str
    findings: list[list[str]]
    reason: str
    proposer: str
    proposed_at: datetime
    confirmer: str | None
    confirmed_at: datetime | None

    @classmethod
    def of(cls, clearance: Clearance) -> Self:
        """The shape of a clearance."""
        return cls.model_validate(clearance)


class NoticeDetail(OutboxView):
    """A notice; of one that is held also how it would read now, what keeps it, and which facts may be stated for it."""

    draft_subject: str | None = None
    draft_text: str | None = None
    findings: Annotated[list[FindingView], Field(default_factory=list)]
    may_be_cleared: bool = False
    correctable: Annotated[list[str], Field(default_factory=list)]
    stated: JsonObject | None = None
    clearances: Annotated[list[ClearanceView], Field(default_factory=list)]


class FactsBody(Body):
    """Facts by name, as ``afluente notices render`` reads them; null takes one back."""

    facts: Annotated[JsonObject, Field(examples=[{"pay_by": "2026-12-18"}], min_length=1, max_length=20)]


class ReasonBody(Body):
    """Why."""

    reason: LongText


@router.get("/notices", operation_id="listNotices", summary="List notices")
def list_notices(
    caller: Reader,
    state: Annotated[StateCode | None, Query()] = None,
    kind: Annotated[KindCode | None, Query()] = None,
    case_id: Annotated[Identifier | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> OutboxPage:
    """Last written first; texts only for finance."""
    wanted = {"state": state, "kind": kind, "case_id": case_id}
    conditions = [notice_table.c[name] == value for name, value in wanted.items() if value is not None]
    with caller.transaction() as tx:
        rows, more = paging.page_by_id(
            tx, select(notice_table).where(*conditions), notice_table.c.id, kind="notice", cursor=cursor, limit=limit
        )
    shown = [_view(Notice(**row), caller) for row in rows]
    return OutboxPage(data=shown, next_cursor=more)


def _view(notice: Notice, caller: Caller) -> OutboxView:
    view = NoticeView.of(notice, with_texts=caller.may("finance", "admin"))
    return OutboxView(**view.model_dump(), case_id=notice.case_id)


def _detail(tx: Connection, notice: Notice, caller: Caller) -> NoticeDetail:
    view = _view(notice, caller).model_dump()
    if notice.state != "held":
        return NoticeDetail(**view)
    found = held_notices.look(tx, notice, now=caller.services.now())
    finance = caller.may("finance", "admin")
    draft = found.rendered if finance else None
    return NoticeDetail(
        **view | {"refusal": found.refusal or notice.refusal},
        draft_subject=draft.subject if draft else None,
        draft_text=draft.text if draft else None,
        findings=[FindingView.of(one) for one in found.findings],
        may_be_cleared=found.clearable,
        correctable=list(held_notices.correctable(notice)),
        stated=stated_of(notice) if finance else None,
        clearances=[ClearanceView.of(one) for one in notice_clearances.of_notice(tx, notice.id)],
    )


@router.get("/notices/{notice_id}", operation_id="getNotice", summary="Read a notice")
def get_notice(notice_id: Identifier, caller: Reader) -> NoticeDetail:
    """Of a held one also why it is held, as it stands now."""
    with caller.transaction() as tx:
        return _detail(tx, notices.get(tx, notice_id), caller)


def _act(caller: Caller, once: Once, said: Any, work: Callable[[HeldDesk], str]) -> Response:
    """Do one step at the desk, once, and show the notice as it is then."""

    def effect(tx: Connection) -> Given:
        services = caller.services
        actor = Actor(caller.principal.id, caller.actor)
        notice_id = work(HeldDesk(tx, caller.tenant_id, actor, services.new_id, services.now()))
        return Given.of(_detail(tx, notices.get(tx, notice_id), caller), status=200)

    return once.in_transaction(caller, said, effect).response()


@router.post(
    "/notices/{notice_id}/facts",
    operation_id="correctNotice",
    summary="State facts for a held notice",
    response_model=NoticeDetail,
)
def correct(notice_id: Identifier, body: FactsBody, caller: Finance, once: OnceDep) -> Response:
    """It stays held; the answer shows how it would read now. Amounts come from the book and are corrected there."""

    def work(desk: HeldDesk) -> str:
        desk.correct(notice_id, body.facts)
        return notice_id

    return _act(caller, once, body.model_dump(mode="json"), work)


@router.post(
    "/notices/{notice_id}/release",
    operation_id="releaseNotice",
    summary="Release a held notice",
    response_model=NoticeDetail,
)
def release(notice_id: Identifier, caller: Finance, once: OnceDep) -> Response:
    """It is looked at again: what is prohibited or not approved stays held. Contact law is asked when it is sent."""
    return _act(caller, once, None, lambda desk: desk.release(notice_id).id)


@router.post(
    "/notices/{notice_id}/discard",
    operation_id="discardNotice",
    summary="Discard a held notice",
    response_model=NoticeDetail,
)
def discard(notice_id: Identifier, body: ReasonBody, caller: Finance, once: OnceDep) -> Response:
    """It is never sent; the reason stays in the case's history."""
    return _act(caller, once, body.model_dump(mode="json"), lambda desk: desk.discard(notice_id, reason=body.reason).id)


@router.post(
    "/notices/{notice_id}/clearances",
    operation_id="clearNotice",
    summary="Say that what is found is no fault",
    response_model=NoticeDetail,
)
def clear(notice_id: Identifier, body: ReasonBody, caller: Finance, once: OnceDep) -> Response:
    """Another person confirms it. Prohibited words are never cleared."""
    return _act(
        caller, once, body.model_dump(mode="json"), lambda desk: desk.clear(notice_id, reason=body.reason).notice_id
    )


@router.post(
    "/notice-clearances/{clearance_id}/confirm",
    operation_id="confirmNoticeClearance",
    summary="Confirm that what is found is no fault",
    response_model=NoticeDetail,
)
def confirm(clearance_id: Identifier, caller: Finance, once: OnceDep) -> Response:
    """By another person than who said so; the notice is released."""
    return _act(caller, once, None, lambda desk: desk.confirm(clearance_id).id)
