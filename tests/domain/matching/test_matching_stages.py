"""Each stage of matching on rows small enough to check by hand, and the traps that each must not fall into."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.matching.engine import reconcile
from domain.matching.outcome import Group, Outcome, Stage, Status
from domain.matching.rows import Row
from domain.matching.rules import Confirming, FxRate, FxRules, RuleSet, Schedule

MONDAY = date(2026, 1, 5)


def row(name: str, amount: int, *, day: int = 0, ref: str | None = None, payer: str | None = None, **more: Any) -> Row:
    currency = more.pop("currency", "BRL")
    return Row(name, amount, currency, MONDAY + timedelta(days=day), ref, payer, **more)


def groups(outcome: Outcome) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
    return [(group.left, group.right, group.status.value) for group in outcome.groups]


def only(outcome: Outcome) -> Group:
    assert len(outcome.groups) == 1, groups(outcome)
    return outcome.groups[0]


def codes(outcome: Outcome) -> dict[str, str]:
    return {rest.id: rest.reason.code for rest in (*outcome.leftover_left, *outcome.leftover_right)}


# Exact keys ------------------------------------------------------------------------------------------------------


def test_one_reference_and_amount_is_confirmed() -> None:
    found = only(reconcile([row("L", 10_000, ref="INV-2026/0001")], [row("R", 10_000, day=2, ref="inv 2026 0001")]))
    assert (found.status, found.stage, found.score) == (Status.CONFIRMED, Stage.EXACT_KEY, 99)


@pytest.mark.parametrize(
    ("days", "status"), [(15, "confirmed"), (16, "proposed"), (-15, "confirmed"), (-16, "proposed")]
)
def test_a_reference_confirms_within_its_days_and_is_proposed_beyond(days: int, status: str) -> None:
    found = reconcile([row("L", 10_000, ref="INV10001")], [row("R", 10_000, day=days, ref="INV10001")])
    assert groups(found) == [(("L",), ("R",), status)]


def test_an_identifier_unique_by_its_making_knows_no_window() -> None:
    identifier = "E12345678202601051030abcdefghijk"
    found = only(
        reconcile([row("L", 500, ref=identifier)], [row("R", 500, day=90, ref=f"PIX RECEBIDO {identifier} ANA")])
    )
    assert (found.status, found.score) == (Status.CONFIRMED, 100)


@pytest.mark.parametrize("words", ["PIX", "RENT", "PAGAMENTO", "A1"])
def test_words_are_no_key(words: str) -> None:
    found = only(reconcile([row("L", 10_001, ref=words)], [row("R", 10_001, ref=words)]))
    assert found.status == Status.PROPOSED


def test_currencies_are_never_mixed() -> None:
    found = reconcile([row("L", 10_000, payer="ANA LIMA")], [row("R", 10_000, payer="ANA LIMA", currency="USD")])
    assert found.groups == ()


def test_a_standing_order_is_paired_month_by_month() -> None:
    left = [row(f"L{month}", 50_000, day=30 * month, ref="CONTRACT 8812") for month in (0, 1, 2)]
    right = [row(f"R{month}", 50_000, day=30 * month + 1, ref="CONTRACT 8812") for month in (0, 1, 2)]
    assert groups(reconcile(left, right)) == [((f"L{month}",), (f"R{month}",), "confirmed") for month in (0, 1, 2)]


def test_a_missing_month_does_not_move_the_others() -> None:
    left = [row(f"L{month}", 50_000, day=30 * month, ref="CONTRACT 8812") for month in (0, 1, 3)]
    right = [row(f"R{month}", 50_000, day=30 * month + 1, ref="CONTRACT 8812") for month in (0, 2, 3)]
    found = reconcile(left, right)
    assert groups(found) == [(("L0",), ("R0",), "confirmed"), (("L3",), ("R3",), "confirmed")]
    assert codes(found) == {"L1": "outside_window", "R2": "outside_window"}


def test_two_equal_payments_for_one_due_are_ambiguous() -> None:
    found = reconcile(
        [row("L", 50_000, ref="CONTRACT 8812")],
        [row("R1", 50_000, day=1, ref="CONTRACT 8812"), row("R2", 50_000, day=2, ref="CONTRACT 8812")],
    )
    assert groups(found) == [(("L",), ("R1", "R2"), "ambiguous")]


def test_a_recurring_reference_is_told_apart_by_payer() -> None:
    left = [row("L1", 9_000, ref="RENT 2026", payer="ANA LIMA"), row("L2", 9_000, ref="RENT 2026", payer="RUI COSTA")]
    right = [row("R1", 9_000, ref="RENT 2026", payer="COSTA RUI"), row("R2", 9_000, ref="RENT 2026", payer="LIMA ANA")]
    assert groups(reconcile(left, right)) == [(("L1",), ("R2",), "confirmed"), (("L2",), ("R1",), "confirmed")]


def test_daily_repetitions_are_proposed_in_order_and_not_confirmed() -> None:
    left = [row(f"L{day}", 700, day=day, ref="SHOP0012") for day in (0, 1, 2)]
    right = [row(f"R{day}", 700, day=day + 1, ref="SHOP0012") for day in (0, 1, 2)]
    assert groups(reconcile(left, right)) == [((f"L{day}",), (f"R{day}",), "proposed") for day in (0, 1, 2)]


# Fees and taxes --------------------------------------------------------------------------------------------------


def test_the_fee_that_a_row_states_explains_the_difference() -> None:
    found = only(reconcile([row("L", 10_000, ref="INV10001", fee_minor=290)], [row("R", 9_710, ref="INV10001")]))
    assert (found.status, found.stage) == (Status.CONFIRMED, Stage.EXPLAINED_KEY)


def test_an_unexplained_difference_is_a_proposal_that_names_it() -> None:
    found = only(reconcile([row("L", 10_000, ref="INV10001")], [row("R", 9_710, ref="INV10001")]))
    assert found.status == Status.PROPOSED
    assert ("difference_unexplained", (290, 290)) in [(reason.code, reason.values) for reason in found.reasons]


@pytest.mark.parametrize(("paid", "grouped"), [(9_000, True), (8_999, False)])
def test_a_difference_is_proposed_up_to_its_limit(paid: int, *, grouped: bool) -> None:
    rules = RuleSet(largest_part_basis_points=0)
    found = reconcile([row("L", 10_000, ref="INV10001")], [row("R", paid, ref="INV10001")], rules)
    assert bool(found.groups) is grouped


@pytest.mark.parametrize(("paid", "status"), [(9_680, "confirmed"), (9_679, "confirmed"), (9_678, "proposed")])
def test_a_contracted_fee_explains_to_the_rounding(paid: int, status: str) -> None:
    rules = RuleSet(schedules=(Schedule("card", kind="payment", percent=Decimal("2.9"), flat_minor=30),))
    left = [row("L", 10_000, ref="INV10001", kind="payment")]
    assert groups(reconcile(left, [row("R", paid, ref="INV10001")], rules)) == [(("L",), ("R",), status)]


def test_a_fee_has_a_least_and_a_most() -> None:
    fee = Schedule("card", percent=Decimal(1), min_minor=50, max_minor=200)
    assert [fee.of(amount) for amount in (1_000, 10_000, 100_000, -5)] == [50, 100, 200, 0]


# References that are written otherwise ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("TRANSFERENCIA REF INV-88123 ANA", "confirmed"),  # contained whole
        ("INVB8I23", "confirmed"),  # look-alikes
        ("INV81823", "proposed"),  # transposed, nobody to vouch for it
        ("INV88124", "proposed"),  # one digit: perhaps the next invoice
        ("INV8812", "proposed"),  # cut off
    ],
)
def test_a_reference_written_otherwise(text: str, status: str) -> None:
    found = reconcile([row("L", 43_217, ref="INV-88123")], [row("R", 43_217, ref=text)])
    assert groups(found) == [(("L",), ("R",), status)]


def test_a_transposition_is_confirmed_where_the_payer_is_the_same() -> None:
    found = reconcile(
        [row("L", 43_217, ref="INV-88123", payer="José Lima")], [row("R", 43_217, ref="INV81823", payer="LIMA JOSE")]
    )
    assert only(found).status == Status.CONFIRMED


def test_the_next_invoice_of_the_same_payer_is_never_confirmed() -> None:
    found = reconcile(
        [row("L", 43_217, ref="INV-88123", payer="José Lima")], [row("R", 43_217, ref="INV-88124", payer="José Lima")]
    )
    assert only(found).status == Status.PROPOSED


def test_a_reference_that_somebody_else_has_is_no_mistake() -> None:
    left = [row("L1", 43_217, ref="INV88123"), row("L2", 9_999, ref="INV88132")]
    right = [row("R1", 43_217, ref="INV88132")]
    assert [group for group in groups(reconcile(left, right)) if group[2] == "confirmed"] == []


def test_two_creditor_references_with_good_check_digits_are_two() -> None:
    found = reconcile([row("L", 43_217, ref="RF18539007547034")], [row("R", 43_217, ref="RF71539007547035")])
    assert all(group.status != Status.CONFIRMED for group in found.groups)


def test_a_mistyped_creditor_reference_is_repaired_by_its_check_digits() -> None:
    found = reconcile(
        [row("L", 43_217, ref="RF18539007547034", payer="ANA LIMA")],
        [row("R", 43_217, ref="RF18539007547834", payer="ANA LIMA")],
    )
    assert only(found).status == Status.CONFIRMED


# Amount, window, payer -------------------------------------------------------------------------------------------


def test_amount_window_and_payer_unique_both_ways_are_confirmed() -> None:
    found = only(reconcile([row("L", 43_217, payer="José da Silva")], [row("R", 43_217, day=1, payer="SILVA JOSE")]))
    assert (found.status, found.stage) == (Status.CONFIRMED, Stage.UNIQUE_WINDOW)


def test_a_name_in_another_script_ranks_but_does_not_decide() -> None:
    left = [row("L", 43_217, payer="Mohammed Al-Rashid")]
    right = [row("R1", 43_217, payer="محمد الراشد"), row("R2", 43_217, payer="Maria Lima")]
    assert groups(reconcile(left, right)) == [(("L",), ("R1",), "proposed")]


def test_two_equal_candidates_are_ambiguous() -> None:
    found = reconcile([row("L", 43_217)], [row("R1", 43_217, day=1), row("R2", 43_217, day=1)])
    assert groups(found) == [(("L",), ("R1", "R2"), "ambiguous")]


@pytest.mark.parametrize(("day", "found"), [(7, True), (8, False), (-3, True), (-4, False)])
def test_the_window_counts_business_days(day: int, *, found: bool) -> None:
    """From Monday five business days reach the Monday after; one before reaches the Friday before."""
    outcome = reconcile([row("L", 43_217, payer="ANA LIMA")], [row("R", 43_217, day=day, payer="ANA LIMA")])
    assert bool(outcome.groups) is found


def test_the_direction_of_the_window_is_read_from_certain_pairs() -> None:
    left = [row("L1", 100, day=4, ref="INV10001"), row("L2", 43_217, day=4, payer="ANA LIMA")]
    right = [row("R1", 100, day=1, ref="INV10001"), row("R2", 43_217, day=0, payer="ANA LIMA")]
    assert len(reconcile(left, right).groups) == 2


def test_an_instalment_of_the_same_amount_by_the_same_payer_is_not_confirmed_without_reference() -> None:
    left = [row("L1", 50_000, ref="CT1001", payer="ANA LIMA"), row("L2", 50_000, ref="CT1002", payer="ANA LIMA")]
    right = [row("R1", 50_000, day=1, ref="CT1001", payer="ANA LIMA"), row("R2", 50_000, day=1, payer="ANA LIMA")]
    assert groups(reconcile(left, right)) == [(("L1",), ("R1",), "confirmed"), (("L2",), ("R2",), "proposed")]


# Payouts ---------------------------------------------------------------------------------------------------------


def payout(*amounts: int, label: str = "PO-77", fee: int = 0) -> list[Row]:
    return [
        row(f"L{place}", amount, batch_id=label, fee_minor=fee, kind="refund" if amount < 0 else "payment")
        for place, amount in enumerate(amounts)
    ]


def test_a_payout_net_of_fees_with_a_refund_inside() -> None:
    found = only(reconcile(payout(10_000, 5_000, -2_000, fee=100), [row("R", 12_700, day=2, ref="PAYOUT PO-77")]))
    assert (found.left, found.status, found.stage) == (("L0", "L1", "L2"), Status.CONFIRMED, Stage.LABELLED_BATCH)


def test_a_refund_that_is_written_without_a_minus() -> None:
    left = [*payout(10_000, 5_000), row("L2", 2_000, batch_id="PO-77", kind="refund")]
    assert only(reconcile(left, [row("R", 13_000, batch_id="PO-77")])).status == Status.CONFIRMED


def test_a_payout_whose_total_differs_is_a_proposal() -> None:
    found = only(reconcile(payout(10_000, 5_000), [row("R", 14_900, batch_id="PO-77")]))
    assert (found.status, found.reasons[-1].code) == (Status.PROPOSED, "sum_differs")


def test_a_line_that_was_held_back_is_left_over() -> None:
    found = reconcile(payout(10_000, 5_000, 3_300), [row("R", 15_000, batch_id="PO-77")])
    assert groups(found) == [(("L0", "L1"), ("R",), "proposed")]


def test_a_total_that_came_twice_is_not_confirmed() -> None:
    found = reconcile(payout(10_000, 5_000), [row("R1", 15_000, batch_id="PO-77"), row("R2", 15_000, batch_id="PO-77")])
    assert all(group.status != Status.CONFIRMED for group in found.groups)


def test_a_payment_in_two_parts_that_both_name_the_reference() -> None:
    found = only(
        reconcile(
            [row("L", 10_000, ref="INV10001")],
            [row("R1", 4_000, ref="INV10001"), row("R2", 6_000, day=1, ref="INV10001")],
        )
    )
    assert (found.right, found.status) == (("R1", "R2"), Status.CONFIRMED)


def test_one_payment_that_lists_the_references_it_is_for() -> None:
    left = [row("L1", 4_000, ref="INV10001"), row("L2", 6_500, ref="INV10002"), row("L3", 900, ref="INV10003")]
    found = only(reconcile(left, [row("R", 10_500, ref="PAGTO INV10001, INV10002")]))
    assert (found.left, found.status, found.stage) == (("L1", "L2"), Status.CONFIRMED, Stage.LISTED_REFERENCES)


# Sums that nobody labelled ---------------------------------------------------------------------------------------


def test_one_set_of_a_payer_is_proposed() -> None:
    left = [row(f"L{n}", amount, payer="ANA LIMA") for n, amount in enumerate((12_345, 67_891, 23_457))]
    found = only(reconcile(left, [row("R", 80_236, day=1, payer="LIMA ANA")]))
    assert (found.left, found.status, found.stage) == (("L0", "L1"), Status.PROPOSED, Stage.UNLABELLED_SUM)


def test_policy_may_confirm_a_sum() -> None:
    left = [row(f"L{n}", amount, payer="ANA LIMA") for n, amount in enumerate((12_345, 67_891, 23_457))]
    rules = RuleSet(confirming=Confirming(stages=frozenset({Stage.UNLABELLED_SUM}), score=95))
    assert only(reconcile(left, [row("R", 80_236, day=1, payer="LIMA ANA")], rules)).status == Status.CONFIRMED


def test_several_sets_are_ambiguous_and_listed() -> None:
    left = [row(f"L{n}", amount) for n, amount in enumerate((1_000, 2_000, 3_000, 4_000))]
    found = only(reconcile(left, [row("R", 5_000, day=1)]))
    assert (found.status, found.reasons[0].values) == (Status.AMBIGUOUS, (2, "L0 + L3", "L1 + L2"))


def test_one_due_paid_in_parts_without_references() -> None:
    found = only(reconcile([row("L", 80_236)], [row("R1", 12_345, day=1), row("R2", 67_891, day=2)]))
    assert (found.right, found.status) == (("R1", "R2"), Status.PROPOSED)


def test_two_targets_that_want_one_row_are_ambiguous() -> None:
    left = [row("L1", 10_007), row("L2", 20_011), row("L3", 31_013)]
    right = [row("R1", 30_018, day=1), row("R2", 51_024, day=1)]
    assert [group.status for group in reconcile(left, right).groups] == [Status.AMBIGUOUS]


def test_a_payout_label_that_the_bank_does_not_know() -> None:
    left = payout(12_345, 67_891, 23_457) + payout(9_100, 8_031, label="PO-78")
    found = reconcile([Row(f"{n}", *astuple(one)[1:]) for n, one in enumerate(left)], [row("R", 103_693, day=1)])
    assert groups(found) == [(("0", "1", "2"), ("R",), "confirmed")]


def astuple(one: Row) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in Row.__dataclass_fields__)


def test_several_for_several_of_one_payer_is_a_proposal() -> None:
    left = [row("L1", 10_007, payer="ANA LIMA"), row("L2", 20_011, payer="ANA LIMA")]
    right = [row("R1", 13_009, payer="ANA LIMA"), row("R2", 17_009, payer="ANA LIMA")]
    found = only(reconcile(left, right))
    assert (found.left, found.right, found.status) == (("L1", "L2"), ("R1", "R2"), Status.PROPOSED)


# Exchange --------------------------------------------------------------------------------------------------------


def test_the_platforms_stated_rate_confirms() -> None:
    rules = RuleSet(fx=FxRules((FxRate("USD", "BRL", Decimal("5.20"), label="PO-77", stated=True),)))
    left = [row("L1", 10_000, currency="USD", batch_id="PO-77"), row("L2", 5_000, currency="USD", batch_id="PO-77")]
    found = only(reconcile(left, [row("R", 78_000, ref="PAYOUT PO-77")], rules))
    assert (found.status, found.stage) == (Status.CONFIRMED, Stage.FX)


@pytest.mark.parametrize(("points", "score"), [(100, 92), (99, 62)])
def test_a_rate_set_proposes_within_its_tolerance(points: int, score: int) -> None:
    rules = RuleSet(fx=FxRules((FxRate("USD", "BRL", Decimal(5)),), tolerance_basis_points=points))
    found = only(
        reconcile([row("L", 10_000, currency="USD", ref="INV10001")], [row("R", 50_500, ref="INV10001")], rules)
    )
    assert (found.status, found.score) == (Status.PROPOSED, score)


def test_without_a_rate_other_conversions_vouch() -> None:
    left = [row(f"L{n}", 10_000 * n, currency="USD", ref=f"INV1000{n}") for n in (1, 2, 3)]
    right = [row(f"R{n}", 52_000 * n, ref=f"INV1000{n}") for n in (1, 2, 3)]
    assert {group.score for group in reconcile(left, right).groups} == {88}


def test_currencies_with_other_minor_units_are_converted_by_them() -> None:
    rules = RuleSet(fx=FxRules((FxRate("USD", "JPY", Decimal(150), stated=True),)))
    left = [row("L", 10_000, currency="USD", ref="INV10001")]
    assert only(reconcile(left, [row("R", 15_000, currency="JPY", ref="INV10001")], rules)).status == Status.CONFIRMED


# Leftovers -------------------------------------------------------------------------------------------------------


def test_a_late_chargeback_names_what_it_takes_back() -> None:
    left = [row("L", 10_000, ref="INV10001")]
    right = [row("R1", 10_000, ref="INV10001"), row("R2", -10_000, day=40, ref="INV10001", kind="chargeback")]
    found = reconcile(left, right)
    assert groups(found) == [(("L",), ("R1",), "confirmed")]
    assert [(rest.reason.code, rest.reason.values) for rest in found.leftover_right] == [("reversal_of", ("R1",))]


def test_a_row_repeated_in_the_file_counts_once() -> None:
    again = row("L", 10_000, ref="INV10001")
    found = reconcile([again, again], [row("R", 10_000, ref="INV10001")])
    assert (groups(found), codes(found)) == ([(("L",), ("R",), "confirmed")], {"L": "duplicate_of"})


def test_one_id_with_two_contents_is_not_compared() -> None:
    left = [row("L", 10_000, ref="INV10001"), row("L", 20_000, ref="INV10002")]
    found = reconcile(left, [row("R", 10_000, ref="INV10001")])
    assert (found.groups, codes(found)["L"]) == ((), "conflicting_id")


def test_two_equal_transfers_are_two() -> None:
    left = [row("L1", 10_000, ref="INV10001"), row("L2", 10_000, ref="INV10002")]
    right = [row("R1", 10_000, ref="INV10001"), row("R2", 10_000, ref="INV10002")]
    assert [group[2] for group in groups(reconcile(left, right))] == ["confirmed", "confirmed"]


def test_nothing_in_is_nothing_out() -> None:
    found = reconcile([], [])
    assert (found.groups, found.complete) == ((), True)
