"""Agreements that look like proof and are none: who else could have written it decides; where two could, a person."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.matching.engine import reconcile
from domain.matching.outcome import Outcome, Stage, Status
from domain.matching.rows import Row
from domain.matching.rules import Confirming, FxRate, FxRules, RuleSet

MONDAY = date(2026, 1, 5)


def row(name: str, amount: int, *, day: int = 0, ref: str | None = None, payer: str | None = None, **more: Any) -> Row:
    return Row(name, amount, "BRL", MONDAY + timedelta(days=day), ref, payer, **more)


def statuses(found: Outcome) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
    return [(group.left, group.right, group.status.value) for group in found.groups]


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [
        ("CUST 88123 INV 4001", "CUST 88123 INV 4002", "proposed"),
        ("LOAN 55123 INST 003", "LOAN 55123 INST 004", "proposed"),
        ("LOAN 55123 INST 003", "LOAN 55123", "confirmed"),
        ("FAT 1234567", "FAT1234567 DOC 7654321", "confirmed"),  # the bank's own number is of no shape of the book's
    ],
)
def test_one_number_shared_and_another_not_is_no_proof(left: str, right: str, status: str) -> None:
    found = reconcile([row("L", 50_000, ref=left, payer="ANA LIMA")], [row("R", 50_000, ref=right, payer="ANA LIMA")])
    assert statuses(found) == [(("L",), ("R",), status)]


@pytest.mark.parametrize(
    ("reference", "status"),
    [
        ("RENT 2026", "proposed"),
        ("RENT 01/2026", "proposed"),
        ("2026-01", "proposed"),
        ("12345", "proposed"),
        ("123456", "confirmed"),
        ("INV-2026-000123", "confirmed"),
    ],
)
def test_what_a_stranger_would_write_too_proves_nothing_against_another_payer(reference: str, status: str) -> None:
    left, right = (
        [row("L", 50_000, ref=reference, payer="ANA LIMA")],
        [row("R", 50_000, ref=reference, payer="RUI COSTA")],
    )
    assert statuses(reconcile(left, right)) == [(("L",), ("R",), status)]
    right = [row("R", 50_000, ref=reference, payer="LIMA ANA")]
    assert statuses(reconcile(left, right)) == [(("L",), ("R",), "confirmed")]


def test_a_recurring_reference_of_two_payers_is_not_settled_by_the_days_alone() -> None:
    left = [
        row("L1", 50_000, ref="RENT 2026", payer="ANA LIMA"),
        row("L2", 50_000, day=20, ref="RENT 2026", payer="RUI COSTA"),
    ]
    right = [row("R", 50_000, day=3, ref="RENT 2026", payer="RUI COSTA")]
    assert [one[2] for one in statuses(reconcile(left, right))] == ["proposed"]


def test_a_wrong_number_that_is_anothers_does_not_pay_the_others_debt() -> None:
    """Rui typed Ana's number, and owes the same amount himself."""
    left = [row("ANA", 50_000, ref="INV20225", payer="ANA LIMA"), row("RUI", 50_000, ref="INV20226", payer="RUI COSTA")]
    right = [row("R", 50_000, day=1, ref="INV20225", payer="RUI COSTA")]
    assert all(status != "confirmed" for _, _, status in statuses(reconcile(left, right)))


def test_somebody_else_who_pays_with_the_right_number_pays_the_debt() -> None:
    left = [row("ANA", 50_000, ref="INV20225", payer="ANA LIMA"), row("RUI", 70_000, ref="INV20226", payer="RUI COSTA")]
    right = [row("R", 50_000, day=1, ref="INV20225", payer="RUI COSTA")]
    assert statuses(reconcile(left, right)) == [(("ANA",), ("R",), "confirmed")]


@pytest.mark.parametrize(("said", "status"), [(None, "confirmed"), ("TRANSFER", "confirmed"), ("X58", "proposed")])
def test_payer_and_amount_prove_only_where_nothing_contradicts(said: str | None, status: str) -> None:
    left, right = [row("L", 12_345, ref="INV10001", payer="ANA LIMA")], [row("R", 12_345, ref=said, payer="ANA LIMA")]
    assert statuses(reconcile(left, right)) == [(("L",), ("R",), status)]


@pytest.mark.parametrize(("others", "status"), [(5, "confirmed"), (6, "proposed")])
def test_a_payer_of_many_rows_is_not_told_by_an_amount(others: int, status: str) -> None:
    """Six rows around the days at most, the row itself included."""
    left = [row("L", 12_345, ref="INV10001", payer="ANA LIMA")]
    left += [row(f"L{n}", 20_000 + 7 * n * n, ref=f"INV2000{n}", payer="ANA LIMA") for n in range(others)]
    found = reconcile(left, [row("R", 12_345, payer="ANA LIMA")])
    assert statuses(found) == [(("L",), ("R",), status)]


def test_an_amount_that_only_its_kind_makes_negative_is_proposed_against_the_same_amount() -> None:
    found = reconcile([row("L", 5_000, ref="INV10001", kind="refund")], [row("R", 5_000, day=1, ref="INV10001")])
    assert statuses(found) == [(("L",), ("R",), "proposed")]
    assert "sign_by_kind" in [reason.code for reason in found.groups[0].reasons]


def test_an_amount_and_its_reversal_are_not_one() -> None:
    found = reconcile([row("L", 5_000, ref="INV10001")], [row("R", -5_000, day=1, ref="INV10001")])
    assert found.groups == ()


@pytest.mark.parametrize(("rows", "keys"), [(60, 60), (61, 0)])
def test_a_reference_of_more_than_sixty_rows_is_no_key(rows: int, keys: int) -> None:
    left = [row(f"L{n}", 10_007 + 11 * n * n, ref="SHOP0012") for n in range(rows)]
    right = [row(f"R{n}", 10_007 + 11 * n * n, ref="SHOP0012") for n in range(rows)]
    found = reconcile(left, right).groups
    assert sum(group.stage == Stage.EXACT_KEY for group in found) == keys


@pytest.mark.parametrize(("days", "expected"), [(15, ["confirmed"]), (16, ["proposed"]), (25, ["proposed"]), (26, [])])
def test_a_reference_ages(days: int, expected: list[str]) -> None:
    found = reconcile([row("L", 50_000, ref="INV10001")], [row("R", 50_000, day=days, ref="INV10001")])
    assert [one[2] for one in statuses(found)] == expected


@pytest.mark.parametrize(
    ("payer", "status"), [("ANA LIMA", "confirmed"), (None, "confirmed"), ("RUI COSTA", "proposed")]
)
def test_beyond_the_window_a_reference_proves_nothing_against_another_payer(payer: str | None, status: str) -> None:
    left = [row("L", 50_000, ref="INV10001", payer="ANA LIMA")]
    found = reconcile(left, [row("R", 50_000, day=14, ref="INV10001", payer=payer)])
    assert statuses(found) == [(("L",), ("R",), status)]


def test_a_debt_of_the_other_payer_months_away_raises_no_doubt() -> None:
    left = [row("ANA", 50_000, ref="INV20225", payer="ANA LIMA")]
    left += [row("RUI", 50_000, day=60, ref="INV20226", payer="RUI COSTA")]
    found = reconcile(left, [row("R", 50_000, day=1, ref="INV20225", payer="RUI COSTA")])
    assert statuses(found) == [(("ANA",), ("R",), "confirmed")]


def test_opposite_amounts_are_no_difference_however_large_the_limit() -> None:
    rules = RuleSet(largest_difference_basis_points=50_000, largest_part_basis_points=50_000)
    found = reconcile([row("L", 5_000, ref="INV10001")], [row("R", -4_000, ref="INV10001")], rules)
    assert found.groups == ()


@pytest.mark.parametrize(("paid", "status"), [(30_000, "confirmed"), (30_001, "proposed"), (29_999, "proposed")])
def test_a_payout_is_proved_to_the_minor_unit(paid: int, status: str) -> None:
    left = [row("L1", 10_000, batch_id="PO-1"), row("L2", 20_000, batch_id="PO-1")]
    assert statuses(reconcile(left, [row("R", paid, ref="PO-1")])) == [(("L1", "L2"), ("R",), status)]


@pytest.mark.parametrize(
    ("fees", "paid"),
    [
        ((300, 600, 300), 19_400),  # fees of refunds given back, written as positive amounts
        ((300, 600, -300), 19_400),  # the same with the sign of the refund
        ((300, 600, 0), 19_100),  # kept
        ((300, 600, 300), 18_800),  # a fee for the refund as well
        ((-300, -600, 0), 19_100),  # fees as negative amounts
    ],
)
def test_a_payout_is_net_of_fees_however_they_are_written(fees: tuple[int, int, int], paid: int) -> None:
    amounts, kinds = (10_000, 20_000, -10_000), ("payment", "payment", "refund")
    left = [
        row(f"L{n}", amount, batch_id="PO-1", fee_minor=fee, kind=kind)
        for n, (amount, fee, kind) in enumerate(zip(amounts, fees, kinds, strict=True))
    ]
    assert statuses(reconcile(left, [row("R", paid, day=1, ref="PO-1")])) == [(("L0", "L1", "L2"), ("R",), "confirmed")]


@pytest.mark.parametrize(("amounts", "held"), [((10_000, 5_000, 7_000), ["L1"]), ((10_000, 5_000, 5_000), [])])
def test_the_line_that_was_held_back_is_named_only_where_it_can_be_one(
    amounts: tuple[int, ...], held: list[str]
) -> None:
    left = [row(f"L{n}", amount, batch_id="PO-1") for n, amount in enumerate(amounts)]
    found = reconcile(left, [row("R", sum(amounts) - 5_000, day=1, ref="PO-1")])
    reasons = [reason for group in found.groups for reason in group.reasons]
    assert [reason.values[0] for reason in reasons if reason.code == "line_held_back"] == held


@pytest.mark.parametrize(("days", "status"), [(15, "confirmed"), (16, "proposed")])
def test_parts_of_a_debt_are_proved_near_in_time(days: int, status: str) -> None:
    right = [row("R1", 3_000, day=2, ref="INV10001"), row("R2", 7_000, day=days, ref="INV10001")]
    found = reconcile([row("L", 10_000, ref="INV10001")], right)
    assert statuses(found) == [(("L",), ("R1", "R2"), status)]


@pytest.mark.parametrize("third", [[], ["L3"], ["L3", "L4"]])
def test_a_text_proves_a_sum_only_where_every_reference_in_it_is_one_open_row(third: list[str]) -> None:
    left = [row("L1", 10_007, ref="INV10001"), row("L2", 20_011, ref="INV10002")]
    left += [row(name, 5_003, ref="INV10003") for name in third]
    found = reconcile(left, [row("R", 30_018, day=1, ref="INV10001, INV10002, INV10003")])
    confirmed = [group.left for group in found.groups if group.status == Status.CONFIRMED]
    assert confirmed == ([("L1", "L2")] if not third else [])


@pytest.mark.parametrize(("said", "status"), [("PAYOUT PO-7001", "confirmed"), ("PO-7001 AND PO-7002", "proposed")])
def test_a_text_that_names_two_payouts_proves_neither(said: str, status: str) -> None:
    left = [row(f"A{n}", 10_007 + n, batch_id="PO-7001") for n in range(2)]
    left += [row(f"B{n}", 30_011 + n, batch_id="PO-7002") for n in range(2)]
    found = reconcile(left, [row("R", 20_015, day=1, ref=said)])
    assert statuses(found) == [(("A0", "A1"), ("R",), status)]


@pytest.mark.parametrize(("reference", "status"), [("12345", "proposed"), ("123456", "confirmed")])
def test_parts_that_quote_a_short_number_prove_nothing(reference: str, status: str) -> None:
    right = [row("R1", 3_001, ref=f"HOUSE {reference}"), row("R2", 6_999, ref=f"FLAT {reference}")]
    found = reconcile([row("L", 10_000, ref=reference)], right)
    assert statuses(found) == [(("L",), ("R1", "R2"), status)]


def test_a_row_that_is_quoted_and_quotes_is_taken_once() -> None:
    left = [row("L", 10_000, ref="AB123456 CD777777")]
    right = [row("R1", 3_000, ref="AB123456"), row("R2", 7_000, ref="AB123456")]
    right += [row("R3", 4_000, ref="X AB123456CD777777"), row("R4", 6_000, ref="Y AB123456CD777777")]
    assert [group.left for group in reconcile(left, right).groups] == [("L",)]


def test_a_text_that_quotes_two_debts_of_its_amount_proves_neither() -> None:
    left = [row("L1", 10_000, ref="INV10001"), row("L2", 10_000, ref="INV10002")]
    found = reconcile(left, [row("R", 10_000, day=1, ref="INV10001 INV10002")])
    assert all(group.status != Status.CONFIRMED for group in found.groups)


@pytest.mark.parametrize(
    ("payer", "status"), [("LIMA ANA", "confirmed"), (None, "confirmed"), ("RUI COSTA", "proposed")]
)
def test_a_reference_inside_a_text_proves_nothing_against_another_payer(payer: str | None, status: str) -> None:
    left = [row("L", 10_000, ref="INV10001", payer="ANA LIMA")]
    found = reconcile(left, [row("R", 10_000, day=1, ref="PAGO INV10001 OBRIGADO", payer=payer)])
    assert statuses(found) == [(("L",), ("R",), status)]


def test_close_names_alone_confirm_nothing_however_low_the_score_that_confirms() -> None:
    rules = RuleSet(confirming=Confirming(score=80))
    left = [row("L", 12_345, ref="INV10001", payer="ANA MARIA LIMA")]
    found = reconcile(left, [row("R", 12_345, day=1, payer="ANA LIMA")], rules)
    assert statuses(found) == [(("L",), ("R",), "proposed")]


@pytest.mark.parametrize(("batch", "status"), [(None, "confirmed"), ("PO-1", "proposed")])
def test_a_row_of_a_payout_is_not_told_by_payer_and_amount(batch: str | None, status: str) -> None:
    left = [row("L", 12_345, ref="INV10001", payer="ANA LIMA", batch_id=batch)]
    assert statuses(reconcile(left, [row("R", 12_345, day=1, payer="ANA LIMA")])) == [(("L",), ("R",), status)]


@pytest.mark.parametrize(("rows", "status"), [(3, "confirmed"), (4, "proposed")])
def test_an_amount_of_many_rows_tells_no_payer(rows: int, status: str) -> None:
    payers = ("ANA LIMA", "RUI COSTA", "EVA ROCHA", "TOM REYES")
    left = [row(f"L{n}", 9_900, ref=f"INV1000{n}", payer=payers[n]) for n in range(rows)]
    assert statuses(reconcile(left, [row("R", 9_900, day=1, payer="ANA LIMA")])) == [(("L0",), ("R",), status)]


@pytest.mark.parametrize(("owner", "status"), [([], "confirmed"), (["L2"], "proposed")])
def test_a_spelling_that_another_row_owns_is_no_mistake(owner: list[str], status: str) -> None:
    left = [row("L1", 50_000, ref="INV10012", payer="ANA LIMA")]
    left += [row(name, 77_700, ref="INV10021", payer="RUI COSTA") for name in owner]
    right = [row("R1", 50_000, day=1, ref="INV10021", payer="ANA LIMA")]
    right += [row("R2", 77_700, day=1, ref="INV10021", payer="RUI COSTA") for _ in owner]
    assert (("L1",), ("R1",), status) in statuses(reconcile(left, right))


@pytest.mark.parametrize(("neighbours", "expected"), [(0, ["proposed"]), (12, [])])
def test_an_amount_that_its_neighbours_show_by_chance_is_not_proposed(neighbours: int, expected: list[str]) -> None:
    left = [row("L", 10_500, ref="INV10001")]
    left += [row(f"L{n}", 10_000 + 100 * n, ref=f"INV2000{n}") for n in range(neighbours) if n != 5]
    found = reconcile(left, [row("R", 10_500, day=1)])
    assert [group.status.value for group in found.groups if "L" in group.left] == expected


def test_a_total_of_two_payouts_proves_neither() -> None:
    amounts = {"PO-1": (10_007, 20_011), "PO-2": (10_009, 20_009)}
    left = [row(f"{label}{n}", amount, batch_id=label) for label in amounts for n, amount in enumerate(amounts[label])]
    found = reconcile(left, [row("R", 30_018, day=1)])
    assert [status for _, _, status in statuses(found)] == ["ambiguous"]


@pytest.mark.parametrize(("rest", "groups"), [((), 1), ((15_000, 15_000), 0)])
def test_of_several_sets_that_balance_none_is_proposed(rest: tuple[int, ...], groups: int) -> None:
    left = [row(f"L{n}", amount, payer="ANA LIMA") for n, amount in enumerate((10_000, 20_000, *rest))]
    right = [row("R1", 12_000, payer="ANA LIMA"), row("R2", 18_000, payer="ANA LIMA")]
    assert sum(group.stage == Stage.MANY_TO_MANY for group in reconcile(left, right).groups) == groups


@pytest.mark.parametrize(
    ("stated", "days", "paid", "expected"),
    [
        (True, 15, 2_000, ["confirmed"]),
        (True, 16, 2_000, ["proposed"]),
        (False, 1, 2_000, ["proposed"]),
        (True, 1, -2_000, []),
    ],
)
def test_a_conversion_is_proved_by_the_platforms_own_rate_near_in_time(
    *,
    stated: bool,
    days: int,
    paid: int,
    expected: list[str],
) -> None:
    rules = RuleSet(fx=FxRules(rates=(FxRate("USD", "BRL", Decimal(5), stated=stated),)))
    right = Row("R", paid, "USD", MONDAY + timedelta(days=days), "INV10001", None)
    found = reconcile([row("L", 10_000, ref="INV10001")], [right], rules)
    assert [status for _, _, status in statuses(found)] == expected


def test_several_for_several_of_one_reference_are_no_part_of_each_other() -> None:
    left = [row("L1", 10_007, ref="INV10001"), row("L2", 20_011, ref="INV10001")]
    right = [row("R1", 9_001, ref="INV10001"), row("R2", 18_003, ref="INV10001")]
    assert reconcile(left, right).groups == ()
