"""What a row may come to on the other side: gross, less its own fee and tax, or less what a schedule takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.matching.reasons import Reason
from domain.matching.rules import RuleSet, Schedule

_BASIS_POINTS: Final = 10_000


def signed(amount_minor: int, kind: str, negative_kinds: frozenset[str]) -> int:
    """The amount with the sign that its kind says: a refund that is written without a minus is negative."""
    return -abs(amount_minor) if kind in negative_kinds else amount_minor


def scheduled(amount_minor: int, schedules: Sequence[Schedule]) -> int:
    """What all schedules together take of an amount; taxes of fees come after the fees."""
    fees = sum(schedule.of(amount_minor) for schedule in schedules if not schedule.of_fee)
    return fees + sum(schedule.of(fees) for schedule in schedules if schedule.of_fee)


def tolerated(rules: RuleSet, amount_minor: int) -> int:
    """The difference that the rule set forgives on an amount, in minor units."""
    return max(rules.tolerance_minor, abs(amount_minor) * rules.tolerance_basis_points // _BASIS_POINTS)


def basis_points(difference: int, amount_minor: int) -> int:
    """A difference as hundredths of a percent of an amount, never less than it is."""
    return -(-abs(difference) * _BASIS_POINTS // max(1, abs(amount_minor)))


def by_schedule(rules: RuleSet, kind: str, amount_minor: int, difference: int) -> Reason | None:
    """The schedules that take exactly this difference (rounding aside) of an amount, as a reason."""
    applying = [schedule for schedule in rules.schedules if not schedule.per_batch and schedule.applies(kind)]
    fees = [schedule for schedule in applying if schedule.what == "fee"]
    taxes = [schedule for schedule in applying if schedule.what == "tax" and not schedule.of_fee]
    for chosen in (applying, fees, taxes, *([schedule] for schedule in applying if not schedule.of_fee)):
        taken = scheduled(amount_minor, chosen)
        if taken and abs(taken - difference) <= rules.rounding_minor:
            return Reason("fee_by_schedule", (" + ".join(schedule.name for schedule in chosen), difference))
    return None
