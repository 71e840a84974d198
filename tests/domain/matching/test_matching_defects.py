"""Defects that were found in other engines, each as the behaviour that this one must show instead.

Source of the list: a reading of formance reconciliation, Blnk, LerianStudio matcher, reconcile-py, OCA and accounted.
"""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest

from domain.matching.engine import open_items, reconcile
from domain.matching.outcome import Stage, Status
from domain.matching.rows import Row, Table
from domain.matching.rules import Budgets, RuleSet

MONDAY = date(2026, 1, 5)


def row(name: str, amount: int, *, day: int = 0, ref: str | None = None, payer: str | None = None, **more: Any) -> Row:
    currency = more.pop("currency", "BRL")
    return Row(name, amount, currency, MONDAY + timedelta(days=day), ref, payer, **more)


def test_defect_2_a_surplus_is_not_reported_as_agreement() -> None:
    """More than expected is a difference too, and keeps its sign."""
    found = reconcile([row("L", 10_000, ref="INV10001")], [row("R", 10_100, ref="INV10001")])
    assert [(reason.code, reason.values) for reason in found.groups[0].reasons][1] == (
        "difference_unexplained",
        (-100, 100),
    )
    assert found.groups[0].status == Status.PROPOSED


def test_defect_3_one_internal_row_is_claimed_once() -> None:
    found = reconcile([row("L", 10_000, ref="INV10001")], [row(f"R{n}", 10_000, ref="INV10001") for n in range(3)])
    held = [name for group in found.groups for name in group.left]
    assert held == ["L"]


def test_defect_4_a_group_is_claimed_by_one_row_only() -> None:
    left = [row(f"L{n}", 5_000 + n, batch_id="PO-1") for n in range(3)]
    right = [row("R1", 15_003, batch_id="PO-1"), row("R2", 700, batch_id="PO-1")]
    found = reconcile(left, right)
    assert [(group.right, group.status) for group in found.groups] == [(("R1",), Status.CONFIRMED)]


def test_defect_5_a_currency_called_mixed_matches_itself_alone() -> None:
    found = reconcile([row("L", 10_000, ref="INV10001", currency="XXX")], [row("R", 10_000, ref="INV10001")])
    assert all(group.status != Status.CONFIRMED for group in found.groups)


def test_defect_5_amounts_beyond_a_float_are_exact() -> None:
    """2**53 + 1 and 2**53 are one number for a float of 64 bits."""
    found = reconcile([row("L", 2**53 + 1, payer="ANA LIMA")], [row("R", 2**53, payer="ANA LIMA")])
    assert found.groups == ()


def test_defect_6_thirty_fifty_fifty_make_a_hundred() -> None:
    left = [row("L30", 30), row("L50A", 50), row("L50B", 50)]
    found = reconcile(left, [row("R", 100, day=1)])
    assert [(group.left, group.status) for group in found.groups] == [(("L50A", "L50B"), Status.PROPOSED)]


def test_defect_6_more_than_five_thousand_candidates_are_no_error() -> None:
    left = [row(f"L{n:05}", 10_000, ref=f"INV{n:05}") for n in range(6_000)]
    right = [row(f"R{n:05}", 10_000, ref=f"INV{n:05}") for n in range(6_000)]
    assert len(reconcile(left, right).groups) == 6_000


def test_defect_7_equal_sums_are_not_resolved_in_silence() -> None:
    left = [row("L1", 4_000), row("L2", 4_000), row("L3", 6_000)]
    found = reconcile(left, [row("R", 10_000, day=1)])
    assert [group.status for group in found.groups] == [Status.AMBIGUOUS]


def test_defect_8_a_foreign_amount_is_not_capped_at_its_local_worth() -> None:
    found = reconcile([row("L", 10_000, ref="INV10001", currency="USD")], [row("R", 52_000, ref="INV10001")])
    assert [(group.status, group.stage) for group in found.groups] == [(Status.PROPOSED, Stage.FX)]


def test_defect_12_a_replay_after_any_time_brings_the_same_answer() -> None:
    left, right = [row("L", 10_000, ref="INV10001")], [row("R", 10_000, ref="INV10001")]
    assert reconcile(left, right) == reconcile(left, right)


def test_defect_13_an_unmatched_row_that_a_set_explains_is_not_called_missing() -> None:
    found = reconcile([row("V1", 12_345), row("V2", 67_891)], [row("DEPOSIT", 80_236, day=1)])
    assert found.leftover_right == ()


def test_defect_13_a_row_whose_sums_were_not_searched_is_unknown_and_not_missing() -> None:
    left = [row(f"L{n}", 10_000 + 7 * n * n) for n in range(60)]
    found = reconcile(left, [row("R", 55_555, day=1)], RuleSet(budgets=Budgets(pool_rows=40)))
    assert {rest.reason.code for rest in found.leftover_right} == {"unknown_budget"}


def test_defect_13_a_row_whose_sums_were_all_searched_is_missing() -> None:
    found = reconcile([row("L1", 10_000), row("L2", 20_000)], [row("R", 55_555, day=1)])
    assert {rest.reason.code for rest in found.leftover_right} == {"missing_on_left"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"payer": "ANA LIMA"},
        {"ref": "CONTRACT 8812"},
        {"batch_id": "PO-1"},
        {"payer": "ANA LIMA", "ref": "CONTRACT 8812", "batch_id": "PO-1"},
    ],
)
def test_a_crowd_of_equal_rows_costs_time_in_proportion(more: dict[str, str]) -> None:
    left = [row(f"L{n:05}", 10_000, **more) for n in range(5_000)]
    right = [row(f"R{n:05}", 10_000, **more) for n in range(4_999)]
    started = time.process_time()
    found = reconcile(left, right)
    assert time.process_time() - started < 10
    assert found.complete
    assert all(group.status != Status.CONFIRMED for group in found.groups)


def test_open_items_and_new_rows_come_to_the_whole() -> None:
    """A watermark further from what is new than any window: two runs confirm what one does."""
    left = [row(f"L{n}", 10_000 + n, day=n, ref=f"INV1000{n}") for n in (0, 1, 60, 61)]
    right = [row(f"R{n}", 10_000 + n, day=n + 1, ref=f"INV1000{n}") for n in (0, 1, 60, 61)]
    first = Table.of(left[:2]), Table.of(right[:1])
    before = reconcile(*first)
    rest = open_items(before, *first)
    later = reconcile(
        [*(rest[0].row(n) for n in range(len(rest[0]))), *left[2:]],
        [*(rest[1].row(n) for n in range(len(rest[1]))), *right[1:]],
    )
    assert {*before.groups, *later.groups} == set(reconcile(left, right).groups)
