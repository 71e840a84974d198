"""Parts of a debt, all of it or too much, and totals that prove a payout."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.matching.engine import reconcile
from domain.matching.outcome import Group, Outcome, Stage, Status
from domain.matching.rows import Row

MONDAY = date(2026, 1, 5)


def row(name: str, amount: int, *, day: int = 0, ref: str | None = None, payer: str | None = None, **more: Any) -> Row:
    return Row(name, amount, "BRL", MONDAY + timedelta(days=day), ref, payer, **more)


def only(found: Outcome) -> Group:
    (group,) = found.groups
    return group


@pytest.mark.parametrize(("paid", "grouped"), [(1_000, True), (999, False), (100_000, True), (100_001, False)])
def test_a_part_of_a_debt_or_too_much_is_proposed_up_to_a_tenth(paid: int, *, grouped: bool) -> None:
    found = reconcile([row("L", 10_000, ref="INV10001")], [row("R", paid, ref="INV10001")])
    assert [group.status for group in found.groups] == [Status.PROPOSED] * grouped


def test_parts_that_do_not_come_to_the_debt_yet_are_proposed_with_the_rest() -> None:
    right = [row("R1", 3_000, ref="INV10001"), row("R2", 2_000, day=9, ref="PAGO INV10001 2/3")]
    found = only(reconcile([row("L", 10_000, ref="INV10001")], right))
    assert (found.right, found.status) == (("R1", "R2"), Status.PROPOSED)
    assert ("sum_differs", (5_000, 10_000, -5_000)) in [(reason.code, reason.values) for reason in found.reasons]


def test_parts_that_quote_the_debt_inside_a_text_and_come_to_it_are_confirmed() -> None:
    right = [row("R1", 3_000, ref="pago inv10001"), row("R2", 7_000, day=9, ref="PAGO INV10001 2/2")]
    found = only(reconcile([row("L", 10_000, ref="INV10001")], right))
    assert (found.right, found.status) == (("R1", "R2"), Status.CONFIRMED)


def test_a_part_without_the_reference_is_found_before_its_twin_is_called_a_part_of_the_debt() -> None:
    right = [row("R1", 3_001, ref="INV10001", payer="ANA LIMA"), row("R2", 6_999, payer="ANA LIMA")]
    found = only(reconcile([row("L", 10_000, ref="INV10001", payer="ANA LIMA")], right))
    assert (found.right, found.stage) == (("R1", "R2"), Stage.UNLABELLED_SUM)


@pytest.mark.parametrize(
    ("reference", "payer", "grouped"),
    [("12345", "RUI COSTA", False), ("123456", "RUI COSTA", True), ("12345", "LIMA ANA", True)],
)
def test_a_part_under_a_short_number_is_of_the_same_payer_only(reference: str, payer: str, *, grouped: bool) -> None:
    left = [row("L", 10_000, ref=reference, payer="ANA LIMA")]
    assert bool(reconcile(left, [row("R", 4_000, ref=reference, payer=payer)]).groups) is grouped


def groups(found: Outcome) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
    return [(group.left, group.right, group.status.value) for group in found.groups]


@pytest.mark.parametrize(
    ("more", "amounts", "status"),
    [
        ({}, (12_345, 67_891), "confirmed"),
        ({"ref": "STRIPE PAYOUT"}, (12_345, 67_891), "confirmed"),
        ({"ref": "PAYOUT 8841"}, (12_345, 67_891), "proposed"),  # it has a number of its own
        ({"batch_id": "PO-9"}, (12_345, 67_891), "proposed"),
        ({}, (10_000, 70_000), "proposed"),  # so round a total is met by chance
    ],
)
def test_a_total_proves_a_payout_only_where_it_is_odd_and_nothing_else_is_said(
    more: dict[str, Any], amounts: tuple[int, int], status: str
) -> None:
    left = [row(f"L{amount}", amount, batch_id="PO-77") for amount in amounts]
    assert [one[2] for one in groups(reconcile(left, [row("R", sum(amounts), day=1, **more)]))] == [status]
