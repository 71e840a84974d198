"""Reconciliation: runs, proposals that wait for a person, rules, what is open, and the report of each morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection

from activities import reconciliation_report
from activities.match_decisions import MatchDesk
from activities.reconciliation import ReconciliationDesk
from connectors.rates import treasury
from domain.errors import Invalid
from domain.matching.outcome import Stage
from domain.reconciliation import Leg
from gateway import paging
from gateway.api.reconciliation_shapes import (
    AcceptBody,
    AcceptedList,
    AcceptedView,
    BulkBody,
    DailyReportView,
    FoundList,
    FoundView,
    GroupPage,
    GroupView,
    ItemPage,
    LegCode,
    MatchBody,
    MemberView,
    NoteBody,
    RulesBody,
    RulesView,
    RunBody,
    RunPage,
    RunView,
    SplitBody,
    StageCode,
    StatusCode,
)
from gateway.auth import Caller, Reader, Treasury
from gateway.idempotency import Given, Once, OnceDep
from gateway.reconciliation_files import MEDIA, MOST_GROUPS, group_file
from gateway.shapes import Identifier
from store import recon_items, recon_listings, reconciliation
from store.listings import Place
from store.recon_listings import GroupFilter
from store.reconciliation import MatchGroup

router = APIRouter(prefix="/v1/reconciliation", tags=["reconciliation"])

_LONGEST: Final = timedelta(days=366)
_FILE: Final = {"type": "string", "format": "binary"}


# Runs -----------------------------------------------------------------------------------------------------------------


@router.post(
    "/runs",
    status_code=201,
    operation_id="startReconciliation",
    summary="Compare what is open now",
    response_model=FoundList,
)
def start_run(body: RunBody, caller: Treasury, once: OnceDep) -> Response:
    """Each context in turn, in one transaction; a schedule does the same by itself. A dry run writes nothing."""

    def effect(tx: Connection) -> Given:
        desk = _desk(caller, tx)
        wanted = [one for one in desk.contexts(body.connection_id) if body.leg in (None, one.leg.value)]
        found = [desk.run(context, actor=caller.actor, dry=body.dry_run) for context in wanted]
        return Given.of(FoundList(data=[FoundView.of(one) for one in found]))

    return once.in_transaction(caller, _said(body), effect).response()


@router.get("/runs", operation_id="listReconciliationRuns", summary="List runs")
def list_runs(
    caller: Reader,
    connection_id: Annotated[Identifier | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> RunPage:
    """Newest first."""
    place = paging.after_id(cursor, kind="recon_run")
    with caller.transaction() as tx:
        found = recon_listings.runs(
            tx, connection_id=connection_id, before_id=place.id if place else None, limit=limit + 1
        )
    following = Place("", found[limit - 1].id) if len(found) > limit else None
    return RunPage(data=[RunView.of(run) for run in found[:limit]], next_cursor=paging.encode(following))


@router.get("/runs/{run_id}", operation_id="getReconciliationRun", summary="Read a run")
def get_run(run_id: Identifier, caller: Reader) -> RunView:
    """What it found by stage, and its proof."""
    with caller.transaction() as tx:
        return RunView.of(reconciliation.get_run(tx, run_id))


# Proposals ------------------------------------------------------------------------------------------------------------


@router.get(
    "/proposals",
    operation_id="listProposals",
    summary="List groups of rows that are, or may be, the same money",
    response_model=GroupPage,
    responses={200: {"content": {MEDIA: {"schema": _FILE}}}},
)
def list_proposals(
    caller: Reader,
    status: Annotated[StatusCode | None, Query(description="Those that wait for a person where left out.")] = None,
    leg: Annotated[LegCode | None, Query()] = None,
    stage: Annotated[StageCode | None, Query()] = None,
    connection_id: Annotated[Identifier | None, Query()] = None,
    form: Annotated[Literal["json", "xlsx"], Query(alias="format")] = "json",
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> GroupPage | Response:
    """Newest first; a workbook holds all of them, at most 10,000."""
    place = paging.after_id(cursor, kind="match_group")
    wanted = GroupFilter(status=status, waiting=status is None, connection_id=connection_id, leg=leg, stage=stage)
    most = limit if form == "json" else MOST_GROUPS
    with caller.transaction() as tx:
        found = recon_listings.page(tx, wanted, before_id=place.id if place else None, limit=most + 1)
        members = reconciliation.members(tx, [group.id for group in found[:most]])
    if form == "xlsx":
        file = group_file(found[:most], members)
        return Response(file.content, media_type=file.media, headers=file.headers)
    following = Place("", found[most - 1].id) if len(found) > most else None
    return GroupPage(
        data=[GroupView.of(group, members[group.id]) for group in found[:most]], next_cursor=paging.encode(following)
    )


@router.get("/proposals/{group_id}", operation_id="getProposal", summary="Read a group with its rows side by side")
def get_proposal(group_id: Identifier, caller: Reader) -> GroupView:
    """In whatever state."""
    with caller.transaction() as tx:
        return _shown(tx, reconciliation.get_group(tx, group_id))


@router.post(
    "/proposals/{group_id}/accept",
    status_code=201,
    operation_id="acceptProposal",
    summary="Accept a proposal",
    response_model=GroupView,
)
def accept_proposal(group_id: Identifier, body: AcceptBody, caller: Treasury, once: OnceDep) -> Response:
    """What follows in the book is booked with it; an ambiguous one must be split."""
    return _decided(caller, once, _said(body), lambda desk: desk.accept(group_id, note=body.note))


@router.post(
    "/proposals/{group_id}/reject",
    status_code=201,
    operation_id="rejectProposal",
    summary="Reject a proposal",
    response_model=GroupView,
)
def reject_proposal(group_id: Identifier, body: NoteBody, caller: Treasury, once: OnceDep) -> Response:
    """The same is not proposed again."""
    return _decided(caller, once, _said(body), lambda desk: desk.reject(group_id, note=body.note))


@router.post(
    "/proposals/{group_id}/split",
    status_code=201,
    operation_id="splitProposal",
    summary="Confirm parts of a proposal",
    response_model=GroupPage,
)
def split_proposal(group_id: Identifier, body: SplitBody, caller: Treasury, once: OnceDep) -> Response:
    """What is in no part is open again."""

    def effect(tx: Connection) -> Given:
        found = _match(caller, tx).split(group_id, [part.part() for part in body.parts])
        return Given.of(GroupPage(data=[_shown(tx, group) for group in found], next_cursor=None))

    return once.in_transaction(caller, _said(body), effect).response()


@router.post(
    "/proposals/{group_id}/revoke",
    status_code=201,
    operation_id="revokeMatch",
    summary="Take back a confirmed group",
    response_model=GroupView,
)
def revoke_match(group_id: Identifier, body: NoteBody, caller: Treasury, once: OnceDep) -> Response:
    """What it booked is mirrored; its rows are open again, and the same is not confirmed again by itself."""
    return _decided(caller, once, _said(body), lambda desk: desk.revoke(group_id, note=body.note))


@router.post(
    "/accept-all",
    status_code=201,
    operation_id="acceptProposals",
    summary="Accept the waiting proposals of one kind",
    response_model=AcceptedList,
)
def accept_proposals(body: BulkBody, caller: Treasury, once: OnceDep) -> Response:
    """Oldest first; one that cannot be booked does not keep the others back."""

    def effect(tx: Connection) -> Given:
        found = _match(caller, tx).accept_all(
            connection_id=body.connection_id,
            leg=None if body.leg is None else Leg(body.leg),
            stage=None if body.stage is None else Stage(body.stage),
            limit=body.limit,
        )
        return Given.of(AcceptedList(data=[AcceptedView.model_validate(one) for one in found]))

    return once.in_transaction(caller, _said(body), effect).response()


@router.post(
    "/matches",
    status_code=201,
    operation_id="matchByHand",
    summary="Put rows together by hand",
    response_model=GroupView,
)
def match_by_hand(body: MatchBody, caller: Treasury, once: OnceDep) -> Response:
    """They must come to the same, before or after the fees that they state."""
    return _decided(caller, once, _said(body), lambda desk: desk.match(body.part(), leg=Leg(body.leg)))


@router.get("/items", operation_id="listOpenItems", summary="List what is open on a side of a connection's leg")
def list_items(
    caller: Reader,
    connection_id: Annotated[Identifier, Query()],
    leg: Annotated[Literal["platform", "bank"], Query()],
    side: Annotated[Literal["left", "right"], Query()],
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> ItemPage:
    """Oldest first by when it was seen; to find by hand what no run found."""
    after = paging.after_seq(cursor)
    with caller.transaction() as tx:
        found = recon_items.open_items(
            tx, connection_id=connection_id, leg=Leg(leg), side=side, after_seq=after or 0, limit=limit + 1
        )
    following = Place(str(found[limit - 1].seq), "") if len(found) > limit else None
    return ItemPage(data=[MemberView.of(item) for item in found[:limit]], next_cursor=paging.encode(following))


# Rules and report -----------------------------------------------------------------------------------------------------


@router.get("/rules", operation_id="getReconciliationRules", summary="Read the rules of a connection's leg")
def get_rules(
    caller: Reader, connection_id: Annotated[Identifier, Query()], leg: Annotated[LegCode, Query()]
) -> RulesView:
    """As they were stated; what they leave out is the standard."""
    with caller.transaction() as tx:
        stored = reconciliation.newest_rules(tx, connection_id, Leg(leg))
    if stored is None:
        return RulesView(connection_id=connection_id, leg=leg, version=0, rules={}, policy={}, set_by=None, set_at=None)
    return RulesView.model_validate(stored)


@router.post(
    "/rules",
    status_code=201,
    operation_id="setReconciliationRules",
    summary="State the rules of a connection's leg anew",
    response_model=RulesView,
)
def set_rules(body: RulesBody, caller: Treasury, once: OnceDep) -> Response:
    """A new version, which the next run uses; nothing is matched by stating it."""

    def effect(tx: Connection) -> Given:
        stored = _desk(caller, tx).set_rules(
            body.connection_id, Leg(body.leg), rules=body.rules, policy=body.policy, actor=caller.actor
        )
        return Given.of(RulesView.model_validate(stored))

    return once.in_transaction(caller, _said(body), effect).response()


@router.get("/daily-report", operation_id="getDailyReport", summary="Read how much of some days is verified")
def daily_report(
    caller: Reader,
    creditor_id: Annotated[Identifier, Query()],
    first: Annotated[date | None, Query(description="First value date; yesterday where left out.")] = None,
    last: Annotated[date | None, Query(description="Last value date, included; `first` where left out.")] = None,
) -> DailyReportView:
    """Verified by the next and by the fourth day, unexplained, the oldest of it: by child account, and in total."""
    begin = first or caller.services.now().date() - timedelta(days=1)
    end = last or begin
    if not begin <= end <= begin + _LONGEST:
        raise Invalid("period_malformed", "The last day is not before the first, and within a year of it.")
    with caller.transaction() as tx:
        rate = treasury.of_tenant(caller.services.rates, tx).rate
        return DailyReportView.of(reconciliation_report.daily_report(tx, creditor_id, first=begin, last=end, rate=rate))


def _decided(caller: Caller, once: Once, said: Any, act: Callable[[MatchDesk], MatchGroup]) -> Response:
    def effect(tx: Connection) -> Given:
        return Given.of(_shown(tx, act(_match(caller, tx))))

    return once.in_transaction(caller, said, effect).response()


def _shown(tx: Connection, group: MatchGroup) -> GroupView:
    return GroupView.of(group, reconciliation.members(tx, [group.id])[group.id])


def _desk(caller: Caller, tx: Connection) -> ReconciliationDesk:
    return ReconciliationDesk(tx, caller.services.new_id, caller.services.now())


def _match(caller: Caller, tx: Connection) -> MatchDesk:
    return MatchDesk(_desk(caller, tx), caller.actor)


def _said(body: Any) -> Any:
    return body.model_dump(mode="json")
