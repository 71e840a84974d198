"""Cash sweeps: what is on its way, what each rule would do now and why not, and the hands that carry sweeps on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from activities import sweep_files, sweep_outlook, sweep_rules, sweeps
from activities.sweep_rules import NewDocument
from activities.sweeps import Arrival, Desk, Setback
from connectors import registry
from connectors.payment_files.pain001 import message_id
from domain.accounts import Account, Role
from domain.errors import AfluenteError, Invalid
from domain.money import Money, total, zero
from domain.sweep_reasons import refusal
from domain.sweep_runs import ON_ITS_WAY, RunState
from domain.sweep_schedules import Days, Schedule
from domain.sweeps import Direction, FxPolicy, NotNow, Reason, RuleStatus, SweepKind, SweepPlan, SweepRule
from gateway.console import sweep_pictures
from gateway.console.conversion import into_own_currency
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from gateway.console.receipts import day_or_none
from gateway.console.sweep_pictures import Travelling
from ledger import accounts
from store import creditors, sweep_runs
from store import sweeps as kept
from store.sweep_runs import SweepRun
from store.sweeps import StoredRule

router = APIRouter(route_class=ConsoleRoute)

SHOWN_RUNS: Final = 50
LONGEST_REASON: Final = 500
_STATES: Final = tuple(state.value for state in RunState)


@dataclass(frozen=True)
class ShownRun:
    """A sweep with the account it left, and for how many days it has been on its way."""

    run: SweepRun
    account: Account
    days: int | None


def _desk(here: Visit) -> Desk:
    services = here.services
    return Desk(here.person.tenant_id, services.rates, services.new_id, services.now())


def _actor(here: Visit) -> str:
    return f"{here.person.name} <{here.person.email}>"


@router.get("/sweeps")
def sweeps_page(here: Visiting) -> HTMLResponse:
    """Rules with their outlook, and the newest sweeps."""
    return _page(here)


def _page(here: Visit, *, refused: AfluenteError | None = None, said: dict[str, str] | None = None) -> HTMLResponse:
    now = here.services.now()
    state = here.request.query_params.get("state", "")
    states = (RunState(state),) if state in _STATES else ()
    with here.tx() as tx:
        rules = kept.rules(tx)
        prospects = sweep_outlook.survey(tx, rules, book=here.services.rates, now=now)
        ends = {stored.rule.id: sweep_outlook.ends_of(tx, stored.rule.child_account_id).child for stored in rules}
        runs = [
            ShownRun(run, ends[run.rule_id], _days_on_its_way(run, now.date()))
            for run in sweep_runs.listed(tx, states=states, limit=SHOWN_RUNS)
        ]
        moving = sweep_runs.listed(tx, states=ON_ITS_WAY, limit=SHOWN_RUNS)
        owners = [accounts.get(tx, one.parent_account_id) for one in creditors.every(tx)]
        children = [one for one in accounts.subtree(tx, [owner.id for owner in owners]) if one.role is Role.CHILD]
    return page(
        here,
        "sweeps.html",
        place="fx",
        status=refused.status if refused else 200,
        refused=refused,
        said=defaultdict(str, said or {}),
        prospects=prospects,
        rules={stored.rule.id: stored for stored in rules},
        runs=runs,
        picture=sweep_pictures.on_its_way(here.voice, _travelling(moving, ends, now.date()), into_own_currency(here)),
        moving=_by_currency([run.expected for run in moving]),
        due=[one for one in prospects if isinstance(one.answer, SweepPlan)],
        is_plan=lambda one: isinstance(one.answer, SweepPlan),
        papers=lambda one: sweep_rules.documents_known(one.ends.child.country),
        children=children,
        zones=_zones(children),
        today=now.date(),
        state=state,
        states=[(one, here.voice.label("sweep_state", one)) for one in _STATES],
        may=here.may("sweep"),
        kinds=list(SweepKind),
        policies=list(FxPolicy),
        statuses=RuleStatus,
        run_states=RunState,
        reasons=Reason,
        longest=LONGEST_REASON,
    )


def _travelling(runs: Sequence[SweepRun], ends: Mapping[str, Account], today: date) -> list[Travelling]:
    return [Travelling(ends[run.rule_id].name, run.expected, (today - run.business_date).days) for run in runs]


def _days_on_its_way(run: SweepRun, today: date) -> int | None:
    return (today - run.business_date).days if run.state in ON_ITS_WAY else None


def _by_currency(amounts: Sequence[Money]) -> list[Money]:
    """One sum for each currency, in order of code."""
    currencies = sorted({one.currency for one in amounts})
    return [total([one for one in amounts if one.currency == currency], currency) for currency in currencies]


def _zones(children: Sequence[Account]) -> list[str]:
    """The time zones of the countries that have child accounts: a rule keeps one of them."""
    known = registry.countries()
    return sorted(
        {zone for one in children if one.country and one.country in known for zone in known[one.country].all_zones}
    )


# Rules ------------------------------------------------------------------------------------------------------------


@router.post("/sweeps/rules")
def open_rule(form: Posting) -> Response:
    """Write a rule for a child account."""

    def act(here: Visit) -> None:
        desk = _desk(here)
        with here.tx() as tx:
            child = sweep_outlook.ends_of(tx, form.text("account")).child
            rule = _rule(form, desk.new_id("sweep_rule"), child.id, child.currency, today=desk.now.date())
            sweep_rules.open_rule(
                tx, rule, tenant_id=desk.tenant_id, actor=_actor(here), reason=_reason(form), now=desk.now
            )

    return _act(form, act, done="rule_written")


def _rule(form: Posted, rule_id: str, account_id: str, currency: str, *, today: date) -> SweepRule:
    def amount(name: str) -> Money | None:
        text = form.text(name)
        return Money.parse(text, currency) if text else None

    kind = SweepKind(_one_of(form, "kind", [one.value for one in SweepKind]))
    policy = FxPolicy(_one_of(form, "fx_policy", [one.value for one in FxPolicy]))
    return SweepRule(
        id=rule_id,
        child_account_id=account_id,
        direction=Direction.PUSH,
        kind=kind,
        currency=currency,
        minimum=amount("minimum") or zero(currency),
        approval_above=amount("approval_above") or zero(currency),
        trigger=amount("trigger") if kind is SweepKind.TRIGGER_AMOUNT else None,
        target=amount("target") if kind is not SweepKind.ZERO_BALANCE else None,
        schedule=Schedule(form.text("zone"), _time(form, "opens"), _time(form, "cut_off"), Days.BUSINESS, ()),
        fx_policy=policy,
        max_spread_basis_points=_spread(form) if policy is FxPolicy.RATE_OF_DAY else None,
        active_from=today,
    )


def _one_of(form: Posted, name: str, values: Sequence[str]) -> str:
    value = form.text(name)
    if value not in values:
        raise Invalid("sweep_rule_invalid", f"{name} is none of {', '.join(values)}.", fix="Choose one.")
    return value


def _time(form: Posted, name: str) -> time:
    try:
        return time.fromisoformat(form.text(name))
    except ValueError as error:
        raise Invalid("schedule_invalid", f"{form.text(name)!r} is no time.", fix="Write it as 16:00.") from error


def _spread(form: Posted) -> int:
    text = form.text("max_spread")
    if not text.isdecimal():
        raise Invalid("sweep_rule_invalid", "The widest spread is a whole number of basis points.", fix="Such as 150.")
    return int(text)


@router.post("/sweeps/rules/{rule_id}/status")
def turn_rule(form: Posting, rule_id: str) -> Response:
    """Pause, resume or retire a rule."""

    def act(here: Visit) -> None:
        desk = _desk(here)
        status = RuleStatus(_one_of(form, "status", [one.value for one in RuleStatus]))
        with here.tx() as tx:
            stored = kept.get_rule(tx, rule_id)
            sweep_rules.change_rule(
                tx,
                _with_status(stored, status),
                since=stored.revision,
                tenant_id=desk.tenant_id,
                actor=_actor(here),
                reason=_reason(form),
                now=desk.now,
            )

    return _act(form, act, done="rule_changed")


def _with_status(stored: StoredRule, status: RuleStatus) -> SweepRule:
    values = {name: getattr(stored.rule, name) for name in SweepRule.__dataclass_fields__}
    return SweepRule(**values | {"status": status})


@router.post("/sweeps/rules/{rule_id}/run")
def run_rule(form: Posting, rule_id: str) -> Response:
    """Sweep now, for today's business date."""

    def act(here: Visit) -> None:
        with here.tx() as tx:
            desk = _desk(here)
            run = sweeps.plan_run(tx, desk, rule_id, requested_by=_actor(here))
            if isinstance(run, NotNow):
                raise refusal(run)
            if run.state is RunState.PLANNED:
                sweeps.send(tx, desk, run.id)

    return _act(form, act, done="sweep_planned")


@router.post("/sweeps/rules/{rule_id}/papers")
def attach(form: Posting, rule_id: str) -> Response:
    """Attach a paper that the country asks for."""

    def act(here: Visit) -> None:
        filename, body = form.file("file")
        first = day_or_none(form.text("first_day"))
        if first is None:
            raise Invalid("day_malformed", "State the first day that the paper covers.")
        new = NewDocument(form.text("code"), first, day_or_none(form.text("last_day")), filename, body, _reason(form))
        with here.tx() as tx:
            desk = _desk(here)
            sweep_rules.attach(
                tx, rule_id, new, tenant_id=desk.tenant_id, actor=_actor(here), new_id=desk.new_id, now=desk.now
            )

    return _act(form, act, done="paper_attached")


# Runs -------------------------------------------------------------------------------------------------------------


@router.post("/sweeps/runs/{run_id}/approve")
def approve(form: Posting, run_id: str) -> Response:
    """Approve, as another person than who asked for it."""
    return _step(form, lambda desk, tx: sweeps.approve(tx, desk, run_id, actor=_actor(form.visit)), "sweep_sent")


@router.post("/sweeps/runs/{run_id}/taken")
def taken(form: Posting, run_id: str) -> Response:
    """The bank has taken the order."""
    reference = form.text("bank_reference") or None
    return _step(
        form,
        lambda desk, tx: sweeps.hand_over(tx, desk, run_id, actor=_actor(form.visit), bank_reference=reference),
        "sweep_taken",
    )


@router.post("/sweeps/runs/{run_id}/confirm")
def confirm(form: Posting, run_id: str) -> Response:
    """What arrived at the parent's bank; what is missing of it is booked as a fee."""

    def work(desk: Desk, tx: Connection) -> None:
        expected = sweep_runs.get(tx, run_id).expected
        day = day_or_none(form.text("day"))
        if day is None:
            raise Invalid("arrival_day_invalid", "State the day on which it arrived.")
        amount = Money.parse(form.text("amount"), expected.currency)
        arrival = Arrival(amount, day, meant=form.text("meant") == "yes")
        sweeps.confirm(tx, desk, run_id, arrival, actor=_actor(form.visit))

    return _step(form, work, "sweep_arrived")


@router.post("/sweeps/runs/{run_id}/fail")
def fail(form: Posting, run_id: str) -> Response:
    """The bank did not carry it out, or it came back: everything is booked back."""
    back = form.text("returned") == "yes"

    def work(desk: Desk, tx: Connection) -> None:
        setback = Setback("returned" if back else "rejected_by_bank", _reason(form), back)
        sweeps.undo(tx, desk, run_id, setback, actor=_actor(form.visit))

    return _step(form, work, "sweep_failed")


@router.post("/sweeps/runs/{run_id}/cancel")
def cancel(form: Posting, run_id: str) -> Response:
    """Give a waiting sweep up."""

    def work(desk: Desk, tx: Connection) -> None:
        sweeps.cancel(tx, desk, run_id, actor=_actor(form.visit), reason=_reason(form))

    return _step(form, work, "sweep_cancelled")


@router.get("/sweeps/runs/{run_id}/pain001.xml")
def payment_file(here: Visiting, run_id: str) -> Response:
    """The order for the child's bank as a pain.001.001.09."""
    here.need("sweep")
    with here.tx() as tx:
        content = sweep_files.payment_file(tx, [run_id])
    name = f'attachment; filename="{message_id({run_id})}.xml"'
    return Response(content, media_type="application/xml", headers={"Content-Disposition": name})


def _step(form: Posted, work: Callable[[Desk, Connection], object], done: str) -> Response:
    def act(here: Visit) -> None:
        with here.tx() as tx:
            work(_desk(here), tx)

    return _act(form, act, done=done)


def _act(form: Posted, act: Callable[[Visit], None], *, done: str) -> Response:
    """Do what a form asks; a refusal comes back with what was entered."""
    here = form.visit
    try:
        here.need("sweep")
        act(here)
    except AfluenteError as error:
        return _page(here, refused=error, said={k: v for k, v in form.fields.items() if isinstance(v, str)})
    return go("/sweeps", done=done)


def _reason(form: Posted) -> str:
    reason = form.text("reason")[:LONGEST_REASON]
    if not reason:
        raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
    return reason
