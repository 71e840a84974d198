"""How long money has stood: what leaves is what came first, corrections age nothing, the lots come to the balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.accounts import Role
from domain.journal import JournalEntry, mirror
from ledger import ageing, balances, posting
from runtime import clock
from store.database import Database
from tests.ledger.conftest import DAY, NOW, Book

pytestmark = pytest.mark.servers

WAITING = (Role.CLEARING, Role.IN_TRANSIT)


def day(back: int) -> date:
    return DAY - timedelta(days=back)


@dataclass(frozen=True)
class Clearing:
    """A clearing leaf on which money comes and goes."""

    database: Database
    book: Book

    def move(self, *moves: tuple[int, int]) -> list[JournalEntry]:
        """So much came (or, below zero, went) so many days ago."""
        entries = [self.book.move(minor, day=day(back)) for back, minor in moves]
        self.post(entries)
        return entries

    def post(self, entries: Sequence[JournalEntry]) -> None:
        with self.database.tenant(self.book.tenant_id) as tx:
            results = posting.post(tx, entries, now=NOW)
        assert {one.outcome for one in results} <= {"created"}

    def ages(self, *, as_of: int = 0) -> list[tuple[int, int]]:
        """Days since, and how much, oldest first."""
        with self.database.tenant(self.book.tenant_id) as tx:
            found = ageing.lots(tx, [self.book.parent], WAITING, as_of=day(as_of))
        return [((DAY - lot.since).days, lot.amount.minor) for lot in found]


@pytest.fixture
def clearing(database: Database, book: Book) -> Clearing:
    return Clearing(database, book)


def test_money_that_came_and_stays_has_the_age_of_its_day(clearing: Clearing) -> None:
    clearing.move((9, 100), (2, 50))
    assert clearing.ages() == [(9, 100), (2, 50)]


def test_what_leaves_is_what_came_first(clearing: Clearing) -> None:
    clearing.move((9, 100), (2, 50), (1, -100))
    assert clearing.ages() == [(2, 50)]


def test_part_of_what_came_first_may_be_left(clearing: Clearing) -> None:
    clearing.move((9, 100), (2, 50), (1, -99))
    assert clearing.ages() == [(9, 1), (2, 50)]


def test_what_all_has_left_does_not_age(clearing: Clearing) -> None:
    clearing.move((9, 100), (9, -100))
    assert clearing.ages() == []


def test_more_that_left_than_came_ages_below_zero(clearing: Clearing) -> None:
    clearing.move((9, 100), (4, -130), (1, -20))
    assert clearing.ages() == [(4, -30), (1, -20)]


def test_ages_are_told_as_of_the_end_of_a_day(clearing: Clearing) -> None:
    clearing.move((9, 100), (2, 50), (1, -100))
    assert clearing.ages(as_of=2) == [(9, 100), (2, 50)]
    assert clearing.ages(as_of=1) == [(2, 50)]


def test_a_correction_leaves_every_other_age_as_it_was(clearing: Clearing) -> None:
    _, wrong = clearing.move((9, 100), (5, 70))
    entry_id = clock.new_id("entry")
    clearing.post([mirror(wrong, entry_id=entry_id, key=entry_id, effective_date=day(1))])
    assert clearing.ages() == [(9, 100)]
    assert clearing.ages(as_of=2) == [(9, 100), (5, 70)]


def test_each_leaf_ages_by_itself(clearing: Clearing) -> None:
    book = clearing.book
    clearing.move((9, 100))
    clearing.post([book.entry((book.leaves[Role.IN_TRANSIT], 40), (book.leaves[Role.CLEARING], -40), day=day(3))])
    assert clearing.ages() == [(9, 60), (3, 40)]


def test_money_waiting_in_suspense_is_on_the_credit_side(clearing: Clearing, database: Database) -> None:
    book = clearing.book
    clearing.post([book.entry((book.leaves[Role.CLEARING], 40), (book.leaves[Role.SUSPENSE], -40), day=day(3))])
    with database.tenant(book.tenant_id) as tx:
        (lot,) = ageing.lots(tx, [book.child], [Role.SUSPENSE], as_of=DAY)
    assert (lot.account_id, lot.holder_id, lot.amount.minor) == (book.leaves[Role.SUSPENSE], book.child, -40)


def test_asking_for_a_parent_and_its_child_counts_nothing_twice(clearing: Clearing, database: Database) -> None:
    clearing.move((9, 100))
    with database.tenant(clearing.book.tenant_id) as tx:
        found = ageing.lots(tx, [clearing.book.parent, clearing.book.child], WAITING, as_of=DAY)
    assert [lot.amount.minor for lot in found] == [100]


def fifo(moves: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The rule by hand, one lot after another: what goes takes from what came first, and the other way round."""
    queue: list[list[int]] = []
    for back, minor in sorted(moves, key=lambda move: -move[0]):
        left = minor
        while queue and left and queue[0][1] * left < 0:
            taken = min(abs(left), abs(queue[0][1]))
            queue[0][1] += taken if left > 0 else -taken
            left += -taken if left > 0 else taken
            if not queue[0][1]:
                queue.pop(0)
        if left:
            queue.append([back, left])
    merged: dict[int, int] = {}
    for back, minor in queue:
        merged[back] = merged.get(back, 0) + minor
    return list(merged.items())


one_way = st.tuples(st.integers(0, 12), st.integers(-500, 500).filter(bool))


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(one_way, min_size=1, max_size=8, unique_by=lambda move: move[0]))
def test_any_history_ages_as_the_rule_by_hand_says(
    new_book: object, database: Database, moves: list[tuple[int, int]]
) -> None:
    assert callable(new_book)
    clearing = Clearing(database, new_book())
    clearing.move(*moves)
    assert clearing.ages() == fifo(moves)
    with database.tenant(clearing.book.tenant_id) as tx:
        balance = balances.of_leaf(tx, clearing.book.leaves[Role.CLEARING])
    assert sum(minor for _, minor in clearing.ages()) == balance.minor
