"""One entry alone: posted by the short way where nothing is to be said about it, else judged as in a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.accounts import Account, Role
from domain.journal import JournalEntry, Posting
from domain.money import Money
from ledger import accounts, balances, posting
from runtime import clock
from store.database import Database
from tests.ledger.conftest import NOW


@pytest.fixture
def post(database: Database, book: Any) -> Callable[[JournalEntry], list[str]]:
    """Posts one entry in a transaction and tells the outcome, or the code of what was refused."""

    def posted(entry: JournalEntry) -> list[str]:
        with database.tenant(book.tenant_id) as tx:
            return [done.code or done.outcome for done in posting.post(tx, [entry], now=NOW)]

    return posted


@pytest.mark.parametrize("name", ['a "quoted" one', "back\\slash", "{a,b}", "NULL", "口座"])
def test_an_account_may_have_any_name(database: Database, post: Callable[..., list[str]], book: Any, name: str) -> None:
    account_id = f"{name} {book.tenant_id}"
    leaf = Account(
        *(account_id, book.tenant_id, book.child, book.creditor_id, Role.SUSPENSE, "n", "BRL", "BR", None, "named")
    )
    with database.tenant(book.tenant_id) as tx:
        accounts.open_account(tx, leaf, now=NOW)
    assert post(book.entry((account_id, 5), (book.receivable, -5))) == ["created"]
    with database.tenant(book.tenant_id) as tx:
        assert balances.of_leaf(tx, account_id) == Money(5, "BRL")


def ways(book: Any) -> dict[str, JournalEntry]:
    """Entries of which something is to be said, and one of which nothing is, by what is said."""
    usual = book.move(5)
    unbalanced = replace(usual, id=clock.new_id("entry"), key="unbalanced")
    object.__setattr__(unbalanced, "postings", (usual.postings[0], Posting(book.placed, Money(-4, "BRL"))))
    nothing = replace(usual, id=clock.new_id("entry"), key="nothing")
    object.__setattr__(nothing, "postings", (*usual.postings, Posting(book.placed, Money(0, "BRL"))))
    alone = replace(usual, id=clock.new_id("entry"), key="alone")
    object.__setattr__(alone, "postings", usual.postings[:1])
    return {
        "created": usual,
        "entry_unbalanced": unbalanced,
        "posting_zero": nothing,
        "entry_incomplete": alone,
        "account_not_postable": book.entry(("acc_none", 5), (book.placed, -5)),
        "posting_wrong_currency": book.entry((book.receivable, 5), (book.placed, -5), currency="USD"),
        "reversed_entry_unknown": replace(book.move(5), reverses="ent_none"),
    }


def test_an_entry_alone_is_judged_as_in_a_batch(
    database: Database, new_book: Callable[[], Any], post: Callable[..., list[str]], book: Any
) -> None:
    assert {said: post(entry) for said, entry in ways(book).items()} == {said: [said] for said in ways(book)}
    beside = new_book()
    with database.tenant(beside.tenant_id) as tx:
        done = posting.post(tx, list(ways(beside).values()), now=NOW)
    assert [one.code or one.outcome for one in done] == list(ways(beside))


def test_the_short_way_is_for_what_nothing_is_to_be_said_about(database: Database, book: Any) -> None:
    with database.tenant(book.tenant_id) as tx:
        short = {said: bool(posting.post_plainly(tx, entry, now=NOW)) for said, entry in ways(book).items()}
        twice = book.entry((book.receivable, 5), (book.receivable, 4), (book.placed, -9))
        assert not posting.post_plainly(tx, twice, now=NOW)
        written = tx.exec_driver_sql("SELECT count(*) FROM journal_entry").scalar_one()
    assert (short, written) == ({said: said == "created" for said in short}, 1)


def test_an_account_stands_twice_in_an_entry(database: Database, post: Callable[..., list[str]], book: Any) -> None:
    assert post(book.entry((book.receivable, 5), (book.receivable, 4), (book.placed, -9))) == ["created"]
    with database.tenant(book.tenant_id) as tx:
        assert (balances.of_leaf(tx, book.receivable).minor, balances.of_leaf(tx, book.placed).minor) == (9, -9)
