"""What is compared, by which names, and what may be done without a person; and how differences are looked after."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.differences import (
    DifferenceKind,
    Resolution,
    check_resolution,
    check_write_off,
    due_date,
    write_off_limit,
)
from domain.errors import Forbidden, Invalid, Refused
from domain.matching.outcome import Stage
from domain.matching.rules import RuleSet, Schedule
from domain.money import Money
from domain.reconciliation import STANDARD, Known, Leg, Policy, fee_agrees, fee_expected, rules_of, sides, verified

DAY = date(2026, 11, 24)


def row(ref: str, minor: int = 100, *names: str, **more: str) -> Known:
    return Known(ref=ref, amount_minor=minor, currency="BRL", day=DAY, kind="payment", identifiers=names, **more)


def test_rows_meet_by_the_best_name_that_both_sides_know() -> None:
    left, right = sides([row("a", 100, "pi_1", "BR-0001", "E2E")], [row("x", 100, "txn_1", "E2E", "BR-0001")])
    assert (left[0].reference, right[0].reference) == ("BR-0001", "E2E") or left[0].reference == right[0].reference


def test_a_name_of_the_sources_own_making_is_no_reference() -> None:
    left, right = sides([row("a", 100, "pi_1", text="pi_1")], [row("x", 100, "txn_1", text="thank you")])
    assert (left[0].reference, right[0].reference) == ("pi_1", "thank you")
    assert sides([], [row("x", 100, "txn_1")])[1][0].reference is None


def test_a_refund_does_not_meet_the_payment_that_it_names() -> None:
    left, right = sides([row("a", 100, "pi_1")], [row("x", -100, "re_1", "pi_1")])
    assert (left[0].reference, right[0].reference) == (None, None)


def test_sides_do_not_depend_on_the_order_of_rows() -> None:
    rows = [row(f"r{n}", 100, f"n{n}", "shared") for n in range(5)]
    assert sorted(one.reference or "" for one in sides(rows, rows)[0]) == sorted(
        one.reference or "" for one in sides(rows[::-1], rows)[0]
    )


def test_a_payer_whom_the_other_side_knows_is_found_in_a_text() -> None:
    owed = [row("a", 100, payer="PT Siti Rahmadhani"), row("b", 100, payer="José da Conceição Lima")]
    texts = ("Angsuran SITI RAHMADHANI 04", "pag JOSE CONCEICAO", "angsuran Siti", "a thank-you")
    right = sides(owed, [row(f"x{n}", 100, text=text) for n, text in enumerate(texts)])[1]
    assert [one.payer for one in right] == [texts[0], None, None, None]


def test_one_word_is_nobodys_name() -> None:
    assert sides([row("a", 100, payer="Siti")], [row("x", 100, text="Siti, angsuran")])[1][0].payer is None


def test_a_text_that_names_two_payers_names_nobody() -> None:
    owed = [row("a", 100, payer="Siti Rahmadhani"), row("b", 100, payer="Bagus Wicaksana")]
    assert sides(owed, [row("x", 100, text="Siti Rahmadhani, Bagus Wicaksana")])[1][0].payer is None


def test_a_stated_payer_is_taken_over_the_text() -> None:
    owed = [row("a", 100, payer="Siti Rahmadhani")]
    assert sides(owed, [row("x", 100, payer="Ana Souza", text="Siti Rahmadhani")])[1][0].payer == "Ana Souza"


def test_what_moves_waiting_money_by_itself_needs_a_name_that_both_state() -> None:
    for leg in (Leg.TRANSIT, Leg.EXPECTED):
        assert STANDARD[leg][0].confirming.stages == {Stage.EXACT_KEY, Stage.REFERENCE}


def test_rules_take_over_what_is_stated_and_leave_the_standard() -> None:
    rules, policy = rules_of(Leg.PLATFORM, 4, {"margin": 9}, {"patience_days": 1})
    assert (rules.margin, rules.version, rules.windows) == (9, 4, STANDARD[Leg.PLATFORM][0].windows)
    assert (policy.patience_days, policy.fee_basis_points) == (1, 1_000)


@pytest.mark.parametrize(
    ("document", "policy"),
    [({"margins": 1}, {}), ({}, {"patience": 1}), ({}, {"patience_days": 91}), ({}, {"patience_days": True})],
)
def test_rules_that_nobody_knows_are_refused(document: dict[str, object], policy: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        rules_of(Leg.BANK, 1, document, policy)


CARD = RuleSet(schedules=(Schedule("card", kind="payment", percent=Decimal("2.9"), flat_minor=30),))


def test_a_contract_says_what_a_fee_should_be_and_nothing_of_what_it_does_not_name() -> None:
    assert fee_expected(CARD, kind="payment", gross_minor=100_000, what="fee") == 2_930
    assert fee_expected(CARD, kind="refund", gross_minor=100_000, what="fee") is None
    assert fee_expected(CARD, kind="payment", gross_minor=100_000, what="tax") is None


@pytest.mark.parametrize(
    ("stated", "expected", "agrees"),
    [
        (10_000, None, True),
        (10_001, None, False),
        (-10_000, None, True),
        (-10_001, None, False),
        (2_980, 2_930, True),
        (2_981, 2_930, False),
        (2_880, 2_930, True),
        (2_879, 2_930, False),
    ],
)
def test_a_fee_agrees_within_its_bounds_on_both_sides(stated: int, expected: int | None, *, agrees: bool) -> None:
    assert fee_agrees(Policy(), gross_minor=100_000, stated_minor=stated, expected_minor=expected) is agrees


@pytest.mark.parametrize(("age", "days"), [(0, 5), (1, 5), (2, 3), (5, 3), (6, 2), (30, 2), (31, 1)])
def test_the_older_money_is_the_sooner_it_is_due(age: int, days: int) -> None:
    assert due_date(DAY - timedelta(days=age), DAY) == DAY + timedelta(days=days)


def test_money_of_a_day_to_come_is_due_as_of_today() -> None:
    assert due_date(DAY + timedelta(days=3), DAY) == DAY + timedelta(days=5)


@pytest.mark.parametrize("kind", list(DifferenceKind))
def test_every_kind_may_be_accepted_for_a_reason(kind: DifferenceKind) -> None:
    check_resolution(kind, Resolution.ACCEPT, "known")
    with pytest.raises(Invalid):
        check_resolution(kind, Resolution.EXPLAINED, "by hand")


def test_the_highest_of_somebodys_roles_counts() -> None:
    assert write_off_limit(frozenset({"treasury", "admin"}), "USD") == Money(50_000, "USD")
    with pytest.raises(Forbidden):
        write_off_limit(frozenset({"finance"}), "USD")


@pytest.mark.parametrize("minor", [5_000, -5_000])
def test_a_limit_holds_for_both_signs(minor: int) -> None:
    limit = write_off_limit(frozenset({"treasury"}), "USD")
    check_write_off(Money(minor, "USD"), limit)
    beyond = Money(minor + (1 if minor > 0 else -1), "USD")
    with pytest.raises(Refused):
        check_write_off(beyond, limit)


def test_nothing_verified_is_nothing() -> None:
    assert verified([]).value == 0
    assert verified([(-5, DAY, None), (7, DAY, DAY)]).open == 5
