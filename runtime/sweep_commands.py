"""Commands of cash sweeps: what would be swept now, sweep, and confirm what arrived."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from activities import sweep_outlook, sweeps
from activities.sweep_visits import CashSweepActivities
from activities.sweeps import Arrival, Desk
from domain.money import Money
from domain.sweep_reasons import refusal
from domain.sweep_runs import RunState
from domain.sweeps import NotNow
from gateway.api.sweep_rule_shapes import SweepRuleView
from gateway.api.sweep_run_shapes import Outlook, SweepRunView
from runtime import clock, offices, wiring
from runtime.asking import answer, day_of
from runtime.wiring import Base
from store import sweep_runs
from store import sweeps as kept
from store.tenants import Person

sweep = typer.Typer(no_args_is_help=True, help="Cash sweeps from child accounts to their parent.")

_SWEEPERS = frozenset({"admin", "treasury"})
_NEWEST = 5  # attempts of one rule on one date are few
_Rule = Annotated[str | None, typer.Option("--rule", help="One rule; every rule where it is left out")]


@sweep.command("rules")
def rules_command(tenant: offices.TenantOption = None) -> None:
    """Every rule as it stands, the oldest first."""

    def work() -> Any:
        with offices.opened(offices.base(), tenant) as tx:
            return [one.model_dump(mode="json") for one in SweepRuleView.every(tx, kept.rules(tx))]

    answer(work)


@sweep.command("plan")
def plan_command(rule: _Rule = None, tenant: offices.TenantOption = None) -> None:
    """What each rule would sweep now, or why it would not and from when it could; nothing is written."""
    answer(lambda: _outlook(rule, tenant))


def _outlook(rule: str | None, tenant: str | None) -> Any:
    parts = offices.base()
    book = wiring.rate_book(parts.settings)
    with offices.opened(parts, tenant) as tx:
        chosen = kept.rules(tx) if rule is None else [kept.get_rule(tx, rule)]
        found = sweep_outlook.survey(tx, chosen, book=book, now=clock.now())
        return [Outlook.of(one).model_dump(mode="json") for one in found]


@sweep.command("run")
def run_command(
    rule: _Rule = None,
    by: Annotated[str | None, typer.Option("--by", help="E-mail address of who asks; needed with --rule")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be swept, sweep nothing")] = False,  # noqa: FBT002 (typer's way to state a flag)
    tenant: offices.TenantOption = None,
) -> None:
    """Sweep what is due, as the schedule does; or with --rule one rule now, before its hour if need be.

    Prints the sweeps that there are for the rules' business date. Nothing is swept twice for a date.
    """

    def work() -> Any:
        if dry_run:
            return _outlook(rule, tenant)
        parts = offices.base()
        tenant_id = offices.tenant_of(parts, tenant)
        book = wiring.rate_book(parts.settings)
        if rule is None:
            CashSweepActivities(parts.database, book, clock.new_id, clock.now).visit(tenant_id)
        else:
            _one(parts, Desk(tenant_id, book, clock.new_id, clock.now()), rule, by or "")
        with parts.database.tenant(tenant_id) as tx:
            chosen = kept.rules(tx) if rule is None else [kept.get_rule(tx, rule)]
            found = [
                run
                for stored in chosen
                for run in sweep_runs.listed(tx, rule_id=stored.rule.id, limit=_NEWEST)
                if run.business_date == stored.rule.schedule.today(clock.now())
            ]
            return [SweepRunView.of(one).model_dump(mode="json") for one in found]

    answer(work)


def _one(parts: Base, desk: Desk, rule_id: str, email: str) -> None:
    with parts.database.tenant(desk.tenant_id) as tx:
        actor = _named(offices.person(tx, email, roles=_SWEEPERS, what="sweep"))
        run = sweeps.plan_run(tx, desk, rule_id, requested_by=actor)
        if isinstance(run, NotNow):
            raise refusal(run)
        if run.state is RunState.PLANNED:
            sweeps.send(tx, desk, run.id)


@sweep.command("confirm")
def confirm_command(
    run: Annotated[str, typer.Argument(help="The sweep, swp_…")],
    amount: Annotated[str, typer.Option(help="What arrived, in major units of the currency that was expected")],
    day: Annotated[str, typer.Option(help="The day it arrived, as 2026-11-24")],
    by: offices.ByOption,
    tenant: offices.TenantOption = None,
) -> None:
    """The parent's bank shows a sweep; what is missing of it is booked as a fee."""

    def work() -> Any:
        parts = offices.base()
        tenant_id = offices.tenant_of(parts, tenant)
        desk = Desk(tenant_id, wiring.rate_book(parts.settings), clock.new_id, clock.now())
        with parts.database.tenant(tenant_id) as tx:
            actor = _named(offices.person(tx, by, roles=_SWEEPERS, what="confirm sweeps"))
            expected = sweep_runs.get(tx, run).expected
            arrival = Arrival(Money.parse(amount, expected.currency), day_of(day))
            done = sweeps.confirm(tx, desk, run, arrival, actor=actor)
            return SweepRunView.of(done).model_dump(mode="json")

    answer(work)


def _named(person: Person) -> str:
    """A person as the console names them, so that four eyes are those of two people whatever way they come."""
    return f"{person.name} <{person.email}>"
