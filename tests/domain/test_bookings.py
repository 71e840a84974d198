"""The accounting manual: every event debits and credits what its table says, and every entry comes to zero."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import bookings, claim_bookings
from domain.accounts import CHILD_LEAVES
from domain.bookings import Head
from domain.errors import Invalid
from domain.journal import JournalEntry
from domain.money import Money

HEAD = Head("ent_1", "key", date(2026, 11, 23), "src_1")
LEAVES = {role: role.value for role in CHILD_LEAVES}


def brl(minor: int) -> Money:
    return Money(minor, "BRL")


Sides = tuple[dict[str, int], dict[str, int]]


def sides(entry: JournalEntry) -> Sides:
    """Debits and credits by account, both positive."""
    debit: dict[str, int] = defaultdict(int)
    credit: dict[str, int] = defaultdict(int)
    for posting in entry.postings:
        side = debit if posting.amount.minor > 0 else credit
        side[posting.account_id] += abs(posting.amount.minor)
    return dict(debit), dict(credit)


def receipt(
    amount: int, *, fee: int = 0, allocated: list[tuple[str, Money]] | None = None, bank: bool = False
) -> Sides:
    entry = bookings.receipt(
        HEAD, leaves=LEAVES, amount=brl(amount), fee=brl(fee), allocated=allocated or [], to_bank=bank
    )
    assert entry.kind == "receipt"
    return sides(entry)


def test_a_claim_opened_is_owed_and_placed() -> None:
    entry = claim_bookings.claim_opened(HEAD, receivable="r", placed="p", outstanding=brl(700))
    assert sides(entry) == ({"r": 700}, {"p": 700})


def test_a_claim_restated_upwards_is_owed_more() -> None:
    assert sides(claim_bookings.claim_restated(HEAD, receivable="r", placed="p", change=brl(50))) == (
        {"r": 50},
        {"p": 50},
    )


def test_a_claim_restated_downwards_is_owed_less() -> None:
    assert sides(claim_bookings.claim_restated(HEAD, receivable="r", placed="p", change=brl(-50))) == (
        {"p": 50},
        {"r": 50},
    )


def test_a_receipt_lands_in_clearing_and_pays_the_loans() -> None:
    assert receipt(100, allocated=[("r1", brl(60)), ("r2", brl(40))]) == ({"clearing": 100}, {"r1": 60, "r2": 40})


def test_a_receipt_in_the_bank_lands_there() -> None:
    assert receipt(100, allocated=[("r1", brl(100))], bank=True) == ({"bank": 100}, {"r1": 100})


def test_a_fee_is_taken_from_what_is_held_not_from_what_is_paid() -> None:
    assert receipt(100, fee=3, allocated=[("r1", brl(100))]) == ({"clearing": 97, "fees": 3}, {"r1": 100})


def test_a_fee_may_take_all_of_a_receipt() -> None:
    assert receipt(3, fee=3, allocated=[("r1", brl(3))]) == ({"fees": 3}, {"r1": 3})


def test_what_no_debt_explains_waits_in_suspense() -> None:
    assert receipt(100, allocated=[("r1", brl(70))]) == ({"clearing": 100}, {"r1": 70, "suspense": 30})
    assert receipt(100) == ({"clearing": 100}, {"suspense": 100})


def test_a_debit_that_nothing_explains_turns_both_sides() -> None:
    assert receipt(-100, bank=True) == ({"suspense": 100}, {"bank": 100})


@pytest.mark.parametrize("allocated", [101, 0, -1])
def test_a_receipt_allocates_more_than_nothing_and_no_more_than_it_is(allocated: int) -> None:
    with pytest.raises(Invalid, match="allocation_exceeds_receipt"):
        receipt(100, allocated=[("r1", brl(allocated))])


def test_a_receipt_may_be_allocated_to_the_last_unit() -> None:
    assert receipt(100, allocated=[("r1", brl(100))])[1] == {"r1": 100}


def test_suspense_applied_pays_the_loans() -> None:
    entry = bookings.suspense_applied(HEAD, leaves=LEAVES, allocated=[("r1", brl(5)), ("r2", brl(7))])
    assert sides(entry) == ({"suspense": 12}, {"r1": 5, "r2": 7})


@pytest.mark.parametrize(("to_bank", "held"), [(False, "clearing"), (True, "bank")])
def test_money_that_went_back_is_owed_again(to_bank: bool, held: str) -> None:  # noqa: FBT001 (a parameter of pytest)
    entry = bookings.receipt_returned(
        HEAD,
        leaves=LEAVES,
        kind="refund",
        unallocated=[("r1", brl(60))],
        from_suspense=brl(40),
        to_bank=to_bank,
    )
    assert (entry.kind, sides(entry)) == ("refund", ({"r1": 60, "suspense": 40}, {held: 100}))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (bookings.settlement(HEAD, leaves=LEAVES, net=brl(9)), ({"bank": 9}, {"clearing": 9})),
        (bookings.tax_withheld(HEAD, leaves=LEAVES, amount=brl(9)), ({"withheld": 9}, {"clearing": 9})),
        (bookings.platform_fee(HEAD, leaves=LEAVES, amount=brl(9)), ({"fees": 9}, {"clearing": 9})),
    ],
    ids=["settlement", "tax_withheld", "platform_fee"],
)
def test_a_platforms_event_is_booked_by_its_table(entry: JournalEntry, expected: Sides) -> None:
    assert sides(entry) == expected


PARTS = st.lists(st.integers(1, 10**9), max_size=4)


@given(PARTS, st.integers(0, 10**9), st.integers(0, 10**6), st.booleans())
def test_every_receipt_and_its_return_come_to_zero(parts: list[int], rest: int, fee: int, to_bank: bool) -> None:  # noqa: FBT001 (drawn by hypothesis)
    amount = sum(parts) + rest
    if not amount:
        return
    allocated = [(f"r{index}", brl(part)) for index, part in enumerate(parts)]
    arrived = bookings.receipt(
        HEAD, leaves=LEAVES, amount=brl(amount), fee=brl(fee), allocated=allocated, to_bank=to_bank
    )
    gone = bookings.receipt_returned(
        HEAD, leaves=LEAVES, kind="refund", unallocated=allocated, from_suspense=brl(rest), to_bank=to_bank
    )
    assert sum(posting.amount.minor for posting in (*arrived.postings, *gone.postings)) == 0


@given(st.integers(-(10**12), 10**12).filter(bool))
def test_every_other_event_comes_to_zero(minor: int) -> None:
    amount = brl(minor)
    entries = [
        claim_bookings.claim_opened(HEAD, receivable="r", placed="p", outstanding=amount),
        claim_bookings.claim_restated(HEAD, receivable="r", placed="p", change=amount),
        bookings.settlement(HEAD, leaves=LEAVES, net=amount),
        bookings.tax_withheld(HEAD, leaves=LEAVES, amount=amount),
        bookings.platform_fee(HEAD, leaves=LEAVES, amount=amount),
        bookings.suspense_applied(HEAD, leaves=LEAVES, allocated=[("r", amount)]),
    ]
    assert all(sum(posting.amount.minor for posting in entry.postings) == 0 for entry in entries)
