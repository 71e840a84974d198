"""Rules of cash sweeps, from the console: written and changed by one person, approved by another, stopped by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from activities import sweep_outlook
from activities.sweep_rule_changes import RuleDesk
from domain.day_close import Actor
from domain.errors import Invalid
from domain.money import Money, zero
from domain.sweep_schedules import Days, Schedule
from domain.sweeps import Direction, FxPolicy, RuleStatus, SweepKind, SweepRule
from gateway.console.pages import ConsoleRoute, Posted, Posting, Visit
from gateway.console.sweeps import act_on, actor, reason_of
from store import sweeps as kept

router = APIRouter(route_class=ConsoleRoute)

_ASKED: Final = (*("minimum", "approval_above", "trigger", "target", "kind", "fx_policy", "max_spread_basis_points"),)
_HOURS: Final = ("zone", "opens", "cut_off")


def _rule_desk(here: Visit, tx: Connection) -> RuleDesk:
    services = here.services
    who = Actor(here.person.id, actor(here))
    return RuleDesk(tx, here.person.tenant_id, who, services.new_id, services.now())


@router.post("/sweeps/rules")
def open_rule(form: Posting) -> Response:
    """Write a rule for a child account."""

    def act(here: Visit) -> None:
        services = here.services
        with here.tx() as tx:
            child = sweep_outlook.ends_of(tx, form.text("account")).child
            rule_id, today = services.new_id("sweep_rule"), services.now().date()
            rule = _rule(form, rule_id, child.id, child.currency, today=today)
            _rule_desk(here, tx).open(rule, reason=reason_of(form))

    return act_on(form, act, done="rule_written")


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
    """Pause or retire a rule at once, or ask that it sweeps again."""

    def act(here: Visit) -> None:
        status = RuleStatus(_one_of(form, "status", [one.value for one in RuleStatus]))
        with here.tx() as tx:
            stored = kept.get_rule(tx, rule_id)
            changed = replace(stored.rule, status=status)
            _rule_desk(here, tx).change(changed, since=stored.revision, reason=reason_of(form))

    return act_on(form, act, done="rule_changed")


@router.post("/sweeps/rules/{rule_id}/terms")
def change_rule(form: Posting, rule_id: str) -> Response:
    """Propose other terms: amounts, hours and exchange; what the form does not ask about stays."""

    def act(here: Visit) -> None:
        with here.tx() as tx:
            stored = kept.get_rule(tx, rule_id)
            before = stored.rule
            asked = _rule(form, rule_id, before.child_account_id, before.currency, today=before.active_from)
            hours = replace(before.schedule, **{name: getattr(asked.schedule, name) for name in _HOURS})
            changed = replace(before, schedule=hours, **{name: getattr(asked, name) for name in _ASKED})
            _rule_desk(here, tx).change(changed, since=_revision(form), reason=reason_of(form))

    return act_on(form, act, done="rule_changed")


def _revision(form: Posted) -> int:
    text = form.text("revision")
    if not text.isdecimal():
        raise Invalid("sweep_rule_invalid", "The form lacks the revision that it was made for.", fix="Open it again.")
    return int(text)


@router.post("/sweeps/changes/{change_id}/approve")
def approve_change(form: Posting, change_id: str) -> Response:
    """Approve what another person proposed of a rule."""

    def act(here: Visit) -> None:
        with here.tx() as tx:
            _rule_desk(here, tx).approve(change_id)

    return act_on(form, act, done="rule_approved")


@router.post("/sweeps/changes/{change_id}/turn-down")
def turn_down_change(form: Posting, change_id: str) -> Response:
    """Withdraw a change of one's own, or decline another person's."""

    def act(here: Visit) -> None:
        with here.tx() as tx:
            _rule_desk(here, tx).turn_down(change_id, reason=reason_of(form))

    return act_on(form, act, done="rule_kept")
