"""A parent over many leaves: its total and the pages of its statement are what its leaves say one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from domain.account_statements import Line, Period, Place
from domain.accounts import MONEY_ROLES, Account, Role
from domain.money import Money
from ledger import accounts, balances, posting
from ledger.statement_lines import _FEW_LEAVES, lines
from runtime import clock
from store.database import Database
from tests.ledger.conftest import DAY, NOW, Book

WEEK = Period(DAY - timedelta(7), DAY + timedelta(1))
EVERY = frozenset(Role)


def _clearing(database: Database, book: Book, subject: str) -> str:
    account = Account(
        *(clock.new_id("account"), book.tenant_id, book.child, book.creditor_id, Role.CLEARING, subject),
        *("BRL", "BR", None, subject),
    )
    with database.tenant(book.tenant_id) as tx:
        return accounts.open_account(tx, account, now=NOW)


@pytest.fixture
def wide(database: Database, book: Book) -> Book:
    """A book whose child has more leaves than are looked up one by one, with an entry on each over a week."""
    leaves = [_clearing(database, book, f"w{number}") for number in range(_FEW_LEAVES + 5)]
    entries = [
        book.entry((account, 10 + number), (book.receivable, -10 - number), day=DAY - timedelta(number % 7))
        for number, account in enumerate(leaves)
    ]
    outside = book.entry((book.receivable, 3), (book.placed, -3))
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [*entries, outside], now=NOW)
    return book


def paged(database: Database, book: Book, account_id: str, *, limit: int) -> list[Line]:
    """Every line of a week, page by page."""
    found: list[Line] = []
    after: Place | None = None
    while True:
        with database.tenant(book.tenant_id) as tx:
            page = lines(tx, account_id, WEEK, after=after, limit=limit)
        found += page.lines
        if page.more is None:
            return found
        after = page.more


@pytest.mark.parametrize("as_of", [None, *(DAY - timedelta(days) for days in (-1, 0, 1, 3, 6, 7))])
@pytest.mark.parametrize("roles", [None, MONEY_ROLES, frozenset({Role.BANK}), frozenset({Role.RECEIVABLE})])
def test_a_total_is_the_sum_of_the_leaves(
    database: Database, wide: Book, as_of: date | None, roles: frozenset[Role] | None
) -> None:
    with database.tenant(wide.tenant_id) as tx:
        one_by_one = balances.by_currency(balances.of_leaves(tx, [wide.parent], as_of=as_of), roles or EVERY)
        found = balances.totals(tx, wide.parent, roles=roles, as_of=as_of)
    assert found == one_by_one


def test_the_total_of_a_leaf_is_its_balance(database: Database, wide: Book) -> None:
    with database.tenant(wide.tenant_id) as tx:
        assert balances.totals(tx, wide.placed) == {"BRL": Money(-3, "BRL")}


def test_an_account_of_another_tenant_has_no_total(
    database: Database, wide: Book, new_book: Callable[[], Book]
) -> None:
    with database.tenant(new_book().tenant_id) as tx:
        assert balances.totals(tx, wide.parent) == {}


@pytest.mark.parametrize("limit", [7, 50, 1000])
def test_the_pages_of_a_wide_account_hold_every_entry_once_in_order(database: Database, wide: Book, limit: int) -> None:
    found = paged(database, wide, wide.parent, limit=limit)
    assert [line.amount.minor for line in sorted(found, key=lambda line: line.seq)] == list(range(10, 65))
    assert [(line.effective_date, line.seq) for line in found] == sorted(
        (line.effective_date, line.seq) for line in found
    )


def test_a_wide_account_tells_an_entry_as_its_leaf_does(database: Database, wide: Book) -> None:
    (on_parent,) = (line for line in paged(database, wide, wide.parent, limit=50) if line.amount.minor == 10)
    with database.tenant(wide.tenant_id) as tx:
        (entry,) = (one for one in posting.of_source(tx, "src_test") if one.seq == on_parent.seq)
        (on_leaf,) = lines(tx, entry.entry.postings[0].account_id, WEEK).lines
    assert (on_leaf.amount, on_leaf.counterparts) == (on_parent.amount, on_parent.counterparts)
