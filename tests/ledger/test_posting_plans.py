"""What one look at a statement must still find, and what posting costs: the same in a large book as in a small one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from domain.journal import JournalEntry
from ledger import posting
from runtime.postgres import APPLICATION, EmbeddedPostgres
from store.database import Database
from tests.ledger.conftest import NOW, Book

_HEAD = (
    "INSERT INTO journal_entry (id, tenant_id, kind, idem_key, payload_sha256, effective_date, booked_at, postings,"
    " source, memo) VALUES (%(key)s, %(tenant)s, 'test', %(key)s, '', '2026-11-23', now(), %(stated)s, 's', '{}')"
    " RETURNING seq"
)


class Hand:
    """Writes entries line by line as the tables' owner."""

    def __init__(self, owner: psycopg.Connection, book: Book) -> None:
        self.owner = owner
        self.tenant_id = book.tenant_id
        rows = owner.execute("SELECT no FROM account WHERE id IN (%s, %s)", [book.receivable, book.placed])
        self.left, self.right = (no for (no,) in rows.fetchall())

    def head(self, key: str, *, stated: int) -> int:
        values = {"key": f"{key}-{self.tenant_id}", "tenant": self.tenant_id, "stated": stated}
        row = self.owner.execute(_HEAD, values).fetchone()
        assert row is not None
        return int(row[0])

    def lines(self, *lines: tuple[int, int, int, int]) -> None:
        """Postings of any entries in one statement: entry, line, account, amount."""
        values = [(seq, line, self.tenant_id, account, "BRL", amount) for seq, line, account, amount in lines]
        rows = ", ".join(["(%s, %s, %s, %s, %s, %s, '2026-11-23')"] * len(values))
        self.owner.execute(
            "INSERT INTO posting VALUES " + rows,
            [field for row in values for field in row],
        )

    def pair(self, seq: int, *, first: int = 1, amount: int = 5) -> list[tuple[int, int, int, int]]:
        """Two balanced lines of an entry."""
        return [(seq, first, self.left, amount), (seq, first + 1, self.right, -amount)]


@pytest.fixture
def hand(owner: psycopg.Connection, book: Any) -> Hand:
    return Hand(owner, book)


def refused(hand: Hand, write: Callable[[], object]) -> str:
    """The SQL state with which what is written in one transaction is refused, and what is said of it."""

    def written() -> None:
        with hand.owner.transaction():
            write()

    with pytest.raises(psycopg.Error) as caught:
        written()
    return f"{caught.value.sqlstate}: {caught.value}"


def pairs(hand: Hand, *firsts: int, stated: int = 2) -> Callable[[], None]:
    """Writes an entry in pairs of lines, a statement for each, by the number of its first line."""

    def write() -> None:
        seq = hand.head("crooked", stated=stated)
        for first in firsts:
            hand.lines(*hand.pair(seq, first=first))

    return write


def test_lines_count_from_one(hand: Hand) -> None:
    assert "AF002" in refused(hand, pairs(hand, 2))


def test_lines_leave_none_out(hand: Hand) -> None:
    def write() -> None:
        seq = hand.head("gap", stated=2)
        hand.lines((seq, 1, hand.left, 5), (seq, 3, hand.right, -5))

    assert "AF002" in refused(hand, write)


def test_an_entry_of_four_lines_is_not_written_in_two_statements(hand: Hand) -> None:
    assert "AF002" in refused(hand, pairs(hand, 1, 3, stated=4))


def test_a_whole_second_set_of_lines_is_refused(hand: Hand) -> None:
    assert "AF002" in refused(hand, pairs(hand, 1, 3))


def test_a_second_set_under_the_same_lines_is_refused(hand: Hand) -> None:
    assert "23505" in refused(hand, pairs(hand, 1, 1))


def test_postings_of_no_entry_are_refused(hand: Hand) -> None:
    assert "23503" in refused(hand, lambda: hand.lines(*hand.pair(2**40)))


def test_one_crooked_entry_among_many_in_a_statement_is_named(hand: Hand) -> None:
    seqs: list[int] = []

    def write() -> None:
        seqs.extend(hand.head(f"many-{number}", stated=2) for number in range(20))
        straight = [line for seq in seqs[:-1] for line in hand.pair(seq)]
        hand.lines(*straight, (seqs[-1], 1, hand.left, 5), (seqs[-1], 2, hand.right, -4))

    said = refused(hand, write)
    assert said.startswith(f"AF003: entry {seqs[-1]} ")


@pytest.mark.parametrize("state", ["frozen_at", "closed_at"])
def test_an_account_that_takes_nothing_takes_nothing_by_hand(hand: Hand, owner: psycopg.Connection, state: str) -> None:
    owner.execute(f"UPDATE account SET {state} = now() WHERE no = %s", [hand.left])
    assert "AF010" in refused(hand, pairs(hand, 1))


def test_a_temporary_table_does_not_stand_in_for_the_books(hand: Hand, owner: psycopg.Connection) -> None:
    owner.execute("UPDATE account SET frozen_at = now() WHERE no = %s", [hand.left])

    def write() -> None:
        seq = hand.head("shadowed", stated=2)
        owner.execute("CREATE TEMPORARY TABLE account (LIKE public.account) ON COMMIT DROP")
        owner.execute("CREATE TEMPORARY TABLE journal_entry (LIKE public.journal_entry) ON COMMIT DROP")
        hand.lines(*hand.pair(seq))

    assert "AF010" in refused(hand, write)


@pytest.fixture
def connection_of_its_own(postgres: EmbeddedPostgres) -> Iterator[Database]:
    """A pool of one new connection: others hand in late what they counted in earlier tests."""
    opened = Database(postgres.url(APPLICATION), pool_size=1)
    yield opened
    opened.close()


def test_no_statement_of_posting_reads_a_table_from_its_beginning(
    connection_of_its_own: Database, owner: psycopg.Connection, book: Any
) -> None:
    def scans() -> int:
        owner.execute("SELECT pg_stat_force_next_flush()")
        row = owner.execute(
            "SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN"
            " ('journal_entry', 'posting', 'account', 'account_balance', 'account_balance_day')"
        ).fetchone()
        return int(row[0]) if row else -1

    def post(entries: list[JournalEntry]) -> None:
        with connection_of_its_own.tenant(book.tenant_id) as tx:
            posting.post(tx, entries, now=NOW)
            tx.exec_driver_sql("SELECT pg_stat_force_next_flush()")

    post([book.move(1)])
    post([book.move(1), book.move(2)])
    before = scans()
    for _ in range(5):
        post([book.move(1)])
        post([book.move(1), book.move(2)])
    assert scans() == before
