"""Sets that make a total: what is found is what trying all finds, each value used once."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.matching import sums

VALUES = st.lists(st.integers(-5, 12).filter(bool), min_size=2, max_size=24)


def by_trying(values: list[int], total: int, most: int) -> set[tuple[int, ...]]:
    places = range(len(values))
    return {
        found
        for size in range(2, most + 1)
        for found in combinations(places, size)
        if sum(values[place] for place in found) == total
    }


@settings(max_examples=300, deadline=None)
@given(VALUES, st.integers(2, 4), st.integers(-6, 30))
def test_a_pool_finds_what_trying_all_finds(values: list[int], most: int, total: int) -> None:
    found = sums.Pool(values, most).find(total)
    wanted = by_trying(values, total, most)
    assert found is not None
    assert set(found) <= wanted
    assert len(found) >= min(len(wanted), 4)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.lists(st.integers(1, 9), min_size=2, max_size=5))
def test_sets_that_balance_are_the_smallest(left: list[int], right: list[int]) -> None:
    found = sums.balanced(left, right, most=10)
    sizes = {len(one) + len(other) for one, other in found}
    assert all(sum(left[at] for at in one) == sum(right[at] for at in other) for one, other in found)
    wanted = [
        len(one) + len(other)
        for a in range(2, len(left) + 1)
        for one in combinations(range(len(left)), a)
        for b in range(2, len(right) + 1)
        for other in combinations(range(len(right)), b)
        if sum(left[at] for at in one) == sum(right[at] for at in other)
    ]
    assert sizes == ({min(wanted)} if wanted else set())


def test_the_largest_size_is_one_that_can_be_looked_through_whole() -> None:
    """Sets of two and three of ten are 165, with those of four 375."""
    assert [sums.most_of(10, sums.Limits(12, sets, 10**6)) for sets in (44, 45, 164, 165, 374, 375)] == [
        1,
        2,
        2,
        3,
        3,
        4,
    ]
