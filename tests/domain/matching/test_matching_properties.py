"""What holds of every reconciliation: nothing twice, nothing lost, no matter the order, the names or the unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.matching.engine import reconcile
from domain.matching.outcome import Outcome, Status
from domain.matching.rows import Row

MONDAY = date(2026, 1, 5)
REFERENCES = (
    *(None, "INV10001", "INV10002", "PAY INV10001", "INV1OOO1", "INV10012", "CT 8812", "PO-1"),
    *("RENT 2026", "CT 88123 N 001", "CT 88123 N 002", "INV10001 INV10002"),
)
AMOUNTS = (1_000, 2_000, 3_000, 5_000, -2_000, 9_917, 0, 20_117, 30_239, 50_356)
PAYERS = (None, "ANA LIMA", "Lima Ana", "RUI COSTA", "محمد الراشد", "Mohammed Rashid")
QUICK = settings(max_examples=100, deadline=None)


def rows(side: str) -> st.SearchStrategy[list[Row]]:
    one = st.builds(
        Row,
        id=st.just(""),
        amount_minor=st.sampled_from(AMOUNTS),
        currency=st.sampled_from(("BRL", "BRL", "USD")),
        day=st.integers(0, 40).map(lambda day: MONDAY + timedelta(days=day)),
        reference=st.sampled_from(REFERENCES),
        payer=st.sampled_from(PAYERS),
        batch_id=st.sampled_from((None, None, "PO-1", "PO-2")),
        fee_minor=st.sampled_from((0, 0, 100)),
        kind=st.sampled_from((None, "payment", "refund")),
    )
    return st.lists(one, max_size=9).map(
        lambda found: [replace(row, id=f"{side}{place}") for place, row in enumerate(found)]
    )


def confirmed(outcome: Outcome) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    return {(group.left, group.right) for group in outcome.groups if group.status == Status.CONFIRMED}


def shape(outcome: Outcome) -> Counter[tuple[int, int, str, str, int]]:
    return Counter(
        (len(group.left), len(group.right), group.status.value, group.stage.value, group.score)
        for group in outcome.groups
    )


@QUICK
@given(rows("L"), rows("R"))
def test_no_row_is_in_two_groups_and_none_is_lost(left: list[Row], right: list[Row]) -> None:
    found = reconcile(left, right)
    held = [*chain.from_iterable(group.left + group.right for group in found.groups)]
    rest = [row.id for row in (*found.leftover_left, *found.leftover_right)]
    assert sorted([*held, *rest]) == sorted(row.id for row in (*left, *right))


@QUICK
@given(rows("L"), rows("R"))
def test_the_identity_holds_to_the_minor_unit(left: list[Row], right: list[Row]) -> None:
    assert reconcile(left, right).complete


@QUICK
@given(rows("L"), rows("R"), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(left: list[Row], right: list[Row], chance: st.DataObject) -> None:
    shuffled = chance.sample(left, len(left)), chance.sample(right, len(right))  # type: ignore[attr-defined]
    assert reconcile(left, right) == reconcile(*shuffled)


@QUICK
@given(rows("L"), rows("R"))
def test_the_names_of_rows_change_nothing(left: list[Row], right: list[Row]) -> None:
    named = {row.id: f"{9 - int(row.id[1:])}{row.id[0]}" for row in (*left, *right)}
    other = reconcile(
        [replace(row, id=named[row.id]) for row in left], [replace(row, id=named[row.id]) for row in right]
    )
    renamed = {
        (tuple(sorted(named[name] for name in one)), tuple(sorted(named[name] for name in two)))
        for one, two in confirmed(reconcile(left, right))
    }
    assert confirmed(other) == renamed
    assert shape(other) == shape(reconcile(left, right))


@QUICK
@given(rows("L"), rows("R"), st.sampled_from((10, 100, 7)))
def test_the_unit_of_the_currency_changes_nothing(left: list[Row], right: list[Row], factor: int) -> None:
    def scaled(side: list[Row]) -> list[Row]:
        return [replace(row, amount_minor=row.amount_minor * factor, fee_minor=row.fee_minor * factor) for row in side]

    ours = [(group.left, group.right, group.status, group.score) for group in reconcile(left, right).groups]
    theirs = reconcile(scaled(left), scaled(right)).groups
    assert ours == [(group.left, group.right, group.status, group.score) for group in theirs]


def noise(side: str) -> st.SearchStrategy[list[Row]]:
    """Rows that share no amount, reference, payer or label with any others, nor sums with them; on the same days."""
    numbers = st.lists(st.integers(0, 8), unique=True, max_size=6)
    return numbers.map(
        lambda found: [
            Row(
                id=f"N{side}{number}",
                amount_minor=(7_000_003 if side == "L" else 90_000_001) * 11**number,
                currency="BRL",
                day=MONDAY + timedelta(days=4 * number),
                reference=f"{side}{'QWXYVKJHF'[number] * 3}{number}73{number}9",
                payer=f"{side}{'ABCDEFGHI'[number] * 4} {'JKLMNOPQR'[number] * 5}",
            )
            for number in found
        ]
    )


@QUICK
@given(rows("L"), rows("R"), noise("L"), noise("R"))
def test_noise_does_not_change_what_is_confirmed(
    left: list[Row], right: list[Row], more_left: list[Row], more_right: list[Row]
) -> None:
    assert confirmed(reconcile([*left, *more_left], [*right, *more_right])) == confirmed(reconcile(left, right))


@QUICK
@given(rows("L"), rows("R"))
def test_a_dry_run_is_the_run(left: list[Row], right: list[Row]) -> None:
    """The engine writes nothing: what a first run told, a second that is to be booked tells again."""
    before = list(left), list(right)
    assert reconcile(left, right) == reconcile(left, right)
    assert (left, right) == before


@QUICK
@given(rows("L"), rows("R"))
def test_every_reason_can_be_read(left: list[Row], right: list[Row]) -> None:
    found = reconcile(left, right)
    told = [*chain.from_iterable(group.reasons for group in found.groups)]
    told += [rest.reason for rest in (*found.leftover_left, *found.leftover_right)]
    assert all("{" not in reason.sentence and reason.document()["code"] for reason in told)
