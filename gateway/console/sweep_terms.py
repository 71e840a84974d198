"""The terms of a rule of cash sweeps in a reader's words, and what a change of them changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup, escape

from domain.money import Money
from domain.sweep_schedules import Schedule
from domain.sweeps import SweepRule
from gateway.console.voice import Voice

Difference = tuple[str, Markup, Markup]
"""The name of a term, what it is, and what it is to be."""

_NOTHING: Final = "\N{EN DASH}"


def differing(voice: Voice, before: SweepRule, after: SweepRule) -> list[Difference]:
    """What a change changes, term by term."""
    was, to_be = terms(voice, before), terms(voice, after)
    return [(voice.label("sweep_term", name), was[name], to_be[name]) for name in to_be if was[name] != to_be[name]]


def terms(voice: Voice, rule: SweepRule) -> Mapping[str, Markup]:
    """What a rule says, by the code of each term."""

    def amount(value: Money | None) -> str:
        return _NOTHING if value is None else voice.money(value)

    spread, until = rule.max_spread_basis_points, rule.active_until
    told = {
        "status": voice.label("rule_status", rule.status.value),
        "kind": voice.label("sweep_kind", rule.kind.value),
        "trigger": amount(rule.trigger),
        "target": amount(rule.target),
        "minimum": amount(rule.minimum),
        "approval_above": amount(rule.approval_above),
        "fx_policy": voice.label("fx_policy", rule.fx_policy.value),
        "max_spread": _NOTHING if spread is None else voice.count(spread),
        "hours": _hours(rule.schedule),
        "days": _days(voice, rule.schedule),
        "direction": voice.label("sweep_direction", rule.direction.value),
        "purpose": voice.label("sweep_purpose", rule.purpose.value),
        "most_days": voice.count(rule.most_days_in_transit),
        "active_from": voice.day(rule.active_from),
        "active_until": _NOTHING if until is None else voice.day(until),
    }
    return {name: escape(value) for name, value in told.items()}


def entered(rule: SweepRule) -> Mapping[str, str]:
    """A rule's terms as its author would enter them in a form."""

    def amount(value: Money | None) -> str:
        return "" if value is None else str(value.decimal)

    spread = rule.max_spread_basis_points
    return {
        "kind": rule.kind.value,
        "trigger": amount(rule.trigger),
        "target": amount(rule.target),
        "minimum": amount(rule.minimum),
        "approval_above": amount(rule.approval_above),
        "fx_policy": rule.fx_policy.value,
        "max_spread": "" if spread is None else str(spread),
        "zone": rule.schedule.zone,
        "opens": f"{rule.schedule.opens:%H:%M}",
        "cut_off": f"{rule.schedule.cut_off:%H:%M}",
    }


def _hours(schedule: Schedule) -> str:
    return f"{schedule.opens:%H:%M}{_NOTHING}{schedule.cut_off:%H:%M} {schedule.zone.replace('_', ' ')}"


def _days(voice: Voice, schedule: Schedule) -> str:
    numbers = ", ".join(voice.count(one) for one in schedule.numbers)
    return f"{voice.label('sweep_days', schedule.days.value)} {numbers}".rstrip()
