"""Reads of a large book: a balance as of a day, a parent consolidated over its children, a page of a statement.

Times are of the product's own functions, from the call to the answer in Python: more than the SQL alone.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import psycopg
from sqlalchemy import Connection

from activities.seals import SealActivities
from benchmarks.book import Book
from benchmarks.sizes import Sizes
from benchmarks.table import Line, Table, percentile
from domain.account_statements import Period, Place
from domain.accounts import MONEY_ROLES
from domain.journal import JournalEntry, Posting
from domain.money import Money
from ledger import balances
from ledger.statement_lines import lines
from runtime import clock
from runtime.postgres import OWNER, EmbeddedPostgres

_BATCH = 1_000
_PART = 20
_DAYS = 90
_FIRST = date(2026, 8, 1)
_LAST = _FIRST + timedelta(_DAYS - 1)
_MOST_MS = 20.0
_PAGE = 50
_SINCE = 250  # four a second for a minute
_BUSY = 0.1  # of all entries are on one child in a hundred
_OPEN_CHILDREN = """
SELECT book_open_account('acc_child' || n, %(parent)s, 'cre', 'child', 'c' || n, 'BRL', false, 'BR', 'con', 'c' || n,
                         now()),
       book_open_account('acc_leaf' || n, 'acc_child' || n, 'cre', 'clearing', 'c', 'BRL', true, 'BR', 'con', '', now())
FROM generate_series(1, %(children)s) n
"""


class LargeBook(Book):
    """A parent over many children, each with a leaf, and entries between them over ninety days."""

    def __init__(self, server: EmbeddedPostgres, sizes: Sizes) -> None:
        super().__init__(server, leaves=2)
        self.chance = random.Random(7)  # noqa: S311 (which account is read is no secret)
        with self.database.tenant(self.tenant_id) as tx:
            tx.exec_driver_sql(_OPEN_CHILDREN, {"parent": self.parent, "children": sizes.children})
        self.children = sizes.children
        loaded = 0
        while loaded < sizes.postings:
            part = [[self.spread() for _ in range(_BATCH)] for _ in range(_PART)]
            loaded += 2 * self.post_all(part).entries

    def spread(self) -> JournalEntry:
        """An entry between two children's leaves; one child in a hundred takes a tenth of all."""
        self.number += 1
        busy = self.chance.random() < _BUSY
        left = self.chance.randrange(self.children // 100 if busy else self.children) + 1
        right = (left + self.number) % self.children + 1
        right = right if right != left else right % self.children + 1
        amount = Money(self.chance.randrange(1, 100_000), "BRL")
        return JournalEntry(
            clock.new_id("entry"),
            "receipt",
            f"k{self.number}",
            _FIRST + timedelta(self.chance.randrange(_DAYS)),
            (Posting(f"acc_leaf{left}", amount), Posting(f"acc_leaf{right}", -amount)),
            f"rcp_{self.number}",
        )

    def day(self) -> date:
        """Any day of those that entries are on."""
        return _FIRST + timedelta(self.chance.randrange(_DAYS))

    def leaf(self) -> str:
        """Any leaf."""
        return f"acc_leaf{self.chance.randrange(self.children) + 1}"


def main(server: EmbeddedPostgres, sizes: Sizes, table: Table) -> None:
    """Load, let the server gather its statistics and its pages as it does in time, keep the book, and read."""
    book = LargeBook(server, sizes)
    _settle(server)
    _keep(book, table)
    month = Period(_FIRST + timedelta(30), _FIRST + timedelta(59))
    reads: dict[str, tuple[float | None, Callable[[Connection], object]]] = {
        "balance of a leaf": (1.0, lambda tx: balances.of_leaf(tx, book.leaf())),
        "balance of a leaf as of a day": (1.0, lambda tx: balances.of_leaf(tx, book.leaf(), as_of=book.day())),
        f"parent over {book.children:,} children": (
            1.0,
            lambda tx: balances.totals(tx, book.parent, roles=MONEY_ROLES),
        ),
        "the same as of the day before the last": (
            1.0,
            lambda tx: balances.totals(tx, book.parent, roles=MONEY_ROLES, as_of=_LAST - timedelta(1)),
        ),
        "the same as of any day": (
            1.0,
            lambda tx: balances.totals(tx, book.parent, roles=MONEY_ROLES, as_of=book.day()),
        ),
        f"page of {_PAGE}, statement of a leaf": (1.0, lambda tx: lines(tx, book.leaf(), month, limit=_PAGE)),
        f"page of {_PAGE}, statement of a busy child": (
            1.0,
            lambda tx: lines(tx, f"acc_child{book.chance.randrange(1, book.children // 100)}", month, limit=_PAGE),
        ),
        f"page of {_PAGE}, statement of the parent": (1.0, partial(_later_page, book=book, month=month)),
    }
    table.heading(f"Reads at {2 * book.number:,} postings: how long 99 of 100 take at most")
    table.note(f"{_SINCE} entries were posted since the book was last kept, as its schedule does every minute")
    for what, (target, read) in reads.items():
        times = [_timed(book, read) for _ in range(sizes.reads)]
        high, middle = percentile(times, 0.99), percentile(times, 0.5)
        beside = f"{_MOST_MS:.0f} ms (median {middle:.1f} ms)"
        table.add(Line(what, f"{high:.1f} ms", beside, high / _MOST_MS, target, most=True))
    book.check()


def _later_page(tx: Connection, *, book: LargeBook, month: Period) -> object:
    """A page of the parent from anywhere in the month."""
    after = Place(month.first + timedelta(book.chance.randrange(30)), 0)
    return lines(tx, book.parent, month, limit=_PAGE, after=after)


def _timed(book: LargeBook, read: Callable[[Connection], object]) -> float:
    with book.database.tenant(book.tenant_id) as tx:
        started = time.perf_counter()
        read(tx)
        return (time.perf_counter() - started) * 1000


def _keep(book: LargeBook, table: Table) -> None:
    """What the book's schedule does by itself every minute; then some entries, as a busy minute brings."""
    upkeep = SealActivities(book.database, clock.now)
    started, sealed = time.perf_counter(), 0
    while made := upkeep.seal_blocks().entries:
        sealed += made
    table.note(f"the book was kept once: {sealed:,} entries sealed in {time.perf_counter() - started:.0f} s")
    book.post_all([[book.spread() for _ in range(_SINCE)]])


def _settle(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url(OWNER).replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        connection.execute(
            "SELECT pg_prewarm(oid::regclass) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')"
        )
