"""The limitation clock: until when a claim can be enforced, and what began it anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.calendars import months_later
from domain.conduct import LimitationRule, Restart
from domain.errors import Unavailable

_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Clock:
    """From ``began`` the claim runs out at the beginning of ``lapses``, by ``rule``."""

    began: date
    lapses: date
    rule: LimitationRule

    def days_left(self, on: date) -> int:
        """Days until it lapses; zero or less once it has."""
        return (self.lapses - on).days


def clock(
    rules: Sequence[LimitationRule], *, claim: str, due: date, restarts: Iterable[tuple[Restart, date]], on: date
) -> Clock:
    """The clock of a claim as it stands on a day; of several rules the shortest. ``limitation_unknown`` where none is.

    A restart counts only where the rule knows it and only before the claim had lapsed.
    """
    bound = [rule for rule in rules if rule.claim == claim and rule.holds_on(on)]
    if not bound:
        raise Unavailable(
            "limitation_unknown", f"No rule says when a claim of the kind {claim!r} lapses.", fix="Ask counsel."
        )
    events = sorted(restarts, key=lambda event: event[1])
    return min((_run(rule, due, events, on) for rule in bound), key=lambda each: each.lapses)


def _run(rule: LimitationRule, due: date, events: Sequence[tuple[Restart, date]], on: date) -> Clock:
    began = due
    for kind, day in events:
        if kind in rule.restarts and began <= day < _after(began, rule) and day <= on:
            began = day
    return Clock(began, _after(began, rule), rule)


def _after(day: date, rule: LimitationRule) -> date:
    return months_later(day, rule.years * _MONTHS_A_YEAR + rule.months)
