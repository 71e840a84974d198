"""Defects that were found in other engines, each as the behaviour that this one must show instead.

Source of the list: a reading of formance reconciliation, Blnk, LerianStudio matcher, reconcile-py, OCA and accounted.
"""

from __future__ import annotations

import re
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.matching.engine import open_items, reconcile
from domain.matching.outcome import Stage, Status
from domain.matching.rows import Row, Table
from domain.matching.rules import Budgets, RuleSet

MONDAY = date(2026, 1, 5)
TESTS = Path(__file__).parents[2]
HERE = "domain/matching/test_matching_defects.py"
RUNS = "activities/test_reconciliation.py"

# Each defect by its number in the list, and the tests that show the behaviour instead; those of the book stand there.
DEFECTS: dict[int, tuple[tuple[str, str], ...]] = {
    1: (  # money kept in a cache was gone with it
        ("ledger/test_crashes.py", "test_a_process_killed_between_any_two_statements_leaves_nothing_half_done"),
        ("ledger/test_crashes.py", "test_a_server_killed_between_any_two_statements_leaves_nothing_half_done"),
        (RUNS, "test_a_crash_before_the_commit_leaves_the_run_to_be_done_again"),
    ),
    2: (  # a surplus passed as agreement, the sign lost
        (HERE, "test_defect_2_a_surplus_is_not_reported_as_agreement"),
        (HERE, "test_defect_2_a_total_above_its_payout_is_not_reported_as_agreement"),
    ),
    3: (  # one internal row claimed by two external ones, by chance of scheduling
        (HERE, "test_defect_3_one_internal_row_is_claimed_once"),
        ("domain/matching/test_matching_properties.py", "test_the_order_of_rows_changes_nothing"),
        (RUNS, "test_two_workers_at_once_match_nothing_twice"),
        (RUNS, "test_no_item_is_in_two_confirmed_groups_even_by_sql"),
    ),
    4: (  # one group claimed by many rows
        (HERE, "test_defect_4_a_group_is_claimed_by_one_row_only"),
        (HERE, "test_defect_4_a_group_of_equal_claims_is_left_to_a_person"),
    ),
    5: (  # a currency that matches every other, amounts as floats
        (HERE, "test_defect_5_a_currency_called_mixed_matches_itself_alone"),
        (HERE, "test_defect_5_amounts_beyond_a_float_are_exact"),
    ),
    6: (  # an error above five thousand candidates, greedy filling that misses what fits
        (HERE, "test_defect_6_thirty_fifty_fifty_make_a_hundred"),
        (HERE, "test_defect_6_more_than_five_thousand_candidates_are_no_error"),
    ),
    7: (  # candidates of equal amount resolved in silence
        (HERE, "test_defect_7_equal_sums_are_not_resolved_in_silence"),
        (HERE, "test_defect_7_equal_rows_are_not_resolved_in_silence"),
        (RUNS, "test_an_ambiguous_proposal_is_split_not_accepted"),
    ),
    8: ((HERE, "test_defect_8_a_foreign_amount_is_not_capped_at_its_local_worth"),),
    9: (  # a rejected hold committed later, holds not counted
        ("ledger/test_reservations.py", "test_what_is_reserved_is_not_available"),
        ("ledger/test_reservations.py", "test_past_its_end_nothing_is_taken_even_before_it_was_swept"),
        ("ledger/test_reservations.py", "test_voiding_is_idempotent_under_its_key_and_happens_once"),
        (RUNS, "test_a_decided_proposal_is_decided_once"),
    ),
    10: (  # the currency of a line changed to the account's in silence
        ("ledger/test_posting.py", "test_a_leaf_takes_its_own_currency_only"),
        ("domain/matching/test_matching_stages.py", "test_currencies_are_never_mixed"),
    ),
    11: (  # each posting reads the whole chain
        ("ledger/test_posting_plans.py", "test_no_statement_of_posting_reads_a_table_from_its_beginning"),
    ),
    12: (  # keys that are forgotten
        ("ledger/test_posting.py", "test_an_entry_is_created_once_and_exists_ever_after"),
        (HERE, "test_defect_12_a_replay_after_any_time_brings_the_same_answer"),
        (RUNS, "test_running_again_finds_nothing_new_and_books_nothing_again"),
    ),
    13: (  # a row booked by hand that a set explains already
        (HERE, "test_defect_13_an_unmatched_row_that_a_set_explains_is_not_called_missing"),
        (HERE, "test_defect_13_a_row_whose_sums_were_not_searched_is_unknown_and_not_missing"),
        (HERE, "test_defect_13_a_row_whose_sums_were_all_searched_is_missing"),
        (RUNS, "test_a_deposit_that_a_set_explains_cannot_be_booked_by_hand"),
    ),
    14: (  # a new rule that matches everything at once while it is saved
        (RUNS, "test_rules_are_versioned_and_setting_them_matches_nothing"),
    ),
}


def row(name: str, amount: int, *, day: int = 0, ref: str | None = None, payer: str | None = None, **more: Any) -> Row:
    currency = more.pop("currency", "BRL")
    return Row(name, amount, currency, MONDAY + timedelta(days=day), ref, payer, **more)


def test_every_defect_of_the_list_has_tests_that_are_there() -> None:
    assert sorted(DEFECTS) == list(range(1, 15))
    for tests in DEFECTS.values():
        for file, name in tests:
            assert re.search(rf"^def {name}\(", (TESTS / file).read_text(encoding="utf-8"), re.MULTILINE), name


def test_every_test_of_a_defect_is_in_the_list() -> None:
    listed = {name for tests in DEFECTS.values() for file, name in tests if file == HERE}
    assert listed == {name for name in globals() if name.startswith("test_defect_")}


def test_defect_2_a_surplus_is_not_reported_as_agreement() -> None:
    """More than expected is a difference too, and keeps its sign."""
    found = reconcile([row("L", 10_000, ref="INV10001")], [row("R", 10_100, ref="INV10001")])
    assert [(reason.code, reason.values) for reason in found.groups[0].reasons][1] == (
        "difference_unexplained",
        (-100, 100),
    )
    assert found.groups[0].status == Status.PROPOSED


def test_defect_2_a_total_above_its_payout_is_not_reported_as_agreement() -> None:
    left = [row("L1", 10_000, batch_id="PO-1"), row("L2", 20_000, batch_id="PO-1")]
    group = reconcile(left, [row("R", 29_900, ref="PO-1")]).groups[0]
    assert group.status == Status.PROPOSED
    assert ("sum_differs", (30_000, 29_900, 100)) in [(reason.code, reason.values) for reason in group.reasons]


def test_defect_3_one_internal_row_is_claimed_once() -> None:
    found = reconcile([row("L", 10_000, ref="INV10001")], [row(f"R{n}", 10_000, ref="INV10001") for n in range(3)])
    held = [name for group in found.groups for name in group.left]
    assert held == ["L"]


def test_defect_4_a_group_is_claimed_by_one_row_only() -> None:
    left = [row(f"L{n}", 5_000 + n, batch_id="PO-1") for n in range(3)]
    right = [row("R1", 15_003, batch_id="PO-1"), row("R2", 700, batch_id="PO-1")]
    found = reconcile(left, right)
    assert [(group.right, group.status) for group in found.groups] == [(("R1",), Status.CONFIRMED)]


def test_defect_4_a_group_of_equal_claims_is_left_to_a_person() -> None:
    left = [row(f"L{n}", 5_000 + n, batch_id="PO-1") for n in range(3)]
    found = reconcile(left, [row("R1", 15_003, batch_id="PO-1"), row("R2", 15_003, batch_id="PO-1")])
    assert all(group.status != Status.CONFIRMED for group in found.groups)


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


def test_defect_7_equal_rows_are_not_resolved_in_silence() -> None:
    left = [row("L1", 10_000, ref="INV10001", payer="ANA LIMA"), row("L2", 10_000, ref="INV20002", payer="ANA LIMA")]
    found = reconcile(left, [row("R", 10_000, day=1, payer="ANA LIMA")])
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
