"""Ageing steps: each day belongs to one, on both sides of every boundary."""

from __future__ import annotations

import itertools

import pytest

from domain.ageing import AGE_STEPS, step_of
from domain.errors import Invalid


@pytest.mark.parametrize(("days", "step"), [(0, 0), (1, 0), (2, 1), (5, 1), (6, 2), (30, 2), (31, 3), (3650, 3)])
def test_an_age_belongs_to_one_step(days: int, step: int) -> None:
    assert step_of(days) == step


def test_the_steps_follow_each_other_without_a_gap() -> None:
    assert all(one.last is not None and one.last + 1 == after.first for one, after in itertools.pairwise(AGE_STEPS))
    assert (AGE_STEPS[0].first, AGE_STEPS[-1].last) == (0, None)


def test_a_day_that_has_not_come_has_no_age() -> None:
    with pytest.raises(Invalid, match="-1"):
        step_of(-1)
