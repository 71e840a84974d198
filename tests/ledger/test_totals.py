"""Counted totals of parents: with what came since, they are always what the leaves say one by one, on every day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import psycopg
import pytest

from activities.seals import SealActivities
from domain.accounts import MONEY_ROLES, Account, Role
from domain.money import Money
from ledger import account_states, accounts, balances, invariants, posting
from ledger.account_states import Cause
from runtime import clock
from store.database import Database
from tests.ledger.conftest import DAY, NOW, Book

DAYS = tuple(DAY + timedelta(days) for days in (-400, -54, -53, -24, -23, -22, -1, 0, 1, 40))
ROLES = (None, MONEY_ROLES, frozenset({Role.RECEIVABLE}))


@pytest.fixture
def keep_up(database: Database, book: Book) -> Callable[[], object]:
    """What the schedule does with a tenant: seal, then bring totals forward."""
    return partial(SealActivities(database, lambda: NOW).visit, book.tenant_id)


@pytest.fixture
def moves(database: Database, book: Book) -> Callable[..., None]:
    """Posts so many minor units on each of some days."""

    def post(minor: int, *days: date) -> None:
        with database.tenant(book.tenant_id) as tx:
            posting.post(tx, [book.move(minor, day=day) for day in days], now=NOW)

    return post


def agree(database: Database, book: Book, *roots: str) -> None:
    """What is read of these accounts is what their leaves come to, of all roles and some, on every day."""
    with database.tenant(book.tenant_id) as tx:
        for root in roots or (book.parent, book.child):
            for as_of in (None, *DAYS):
                leaves = balances.of_leaves(tx, [root], as_of=as_of)
                for roles in ROLES:
                    found = balances.totals(tx, root, roles=roles, as_of=as_of)
                    assert found == balances.by_currency(leaves, roles), (root, as_of, roles)
        assert not [finding for finding in invariants.check(tx) if finding.broken]


def counted(owner: psycopg.Connection, *roots: str) -> list[int]:
    """Up to which entry those of these roots are counted that are counted at all."""
    query = (
        "SELECT counted_seq FROM account_total_progress p JOIN account a ON a.no = p.root_no WHERE a.id = ANY (%s)"
        " ORDER BY a.no"
    )
    return [seq for (seq,) in owner.execute(query, [list(roots)]).fetchall()]


def test_nothing_need_be_counted(database: Database, book: Book, moves: Callable[..., None]) -> None:
    moves(5, *DAYS)
    agree(database, book)


def test_what_was_there_before_the_first_count(
    database: Database, book: Book, moves: Callable[..., None], keep_up: Callable[[], object]
) -> None:
    moves(5, *DAYS)
    keep_up()
    agree(database, book)


def test_what_comes_after_a_count_and_is_counted_next(
    database: Database, book: Book, moves: Callable[..., None], keep_up: Callable[[], object]
) -> None:
    moves(5, *DAYS)
    keep_up()
    moves(7, *DAYS)  # days that were counted already among them
    agree(database, book)
    keep_up()
    agree(database, book)
    keep_up()
    agree(database, book)


def test_a_root_is_read_from_what_was_counted(
    database: Database,
    owner: psycopg.Connection,
    book: Book,
    moves: Callable[..., None],
    keep_up: Callable[[], object],
) -> None:
    moves(5, DAY)
    keep_up()
    owner.execute("UPDATE account_total SET debit_minor = debit_minor + 1 WHERE tenant_id = %s", [book.tenant_id])
    with database.tenant(book.tenant_id) as tx:
        assert balances.totals(tx, book.parent, roles=frozenset({Role.CLEARING})) != {"BRL": Money(5, "BRL")}
        assert {finding.code for finding in invariants.check(tx) if finding.broken} == {"totals_equal_postings"}


@pytest.mark.parametrize("span", ["day", "month"])
def test_a_total_that_lacks_a_day_or_a_month_is_found(
    database: Database,
    owner: psycopg.Connection,
    book: Book,
    moves: Callable[..., None],
    keep_up: Callable[[], object],
    span: str,
) -> None:
    moves(5, *DAYS)
    keep_up()
    owner.execute(
        "DELETE FROM account_total WHERE tenant_id = %s AND since >= %s", [book.tenant_id, DAY.replace(day=1)]
    )
    moves(5, DAY)
    keep_up()
    owner.execute(
        "DELETE FROM account_total WHERE tenant_id = %s AND span = %s AND since >= %s",
        [book.tenant_id, span, DAY.replace(day=1)],
    )
    with database.tenant(book.tenant_id) as tx:
        broken = {finding.code for finding in invariants.check(tx) if finding.broken}
    assert broken == {"totals_equal_postings", "months_equal_days"}


def test_many_entries_since_the_count(
    database: Database, book: Book, owner: psycopg.Connection, moves: Callable[..., None], keep_up: Callable[[], object]
) -> None:
    moves(5, *DAYS)
    keep_up()
    (before,) = counted(owner, book.parent)
    for _ in range(21):
        moves(1, *DAYS * 10)
    agree(database, book)
    keep_up()
    (after,) = counted(owner, book.parent)
    assert after >= before + 2100
    agree(database, book)


def test_an_entry_that_is_being_posted_is_not_passed_over(
    database: Database, book: Book, moves: Callable[..., None], keep_up: Callable[[], object]
) -> None:
    moves(5, DAY)
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [book.entry((book.placed, 3), (book.receivable, -3))], now=NOW)
        other = book.entry((book.leaves[Role.BANK], 2), (book.leaves[Role.FEES], -2))  # leaves that nobody waits for
        with database.tenant(book.tenant_id) as beside:
            posting.post(beside, [other], now=NOW)
        keep_up()
    agree(database, book)
    keep_up()
    agree(database, book)


def test_a_leaf_in_a_new_currency_is_named_before_it_is_counted(
    database: Database, book: Book, moves: Callable[..., None], keep_up: Callable[[], object]
) -> None:
    moves(5, DAY)
    keep_up()
    with database.tenant(book.tenant_id) as tx:
        accounts.open_child(
            tx,
            parent=accounts.get(tx, book.parent),
            name="Alipay",
            country="CN",
            connection_id="con_2",
            currency="CNY",
            new_id=clock.new_id,
            now=NOW,
        )
        assert balances.totals(tx, book.parent)["CNY"] == Money(0, "CNY")
    agree(database, book)
    moves(5, DAY)
    keep_up()
    agree(database, book)


def test_a_child_that_moves_to_another_root_takes_its_past_along(
    database: Database, book: Book, owner: psycopg.Connection, moves: Callable[..., None], keep_up: Callable[[], object]
) -> None:
    root = Account(
        *(clock.new_id("account"), book.tenant_id, None, book.creditor_id, Role.PARENT, "Second", "EUR"),
        *(None, None, "second"),
    )
    with database.tenant(book.tenant_id) as tx:
        other = accounts.open_account(tx, root, now=NOW)
    moves(5, *DAYS)
    keep_up()
    agree(database, book, book.parent, other)
    with database.tenant(book.tenant_id) as tx:
        account_states.re_parent(tx, book.child, Cause("treasurer", "tests", NOW), parent_id=other, since=DAY)
    assert counted(owner, book.parent, other) == []
    agree(database, book, book.parent, other)
    keep_up()
    assert len(counted(owner, book.parent, other)) == 2
    agree(database, book, book.parent, other)


def test_totals_of_one_tenant_are_not_anothers(
    database: Database,
    book: Book,
    moves: Callable[..., None],
    keep_up: Callable[[], object],
    new_book: Callable[[], Book],
) -> None:
    moves(5, DAY)
    keep_up()
    with database.tenant(new_book().tenant_id) as tx:
        assert balances.totals(tx, book.parent) == {}
