"""Posting through the one door: one result a key, whole batches, balances of any day, and many at the same time."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from domain.accounts import Role
from domain.errors import Conflict, Invalid, NotFound
from domain.journal import JournalEntry, Posting, mirror
from domain.money import Money
from ledger import balances, invariants, posting
from store.database import Database

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def post(database: Database, book: Any) -> Callable[..., list[str]]:
    """Posts entries in one transaction and tells the outcomes, or the codes of what was refused."""

    def posted(*entries: JournalEntry) -> list[str]:
        with database.tenant(book.tenant_id) as tx:
            return [done.code or done.outcome for done in posting.post(tx, entries, now=NOW)]

    return posted


@pytest.fixture
def balance(database: Database, book: Any) -> Callable[..., int]:
    """The balance of a leaf in minor units, debit positive."""

    def of(account_id: str, as_of: date | None = None) -> int:
        with database.tenant(book.tenant_id) as tx:
            return balances.of_leaf(tx, account_id, as_of=as_of).minor

    return of


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(Invalid) as caught:
        action()
    return caught.value.code


# Keys ---------------------------------------------------------------------------------------------------------


def test_an_entry_is_created_once_and_exists_ever_after(post: Callable[..., list[str]], book: Any) -> None:
    entry = book.move(100, key="k")
    assert [post(entry), post(entry), post(replace(entry, id=book.move(1).id))] == [["created"], ["exists"], ["exists"]]


def test_the_same_key_gives_the_identifier_that_stands_under_it(database: Database, book: Any) -> None:
    first, again = book.move(100, key="k"), book.move(100, key="k")
    with database.tenant(book.tenant_id) as tx:
        posting.post_one(tx, first, now=NOW)
        assert posting.post_one(tx, again, now=NOW).entry_id == first.id


def test_the_same_key_with_another_payload_is_a_conflict_and_writes_nothing(
    post: Callable[..., list[str]], balance: Callable[..., int], book: Any
) -> None:
    post(book.move(100, key="k"))
    assert post(book.move(101, key="k")) == ["conflict"]
    assert balance(book.leaves[Role.CLEARING]) == 100


def test_a_single_entry_in_conflict_is_an_error(database: Database, book: Any) -> None:
    with database.tenant(book.tenant_id) as tx:
        posting.post_one(tx, book.move(100, key="k"), now=NOW)
        with pytest.raises(Conflict, match="idempotency_conflict"):
            posting.post_one(tx, book.move(101, key="k"), now=NOW)


def test_two_tenants_may_use_the_same_key(database: Database, new_book: Callable[[], Any]) -> None:
    for book in (new_book(), new_book()):
        with database.tenant(book.tenant_id) as tx:
            assert posting.post(tx, [book.move(5, key="k")], now=NOW)[0].outcome == "created"


def test_a_key_twice_in_one_batch_is_booked_once(
    post: Callable[..., list[str]], balance: Callable[..., int], book: Any
) -> None:
    assert post(book.move(7, key="k"), book.move(7, key="k"), book.move(8, key="k")) == [
        "created",
        "exists",
        "conflict",
    ]
    assert balance(book.leaves[Role.CLEARING]) == 7


def test_a_batch_mixes_what_is_new_with_what_stands(post: Callable[..., list[str]], book: Any) -> None:
    post(book.move(1, key="a"))
    assert post(book.move(1, key="b"), book.move(1, key="a"), book.move(2, key="a")) == [
        "created",
        "exists",
        "conflict",
    ]


def test_an_empty_batch_does_nothing(post: Callable[..., list[str]]) -> None:
    assert post() == []


# Refusals -----------------------------------------------------------------------------------------------------


def test_one_bad_entry_in_a_batch_does_not_fail_its_neighbours(
    post: Callable[..., list[str]], balance: Callable[..., int], book: Any
) -> None:
    bad = book.entry((book.child, 5), (book.receivable, -5))
    assert post(book.move(100), bad, book.move(10)) == ["created", "account_not_postable", "created"]
    assert balance(book.receivable) == -110


def test_a_refused_entry_leaves_its_key_free(post: Callable[..., list[str]], book: Any) -> None:
    bad = book.entry((book.child, 5), (book.receivable, -5), key="k")
    assert [post(bad), post(book.move(5, key="k"))] == [["account_not_postable"], ["created"]]


def test_a_refused_single_entry_is_an_error(database: Database, book: Any) -> None:
    bad = book.entry((book.child, 5), (book.receivable, -5))
    with database.tenant(book.tenant_id) as tx:
        assert code_of(lambda: posting.post_one(tx, bad, now=NOW)) == "account_not_postable"


def test_what_stands_exists_whatever_became_of_its_accounts(
    post: Callable[..., list[str]], book: Any, owner: Any
) -> None:
    entry = book.move(100, key="k")
    post(entry)
    owner.execute("UPDATE account SET frozen_at = now() WHERE id = %s", [book.receivable])
    assert post(entry, book.move(1, key="k"), book.move(2)) == ["exists", "conflict", "account_frozen"]


@pytest.mark.parametrize(
    ("amounts", "code"),
    [
        ([5, -4], "entry_unbalanced"),
        ([0, 0], "posting_zero"),
        ([5], "entry_incomplete"),
        ([], "entry_incomplete"),
    ],
)
def test_what_python_would_not_build_is_refused_by_the_database_one_by_one(
    post: Callable[..., list[str]], book: Any, amounts: list[int], code: str
) -> None:
    crooked = book.move(1)
    lines = [Posting(book.receivable, Money(minor, "BRL")) for minor in amounts]
    object.__setattr__(crooked, "postings", tuple(lines))
    assert post(book.move(7), crooked) == ["created", code]


def test_an_account_of_another_tenant_is_not_postable(
    post: Callable[..., list[str]], new_book: Callable[[], Any], book: Any
) -> None:
    stranger = new_book().receivable
    assert post(book.entry((stranger, 5), (book.receivable, -5))) == ["account_not_postable"]


def test_an_unknown_account_is_not_postable(post: Callable[..., list[str]], book: Any) -> None:
    assert post(book.entry(("acc_none", 5), (book.receivable, -5))) == ["account_not_postable"]


def test_a_closed_account_is_not_postable(post: Callable[..., list[str]], book: Any, owner: Any) -> None:
    owner.execute("UPDATE account SET closed_at = now() WHERE id = %s", [book.placed])
    assert post(book.entry((book.placed, 5), (book.receivable, -5))) == ["account_not_postable"]


def test_a_leaf_takes_its_own_currency_only(post: Callable[..., list[str]], book: Any) -> None:
    entry = book.entry((book.placed, 5), (book.receivable, -5), currency="USD")
    assert post(entry) == ["posting_wrong_currency"]


def test_without_a_tenant_nothing_is_posted(database: Database, book: Any) -> None:
    def posted() -> None:
        with database.anyone() as tx:
            posting.post(tx, [book.move(1)], now=NOW)

    assert code_of(posted) == "tenant_missing"


# Reversals ----------------------------------------------------------------------------------------------------


def reversal(entry: JournalEntry, book: Any, *, key: str = "undo") -> JournalEntry:
    return mirror(entry, entry_id=book.move(1).id, key=key, effective_date=DAY)


def test_a_reversal_brings_balances_back(
    post: Callable[..., list[str]], balance: Callable[..., int], book: Any
) -> None:
    entry = book.move(100)
    post(entry)
    assert post(reversal(entry, book)) == ["created"]
    assert (balance(book.receivable), balance(book.leaves[Role.CLEARING])) == (0, 0)


def test_an_entry_is_reversed_once(post: Callable[..., list[str]], book: Any) -> None:
    entry = book.move(100)
    post(entry)
    post(reversal(entry, book))
    assert post(reversal(entry, book, key="again")) == ["entry_already_reversed"]


def test_a_reversal_that_is_no_mirror_is_refused(post: Callable[..., list[str]], book: Any) -> None:
    entry = book.move(100)
    post(entry)
    crooked = replace(reversal(entry, book), postings=reversal(book.move(99), book).postings)
    assert post(crooked) == ["reversal_not_mirror"]


def test_only_what_stands_in_the_tenants_book_is_reversed(
    post: Callable[..., list[str]], book: Any, new_book: Callable[[], Any], database: Database
) -> None:
    other = new_book()
    foreign = other.move(100)
    with database.tenant(other.tenant_id) as tx:
        posting.post(tx, [foreign], now=NOW)
    for reversed_id in (foreign.id, "ent_none"):
        entry = replace(reversal(book.move(100), book), reverses=reversed_id)
        assert post(entry) == ["reversed_entry_unknown"]


# Balances -----------------------------------------------------------------------------------------------------


def test_balances_follow_every_posting(post: Callable[..., list[str]], balance: Callable[..., int], book: Any) -> None:
    post(book.move(100), book.move(-30), book.entry((book.placed, 5), (book.receivable, -5)))
    assert [balance(account) for account in (book.leaves[Role.CLEARING], book.receivable, book.placed)] == [70, -75, 5]


def test_a_balance_as_of_a_day_holds_what_was_effective_by_its_end(
    post: Callable[..., list[str]], balance: Callable[..., int], book: Any
) -> None:
    for days, minor in ((-2, 1), (0, 10), (1, 100)):
        post(book.move(minor, day=DAY + timedelta(days)))
    clearing = book.leaves[Role.CLEARING]
    assert [balance(clearing, DAY + timedelta(days)) for days in (-3, -2, -1, 0, 1)] == [0, 1, 1, 11, 111]


def test_a_back_dated_entry_changes_the_days_since(
    post: Callable[..., list[str]], balance: Callable[..., int], book: Any
) -> None:
    post(book.move(10))
    post(book.move(5, day=DAY - timedelta(9)))
    assert balance(book.leaves[Role.CLEARING], DAY - timedelta(1)) == 5


def test_a_subtree_sums_its_leaves_by_currency_and_role(
    post: Callable[..., list[str]], database: Database, book: Any
) -> None:
    post(book.move(100), book.entry((book.leaves[Role.BANK], 40), (book.leaves[Role.CLEARING], -40)))
    with database.tenant(book.tenant_id) as tx:
        found = balances.of_leaves(tx, [book.parent])
    assert balances.by_currency(found)["BRL"].minor == 100
    assert balances.by_currency(found, frozenset({Role.BANK}))["BRL"].minor == 40


def test_turnover_keeps_debits_and_credits_apart(post: Callable[..., list[str]], database: Database, book: Any) -> None:
    post(book.move(100), book.move(-30))
    with database.tenant(book.tenant_id) as tx:
        (line,) = balances.of_leaves(tx, [book.receivable])
    assert (line.debit.minor, line.credit.minor) == (30, 100)


# Reading ------------------------------------------------------------------------------------------------------


def test_an_entry_is_read_back_as_it_was_posted(database: Database, book: Any) -> None:
    entry = replace(book.move(100), memo={"by": "tests"})
    with database.tenant(book.tenant_id) as tx:
        posting.post_one(tx, entry, now=NOW)
        assert posting.get(tx, entry.id).entry == entry


def test_a_reversal_is_read_back_with_what_it_reverses(database: Database, book: Any) -> None:
    entry = book.move(100)
    undone = reversal(entry, book)
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [entry], now=NOW)
        posting.post(tx, [undone], now=NOW)
        assert posting.get(tx, undone.id).entry == undone


def test_an_entry_of_another_tenant_is_unknown(database: Database, new_book: Callable[[], Any], book: Any) -> None:
    entry = book.move(1)
    with database.tenant(book.tenant_id) as tx:
        posting.post_one(tx, entry, now=NOW)
    with database.tenant(new_book().tenant_id) as tx, pytest.raises(NotFound, match="entry_unknown"):
        posting.get(tx, entry.id)


def test_entries_of_an_account_are_paged_newest_first(database: Database, book: Any) -> None:
    made = [book.move(minor) for minor in (1, 2, 3)]
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, made, now=NOW)
        first = posting.of_account(tx, book.parent, limit=2)
        rest = posting.of_account(tx, book.parent, before_seq=first[-1].seq)
    assert [found.entry.id for found in (*first, *rest)] == [entry.id for entry in reversed(made)]


# At the same time ---------------------------------------------------------------------------------------------


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Do something from several threads that all start together."""
    gate = Barrier(count)

    def run(index: int) -> Any:
        gate.wait(timeout=10)
        return act(index)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_two_at_once_with_one_key_exactly_one_creates(
    post: Callable[..., list[str]], balance: Callable[..., int], book: Any
) -> None:
    def once(key: str, _: int) -> str:
        return post(book.move(1, key=key))[0]

    for attempt in range(10):
        outcomes = at_once(2, partial(once, f"k{attempt}"))
        assert sorted(outcomes) == ["created", "exists"]
    assert balance(book.receivable) == -10


def test_of_two_at_once_with_one_key_and_other_payloads_one_is_a_conflict(
    post: Callable[..., list[str]], book: Any
) -> None:
    assert sorted(at_once(2, lambda index: post(book.move(1 + index, key="k"))[0])) == ["conflict", "created"]


def test_an_entry_is_reversed_once_even_by_two_at_once(post: Callable[..., list[str]], book: Any) -> None:
    entry = book.move(100)
    post(entry)

    assert sorted(at_once(2, lambda index: post(reversal(entry, book, key=f"undo{index}"))[0])) == [
        "created",
        "entry_already_reversed",
    ]


def test_shuffled_batches_at_once_neither_deadlock_nor_lose_a_unit(
    post: Callable[..., list[str]],
    balance: Callable[..., int],
    leaf: Callable[..., str],
    database: Database,
    book: Any,
) -> None:
    accounts = [leaf(book, f"s{index}") for index in range(6)]

    def storm(index: int) -> int:
        chance = random.Random(index)
        for _ in range(15):
            order = chance.sample(accounts, len(accounts))
            post(*(book.entry((account, 1), (book.placed, -1)) for account in order))
        return 0

    at_once(4, storm)
    assert [balance(account) for account in accounts] == [60] * 6
    with database.tenant(book.tenant_id) as tx:
        assert not [finding for finding in invariants.check(tx) if finding.broken]
