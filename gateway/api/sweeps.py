"""Cash sweeps: rules, what each would do now, runs from plan to arrival, papers, and the file for banks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection

from activities import sweep_files, sweep_outlook, sweeps
from activities.sweep_rule_changes import RuleDesk
from activities.sweeps import Arrival, Desk, Setback
from connectors.payment_files.pain001 import message_id
from domain.day_close import Actor
from domain.sweep_reasons import refusal
from domain.sweep_runs import RunState
from domain.sweeps import NotNow, RuleStatus
from gateway import paging
from gateway.api.sweep_rule_shapes import (
    ChangedSweepRule,
    NewSweepRule,
    SweepRuleDetail,
    SweepRuleList,
    SweepRuleView,
    TurnDownBody,
    history,
)
from gateway.api.sweep_run_shapes import (
    ArrivalBody,
    CancelBody,
    HandedOver,
    Outlook,
    OutlookList,
    PaymentFileView,
    SetbackBody,
    SweepRunDetail,
    SweepRunPage,
    SweepRunView,
)
from gateway.auth import Caller, Reader, Treasury
from gateway.idempotency import Given, Once, OnceDep
from gateway.shapes import Body, Identifier
from store import sweep_runs
from store import sweeps as kept
from store.listings import Place
from store.sweep_runs import SweepRun
from store.sweeps import StoredRule

router = APIRouter(prefix="/v1/sweeps", tags=["sweeps"])

_FILE: Final = {"type": "string", "format": "binary"}
_MOST_RUNS: Final = 200
_XML: Final = "application/xml"
_ANY: Final = "application/octet-stream"


def _desk(caller: Caller) -> Desk:
    services = caller.services
    return Desk(caller.tenant_id, services.rates, services.new_id, services.now())


def _rule_desk(caller: Caller, tx: Connection) -> RuleDesk:
    services = caller.services
    actor = Actor(caller.principal.id, caller.actor)
    return RuleDesk(tx, caller.tenant_id, actor, services.new_id, services.now())


def _told(tx: Connection, stored: StoredRule) -> SweepRuleView:
    return SweepRuleView.every(tx, [stored])[0]


def _said(body: Body) -> Any:
    return body.model_dump(mode="json")


# Rules ------------------------------------------------------------------------------------------------------------


@router.get("/rules", operation_id="listSweepRules", summary="List rules of cash sweeps")
def list_rules(caller: Reader, status: Annotated[RuleStatus | None, Query()] = None) -> SweepRuleList:
    """The oldest first."""
    with caller.transaction() as tx:
        return SweepRuleList(data=SweepRuleView.every(tx, kept.rules(tx, status=status)))


@router.post(
    "/rules",
    status_code=201,
    operation_id="openSweepRule",
    summary="Write a rule of cash sweeps",
    response_model=SweepRuleView,
)
def open_rule(body: NewSweepRule, caller: Treasury, once: OnceDep) -> Response:
    """For one child account. It is paused until a second person approves it (``pending``).

    From then on the schedule visits it every quarter of an hour.
    """

    def effect(tx: Connection) -> Given:
        desk = _rule_desk(caller, tx)
        currency = sweep_outlook.ends_of(tx, body.child_account_id).child.currency
        rule = body.rule(desk.new_id("sweep_rule"), body.child_account_id, currency, RuleStatus.ACTIVE)
        stored = desk.open(rule, reason=body.reason)
        return Given.of(_told(tx, stored), location=f"/v1/sweeps/rules/{rule.id}")

    return once.in_transaction(caller, _said(body), effect).response()


@router.get("/rules/{rule_id}", operation_id="getSweepRule", summary="Read a rule of cash sweeps")
def get_rule(rule_id: Identifier, caller: Reader) -> SweepRuleDetail:
    """The rule, and who changed it when and why."""
    with caller.transaction() as tx:
        stored = kept.get_rule(tx, rule_id)
        told = _told(tx, stored).model_dump()
        return SweepRuleDetail(**told, history=history(kept.events(tx, rule_id)))


@router.post(
    "/rules/{rule_id}/change",
    operation_id="changeSweepRule",
    summary="Change, pause or retire a rule",
    response_model=SweepRuleView,
)
def change_rule(rule_id: Identifier, body: ChangedSweepRule, caller: Treasury, once: OnceDep) -> Response:
    """States all terms anew, which wait as ``pending`` for a second person; to pause or retire it, one is enough.

    What changed is kept with who and why. A rule is never deleted, but retired.
    """

    def effect(tx: Connection) -> Given:
        before = kept.get_rule(tx, rule_id).rule
        rule = body.rule(rule_id, before.child_account_id, before.currency, body.status)
        stored = _rule_desk(caller, tx).change(rule, since=body.revision, reason=body.reason)
        return Given.of(_told(tx, stored), status=200)

    return once.in_transaction(caller, _said(body), effect).response()


@router.post(
    "/changes/{change_id}/approve",
    operation_id="approveSweepRuleChange",
    summary="Approve a change of a rule",
    response_model=SweepRuleView,
)
def approve_change(change_id: Identifier, caller: Treasury, once: OnceDep) -> Response:
    """By another person than who proposed it; the rule sweeps by the new terms from then on."""

    def effect(tx: Connection) -> Given:
        return Given.of(_told(tx, _rule_desk(caller, tx).approve(change_id)), status=200)

    return once.in_transaction(caller, None, effect).response()


@router.post(
    "/changes/{change_id}/turn-down",
    operation_id="turnDownSweepRuleChange",
    summary="Withdraw or decline a change of a rule",
    response_model=SweepRuleView,
)
def turn_down_change(change_id: Identifier, body: TurnDownBody, caller: Treasury, once: OnceDep) -> Response:
    """Its author withdraws it, another person declines it; the rule stays as it is."""

    def effect(tx: Connection) -> Given:
        stored = _rule_desk(caller, tx).turn_down(change_id, reason=body.reason)
        return Given.of(_told(tx, stored), status=200)

    return once.in_transaction(caller, _said(body), effect).response()


@router.get("/plan", operation_id="planSweeps", summary="Ask what would be swept now")
def plan_sweeps(caller: Reader, rule_id: Annotated[Identifier | None, Query()] = None) -> OutlookList:
    """For each rule the amount, its exchange, taxes and papers, or why nothing is swept and from when it could be."""
    services = caller.services
    with caller.transaction() as tx:
        rules = kept.rules(tx) if rule_id is None else [kept.get_rule(tx, rule_id)]
        found = sweep_outlook.survey(tx, rules, book=services.rates, now=services.now())
        return OutlookList(data=[Outlook.of(one) for one in found])


@router.post(
    "/rules/{rule_id}/run",
    status_code=201,
    operation_id="runSweep",
    summary="Sweep now",
    response_model=SweepRunView,
)
def run_rule(rule_id: Identifier, caller: Treasury, once: OnceDep) -> Response:
    """For today's business date, before the rule's hour if need be, and once.

    Above the rule's limit it waits for a second person. What stands in the way is the refusal's code.
    """

    def effect(tx: Connection) -> Given:
        desk = _desk(caller)
        run = sweeps.plan_run(tx, desk, rule_id, requested_by=caller.actor)
        if isinstance(run, NotNow):
            raise refusal(run)
        if run.state is RunState.PLANNED:
            run = sweeps.send(tx, desk, run.id)
        return Given.of(SweepRunView.of(run), location=f"/v1/sweeps/runs/{run.id}")

    return once.in_transaction(caller, None, effect).response()


# Runs -------------------------------------------------------------------------------------------------------------


@router.get("/runs", operation_id="listSweepRuns", summary="List cash sweeps")
def list_runs(
    caller: Reader,
    state: Annotated[RunState | None, Query()] = None,
    rule_id: Annotated[Identifier | None, Query()] = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
) -> SweepRunPage:
    """The newest first."""
    place = paging.after_id(cursor, kind="sweep_run")
    with caller.transaction() as tx:
        found = sweep_runs.listed(
            tx,
            states=() if state is None else (state,),
            rule_id=rule_id,
            before_id=None if place is None else place.id,
            limit=limit + 1,
        )
    shown = found[:limit]
    more = Place("", shown[-1].id) if len(found) > limit else None
    return SweepRunPage(data=[SweepRunView.of(one) for one in shown], next_cursor=paging.encode(more))


@router.get("/runs/{run_id}", operation_id="getSweepRun", summary="Read a cash sweep")
def get_run(run_id: Identifier, caller: Reader) -> SweepRunDetail:
    """The sweep, and what happened to it when and by whom."""
    with caller.transaction() as tx:
        run = sweep_runs.get(tx, run_id)
        return SweepRunDetail(run=SweepRunView.of(run), history=history(kept.events(tx, run_id)))


def _step(caller: Caller, once: Once, said: Any, work: Callable[[Connection, Desk], SweepRun]) -> Response:
    """One step of a run, with the run as the answer."""

    def effect(tx: Connection) -> Given:
        return Given.of(SweepRunView.of(work(tx, _desk(caller))), status=200)

    return once.in_transaction(caller, said, effect).response()


@router.post(
    "/runs/{run_id}/approve", operation_id="approveSweep", summary="Approve a sweep", response_model=SweepRunView
)
def approve(run_id: Identifier, caller: Treasury, once: OnceDep) -> Response:
    """By a second person: not by who asked for it, nor by who last changed its rule. It is booked at once."""
    return _step(caller, once, None, lambda tx, desk: sweeps.approve(tx, desk, run_id, actor=caller.actor))


@router.post(
    "/runs/{run_id}/taken",
    operation_id="markSweepTaken",
    summary="Record that the bank took the order",
    response_model=SweepRunView,
)
def taken(run_id: Identifier, body: HandedOver, caller: Treasury, once: OnceDep) -> Response:
    """After the file was handed in, or the order was given otherwise."""

    def work(tx: Connection, desk: Desk) -> SweepRun:
        return sweeps.hand_over(tx, desk, run_id, actor=caller.actor, bank_reference=body.bank_reference)

    return _step(caller, once, _said(body), work)


@router.post(
    "/runs/{run_id}/confirm", operation_id="confirmSweep", summary="Confirm an arrival", response_model=SweepRunView
)
def confirm(run_id: Identifier, body: ArrivalBody, caller: Treasury, once: OnceDep) -> Response:
    """What arrived at the parent's bank; what is missing of it is booked as a fee."""
    arrival = Arrival(body.amount.money(), body.day, body.difference_is_right, body.bank_reference)
    return _step(
        caller, once, _said(body), lambda tx, desk: sweeps.confirm(tx, desk, run_id, arrival, actor=caller.actor)
    )


@router.post("/runs/{run_id}/fail", operation_id="failSweep", summary="Book a sweep back", response_model=SweepRunView)
def fail(run_id: Identifier, body: SetbackBody, caller: Treasury, once: OnceDep) -> Response:
    """The bank did not carry it out, or it came back: every entry is reversed by its exact mirror."""
    setback = Setback("returned" if body.returned else "rejected_by_bank", body.reason, body.returned)
    return _step(caller, once, _said(body), lambda tx, desk: sweeps.undo(tx, desk, run_id, setback, actor=caller.actor))


@router.post(
    "/runs/{run_id}/cancel", operation_id="cancelSweep", summary="Give a waiting sweep up", response_model=SweepRunView
)
def cancel(run_id: Identifier, body: CancelBody, caller: Treasury, once: OnceDep) -> Response:
    """Before anything was booked; its business date is free again."""
    return _step(
        caller,
        once,
        _said(body),
        lambda tx, desk: sweeps.cancel(tx, desk, run_id, actor=caller.actor, reason=body.reason),
    )


@router.get(
    "/payment-file",
    operation_id="getPaymentFile",
    summary="Make the file for a bank",
    response_model=PaymentFileView,
    responses={200: {"content": {_XML: {"schema": _FILE}}}},
)
def payment_file(
    caller: Treasury,
    run_id: Annotated[list[Identifier], Query(min_length=1, max_length=_MOST_RUNS)],
    form: Annotated[Literal["json", "pain001"], Query(alias="format")] = "json",
) -> PaymentFileView | Response:
    """pain.001.001.09 of sweeps that were sent; the same sweeps make the same file. JSON tells what it holds."""
    with caller.transaction() as tx:
        content = sweep_files.payment_file(tx, run_id)
    name, count = message_id(set(run_id)), len(set(run_id))
    if form == "json":
        digest = hashlib.sha256(content).hexdigest()
        return PaymentFileView(file_reference=name, payments=count, sha256=digest, bytes=len(content))
    return Response(content, media_type=_XML, headers={"Content-Disposition": f'attachment; filename="{name}.xml"'})
