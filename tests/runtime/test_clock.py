"""Identifiers of one process sort in the order they were made in."""

from __future__ import annotations

from runtime import clock


def test_later_identifiers_sort_after_earlier_ones() -> None:
    made = [clock.new_id("case") for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
