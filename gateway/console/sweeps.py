"""Cash sweeps: what is on its way, what each rule would do now and why not, and the hands that carry sweeps on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
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
from domain.money import Money, total
from domain.sweep_reasons import refusal
from domain.sweep_runs import ON_ITS_WAY, WAITING, RunState
from domain.sweeps import FxPolicy, NotNow, Reason, RuleStatus, SweepKind, SweepPlan
from gateway.console import sweep_pictures, sweep_terms
from gateway.console.conversion import into_own_currency
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit, Visiting, go, page
from gateway.console.receipts import day_or_none
from gateway.console.sweep_pictures import Travelling
from ledger import accounts
from store import creditors, sweep_rule_changes, sweep_runs
from store import sweeps as kept
from store.sweep_runs import SweepRun

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


def desk(here: Visit) -> Desk:
    """What sweeping needs now."""
    services = here.services
    return Desk(here.person.tenant_id, services.rates, services.new_id, services.now())


def actor(here: Visit) -> str:
    """Who acts, as events and sweeps name a person."""
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
        waiting = sweep_rule_changes.waiting(tx)
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
        waiting=waiting,
        accounts=ends,
        entered=sweep_terms.entered,
        unfinished={*WAITING, *ON_ITS_WAY},
        differing=partial(sweep_terms.differing, here.voice),
        own=here.person.id,
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


@router.post("/sweeps/rules/{rule_id}/run")
def run_rule(form: Posting, rule_id: str) -> Response:
    """Sweep now, for today's business date."""

    def act(here: Visit) -> None:
        with here.tx() as tx:
            at = desk(here)
            run = sweeps.plan_run(tx, at, rule_id, requested_by=actor(here))
            if isinstance(run, NotNow):
                raise refusal(run)
            if run.state is RunState.PLANNED:
                sweeps.send(tx, at, run.id)

    return act_on(form, act, done="sweep_planned")


@router.post("/sweeps/rules/{rule_id}/papers")
def attach(form: Posting, rule_id: str) -> Response:
    """Attach a paper that the country asks for."""

    def act(here: Visit) -> None:
        filename, body = form.file("file")
        first = day_or_none(form.text("first_day"))
        if first is None:
            raise Invalid("day_malformed", "State the first day that the paper covers.")
        new = NewDocument(form.text("code"), first, day_or_none(form.text("last_day")), filename, body, reason_of(form))
        with here.tx() as tx:
            at = desk(here)
            sweep_rules.attach(
                tx, rule_id, new, tenant_id=at.tenant_id, actor=actor(here), new_id=at.new_id, now=at.now
            )

    return act_on(form, act, done="paper_attached")


# Runs -------------------------------------------------------------------------------------------------------------


@router.post("/sweeps/runs/{run_id}/approve")
def approve(form: Posting, run_id: str) -> Response:
    """Approve, as another person than who asked for it."""
    return _step(form, lambda at, tx: sweeps.approve(tx, at, run_id, actor=actor(form.visit)), "sweep_sent")


@router.post("/sweeps/runs/{run_id}/taken")
def taken(form: Posting, run_id: str) -> Response:
    """The bank has taken the order."""
    reference = form.text("bank_reference") or None
    return _step(
        form,
        lambda at, tx: sweeps.hand_over(tx, at, run_id, actor=actor(form.visit), bank_reference=reference),
        "sweep_taken",
    )


@router.post("/sweeps/runs/{run_id}/confirm")
def confirm(form: Posting, run_id: str) -> Response:
    """What arrived at the parent's bank; what is missing of it is booked as a fee."""

    def work(at: Desk, tx: Connection) -> None:
        expected = sweep_runs.get(tx, run_id).expected
        day = day_or_none(form.text("day"))
        if day is None:
            raise Invalid("arrival_day_invalid", "State the day on which it arrived.")
        amount = Money.parse(form.text("amount"), expected.currency)
        arrival = Arrival(amount, day, meant=form.text("meant") == "yes")
        sweeps.confirm(tx, at, run_id, arrival, actor=actor(form.visit))

    return _step(form, work, "sweep_arrived")


@router.post("/sweeps/runs/{run_id}/fail")
def fail(form: Posting, run_id: str) -> Response:
    """The bank did not carry it out, or it came back: everything is booked back."""
    back = form.text("returned") == "yes"

    def work(at: Desk, tx: Connection) -> None:
        setback = Setback("returned" if back else "rejected_by_bank", reason_of(form), back)
        sweeps.undo(tx, at, run_id, setback, actor=actor(form.visit))

    return _step(form, work, "sweep_failed")


@router.post("/sweeps/runs/{run_id}/cancel")
def cancel(form: Posting, run_id: str) -> Response:
    """Give a waiting sweep up."""

    def work(at: Desk, tx: Connection) -> None:
        sweeps.cancel(tx, at, run_id, actor=actor(form.visit), reason=reason_of(form))

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
            work(desk(here), tx)

    return act_on(form, act, done=done)


def act_on(form: Posted, act: Callable[[Visit], None], *, done: str) -> Response:
    """Do what a form asks; a refusal comes back with what was entered."""
    here = form.visit
    try:
        here.need("sweep")
        act(here)
    except AfluenteError as error:
        return _page(here, refused=error, said={k: v for k, v in form.fields.items() if isinstance(v, str)})
    return go("/sweeps", done=done)


def reason_of(form: Posted) -> str:
    """The reason that a form gives; ``reason_missing`` where there is none."""
    reason = form.text("reason")[:LONGEST_REASON]
    if not reason:
        raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
    return reason
