"""Allocation: oldest due first, nothing lost, and undone from the end."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.allocation import Allocation, allocate, by_loan, undo
from domain.loans import Instalment
from domain.money import Money

FIRST = date(2026, 1, 1)


def brl(minor: int) -> Money:
    return Money(minor, "BRL")


def instalment(loan: str, number: int, *, day: int, amount: int = 100, paid: int = 0) -> Instalment:
    return Instalment(loan, number, FIRST + timedelta(day), brl(amount), brl(paid))


SCHEDULES = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 60), st.integers(1, 10**6), st.integers(0, 10**6)), max_size=8
).map(
    lambda rows: [
        instalment(loan, number, day=day, amount=amount, paid=min(paid, amount))
        for number, (loan, day, amount, paid) in enumerate(rows)
    ]
)


def test_the_oldest_due_is_paid_first_then_by_loan_and_number() -> None:
    schedule = [
        instalment("b", 1, day=0),
        instalment("a", 2, day=0),
        instalment("a", 1, day=0),
        instalment("z", 1, day=-1),
    ]
    parts, rest = allocate(brl(350), schedule)
    assert [(part.loan_id, part.instalment, part.amount.minor) for part in parts] == [
        ("z", 1, 100),
        ("a", 1, 100),
        ("a", 2, 100),
        ("b", 1, 50),
    ]
    assert not rest


def test_what_is_paid_already_is_passed_over() -> None:
    parts, rest = allocate(brl(100), [instalment("a", 1, day=0, paid=100), instalment("a", 2, day=1, paid=60)])
    assert ([part.instalment for part in parts], rest.minor) == ([2], 60)


def test_nothing_owed_leaves_all_of_it_over() -> None:
    assert allocate(brl(5), []) == ((), brl(5))


@given(st.integers(1, 10**7), SCHEDULES)
def test_what_is_allocated_and_what_is_left_make_the_receipt(minor: int, schedule: list[Instalment]) -> None:
    parts, rest = allocate(brl(minor), schedule)
    assert sum(part.amount.minor for part in parts) + rest.minor == minor
    owed = {(item.loan_id, item.number): item.open.minor for item in schedule}
    assert all(0 < part.amount.minor <= owed[part.loan_id, part.instalment] for part in parts)


@given(st.integers(1, 10**7), SCHEDULES)
def test_money_is_left_over_only_where_nothing_is_owed(minor: int, schedule: list[Instalment]) -> None:
    parts, rest = allocate(brl(minor), schedule)
    paid = sum(part.amount.minor for part in parts)
    assert not rest or paid == sum(item.open.minor for item in schedule)


@given(st.integers(1, 10**7), SCHEDULES)
def test_undoing_all_of_an_allocation_takes_back_every_part(minor: int, schedule: list[Instalment]) -> None:
    parts, rest = allocate(brl(minor), schedule)
    taken, lacking = undo(brl(minor) - rest, parts)
    assert (tuple(reversed(taken)), lacking.minor) == (parts, 0)


def test_what_was_allocated_last_is_undone_first() -> None:
    held = [Allocation("a", 1, brl(100)), Allocation("a", 2, brl(50))]
    assert undo(brl(70), held) == ((Allocation("a", 2, brl(50)), Allocation("a", 1, brl(20))), brl(0))


def test_undoing_more_than_is_held_says_what_lacks() -> None:
    assert undo(brl(70), [Allocation("a", 1, brl(50))])[1] == brl(20)


def test_parts_of_a_loan_are_added_in_order_of_the_first() -> None:
    parts = [Allocation("b", 1, brl(1)), Allocation("a", 1, brl(2)), Allocation("b", 2, brl(3))]
    assert list(by_loan(parts, "BRL").items()) == [("b", brl(4)), ("a", brl(2))]
