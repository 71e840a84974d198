"""Agreements that look like proof and are none: who else could have written it decides; where two could, a person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.matching.engine import reconcile
from domain.matching.outcome import Outcome
from domain.matching.rows import Row

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
