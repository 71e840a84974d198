"""Ageing: for how many days money has waited, in the four steps that a treasury acts on.

Money that platforms pay out daily is a day old at most; a weekend with holidays explains up to five days; what is
older than a month is a question for the platform. The steps are house policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.errors import Invalid


@dataclass(frozen=True, slots=True)
class AgeStep:
    """Whole days from ``first`` through ``last``, both included; without ``last`` it has no end."""

    first: int
    last: int | None


AGE_STEPS: Final = (AgeStep(0, 1), AgeStep(2, 5), AgeStep(6, 30), AgeStep(31, None))
LATE_DAYS: Final = 6
"""From this age on a person should ask what became of the money."""


def step_of(days: int) -> int:
    """The index into ``AGE_STEPS`` of an age in whole days; ``age_negative`` for a day that has not come."""
    if days < 0:
        raise Invalid("age_negative", f"Nothing can have waited for {days} days.")
    return max(index for index, step in enumerate(AGE_STEPS) if days >= step.first)
