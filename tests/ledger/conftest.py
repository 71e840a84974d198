"""What tests of the book share: a small tree of accounts in a tenant, and the book as its owner sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import psycopg
import pytest

from domain.accounts import Account, Role
from domain.journal import JournalEntry, Posting
from domain.money import Money
from ledger import accounts
from runtime import clock
from runtime.postgres import DATABASE, OWNER, EmbeddedPostgres
from store.database import Database

pytest.register_assert_rewrite("tests.ledger.machine")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Book:
    """A creditor's accounts in a tenant: a parent, a child in reais with its leaves, a loan's two leaves."""

    tenant_id: str
    creditor_id: str
    parent: str
    child: str
    leaves: dict[Role, str]
    receivable: str
    placed: str

    def entry(self, *lines: tuple[str, int], key: str = "", day: date = DAY, currency: str = "BRL") -> JournalEntry:
        """A balanced entry over leaf accounts."""
        postings = tuple(Posting(account, Money(minor, currency)) for account, minor in lines)
        entry_id = clock.new_id("entry")
        return JournalEntry(entry_id, "test", key or entry_id, day, postings, "src_test")

    def move(self, minor: int, *, key: str = "", day: date = DAY) -> JournalEntry:
        """So much from the debtor into clearing."""
        return self.entry((self.leaves[Role.CLEARING], minor), (self.receivable, -minor), key=key, day=day)


def found_book(database: Database, tenant_id: str) -> Book:
    """Opens a book in a tenant."""
    creditor_id = clock.new_id("creditor")
    with database.tenant(tenant_id) as tx:
        parent = accounts.open_parent(
            tx,
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            name="Aurora",
            currency="USD",
            new_id=clock.new_id,
            now=NOW,
        )
        child = accounts.open_child(
            tx,
            parent=accounts.get(tx, parent),
            name="Pix",
            country="BR",
            connection_id="con_1",
            currency="BRL",
            new_id=clock.new_id,
            now=NOW,
        )
        receivable, placed = accounts.open_receivable(
            tx,
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            country="BR",
            currency="BRL",
            loan_id="loan_1",
            contract_no="BR-1",
            new_id=clock.new_id,
            now=NOW,
        )
        return Book(tenant_id, creditor_id, parent, child, accounts.leaves_of(tx, child), receivable, placed)


@pytest.fixture
def new_book(database: Database, new_tenant: Callable[[], str]) -> Callable[[], Book]:
    """Opens a book in a tenant of its own."""
    return lambda: found_book(database, new_tenant())


@pytest.fixture
def book(new_book: Callable[[], Book]) -> Book:
    return new_book()


@pytest.fixture
def leaf(database: Database) -> Callable[..., str]:
    """Opens one more leaf under a book's child account."""

    def open_leaf(book: Book, subject: str) -> str:
        account = Account(
            clock.new_id("account"),
            book.tenant_id,
            book.child,
            book.creditor_id,
            Role.SUSPENSE,
            subject,
            "BRL",
            "BR",
            None,
            subject,
        )
        with database.tenant(book.tenant_id) as tx:
            return accounts.open_account(tx, account, now=NOW)

    return open_leaf


@pytest.fixture
def owner(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    """The owner of the tables by hand: nothing but the database's own constraints stands in the way."""
    info = f"host={postgres.socket_folder} user={OWNER} dbname={DATABASE}"
    with psycopg.connect(info, autocommit=True) as connection:
        yield connection
