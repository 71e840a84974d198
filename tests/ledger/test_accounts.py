"""Opening accounts: once in each place, leaves under their child, and a tree that holds together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.accounts import CHILD_LEAVES, Role
from domain.errors import NotFound
from ledger import accounts, invariants
from runtime import clock
from store.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_child_account_has_a_leaf_of_every_role(book: Any) -> None:
    assert set(book.leaves) == set(CHILD_LEAVES)


def test_the_tree_lists_each_parent_before_its_children(database: Database, book: Any) -> None:
    with database.tenant(book.tenant_id) as tx:
        found = accounts.subtree(tx, [book.parent])
    assert [account.id for account in found[:2]] == [book.parent, book.child]
    seen: set[str] = set()
    for account in found:
        assert account.parent_id is None or account.parent_id in seen
        seen.add(account.id)


def test_what_debtors_owe_is_no_part_of_the_parent_account(database: Database, book: Any) -> None:
    with database.tenant(book.tenant_id) as tx:
        assert book.receivable not in {account.id for account in accounts.subtree(tx, [book.parent])}


def test_opening_again_finds_what_stands(database: Database, book: Any) -> None:
    assert open_again(database, book) == (book.receivable, book.placed)


def test_two_at_once_open_one_account(database: Database, new_book: Callable[[], Any]) -> None:
    book = new_book()
    with ThreadPoolExecutor(2) as pool:
        opened = set(pool.map(lambda _: open_again(database, book, loan="loan_2"), range(4)))
    assert len(opened) == 1
    with database.tenant(book.tenant_id) as tx:
        assert not [finding for finding in invariants.check(tx) if finding.broken]


def test_an_account_of_another_tenant_is_unknown(database: Database, new_book: Callable[[], Any], book: Any) -> None:
    with database.tenant(new_book().tenant_id) as tx:
        with pytest.raises(NotFound, match="account_unknown"):
            accounts.get(tx, book.parent)
        with pytest.raises(NotFound, match="account_unknown"):
            accounts.root_of(tx, book.creditor_id, Role.PARENT)


def open_again(database: Database, book: Any, *, loan: str = "loan_1") -> tuple[str, str]:
    with database.tenant(book.tenant_id) as tx:
        return accounts.open_receivable(
            tx,
            tenant_id=book.tenant_id,
            creditor_id=book.creditor_id,
            country="BR",
            currency="BRL",
            loan_id=loan,
            contract_no="BR-1",
            new_id=clock.new_id,
            now=NOW,
        )
