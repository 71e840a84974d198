"""The book written by hand, as the tables' owner and as the application: the database itself refuses what is wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import psycopg
import pytest

from ledger import invariants, posting
from store.database import Database

_keys = itertools.count()
Line = tuple[int, str, int]  # account number, currency, amount
_NONE: Mapping[int, int] = MappingProxyType({})


class Hand:
    """Writes entries and postings with plain SQL, one transaction each."""

    def __init__(self, owner: psycopg.Connection, tenant_id: str) -> None:
        self.owner = owner
        self.tenant_id = tenant_id

    def number(self, account_id: str) -> int:
        row = self.owner.execute("SELECT no FROM account WHERE id = %s", [account_id]).fetchone()
        assert row is not None
        return int(row[0])

    def entry(
        self,
        *statements: Sequence[Line],
        stated: int | None = None,
        reverses: int | None = None,
        key: str = "",
        tenant_of_postings: str = "",
        astray: Mapping[int, int] = _NONE,
    ) -> int:
        """One entry whose postings are written in one statement for each group of lines."""
        with self.owner.transaction():
            count = sum(len(lines) for lines in statements) if stated is None else stated
            seq = self._head(count, reverses=reverses, key=key)
            offset = 0
            for lines in statements:
                self.postings(seq, lines, offset=offset, tenant_id=tenant_of_postings, astray=astray)
                offset += len(lines)
        return seq

    def _head(self, count: int, *, reverses: int | None, key: str) -> int:
        name = key or f"by-hand-{self.tenant_id}-{next(_keys)}"
        row = self.owner.execute(
            "INSERT INTO journal_entry (id, tenant_id, kind, idem_key, payload_sha256, effective_date, booked_at,"
            " postings, reverses_seq, source, memo) VALUES (%s, %s, 'test', %s, '', now(), now(), %s, %s, 's', '{}')"
            " RETURNING seq",
            [f"ent_{self.tenant_id}_{next(_keys)}", self.tenant_id, name, count, reverses],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def postings(
        self,
        seq: int,
        lines: Sequence[Line],
        *,
        offset: int = 0,
        tenant_id: str = "",
        astray: Mapping[int, int] = _NONE,
    ) -> None:
        """Postings of an entry in one statement; ``astray`` are so many days off the entry's (which is today)."""
        values: list[Any] = []
        for line, (account, currency, amount) in enumerate(lines, start=1 + offset):
            values += [seq, line, tenant_id or self.tenant_id, account, currency, amount, astray.get(line, 0)]
        rows = ", ".join(["(%s, %s, %s, %s, %s, %s, current_date + %s)"] * len(lines))
        self.owner.execute(
            "INSERT INTO posting VALUES " + rows,
            values,
        )


@pytest.fixture
def hand(owner: psycopg.Connection, book: Any) -> Hand:
    return Hand(owner, book.tenant_id)


@pytest.fixture
def two(hand: Hand, book: Any) -> tuple[int, int]:
    """The numbers of two leaves in reais."""
    return hand.number(book.receivable), hand.number(book.placed)


def refused(action: Callable[[], object]) -> str:
    """The SQL state with which the database refuses."""
    with pytest.raises(psycopg.Error) as caught:
        action()
    return caught.value.sqlstate or ""


def test_a_balanced_entry_is_taken_even_by_hand(hand: Hand, two: tuple[int, int]) -> None:
    assert hand.entry([(two[0], "BRL", 5), (two[1], "BRL", -5)])


def test_an_unbalanced_entry_is_refused(hand: Hand, two: tuple[int, int]) -> None:
    assert refused(lambda: hand.entry([(two[0], "BRL", 5), (two[1], "BRL", -4)])) == "AF003"


def test_an_entry_of_one_posting_is_refused(hand: Hand, two: tuple[int, int]) -> None:
    assert refused(lambda: hand.entry([(two[0], "BRL", 5)])) == "23514"
    assert refused(lambda: hand.entry([(two[0], "BRL", 5)], stated=2)) == "AF002"


def test_an_entry_without_postings_does_not_commit(hand: Hand) -> None:
    assert refused(lambda: hand.entry(stated=2)) == "AF002"


def test_a_posting_of_nothing_is_refused(hand: Hand, two: tuple[int, int]) -> None:
    assert refused(lambda: hand.entry([(two[0], "BRL", 0), (two[1], "BRL", 0)])) == "23514"


def test_postings_of_one_entry_are_written_in_one_statement(hand: Hand, two: tuple[int, int]) -> None:
    assert refused(lambda: hand.entry([(two[0], "BRL", 5)], [(two[1], "BRL", -5)])) == "AF002"


def test_an_entry_that_stands_takes_no_more_postings(hand: Hand, two: tuple[int, int]) -> None:
    seq = hand.entry([(two[0], "BRL", 5), (two[1], "BRL", -5)])
    assert refused(lambda: hand.postings(seq, [(two[0], "BRL", 1), (two[1], "BRL", -1)], offset=2)) == "AF002"


def test_a_node_takes_no_postings(hand: Hand, book: Any, two: tuple[int, int]) -> None:
    node = hand.number(book.child)
    assert refused(lambda: hand.entry([(node, "BRL", 5), (two[1], "BRL", -5)])) == "23503"


def test_a_leaf_takes_no_other_currency(hand: Hand, two: tuple[int, int]) -> None:
    assert refused(lambda: hand.entry([(two[0], "USD", 5), (two[1], "USD", -5)])) == "23503"


def test_an_account_of_another_tenant_takes_no_postings(
    hand: Hand, new_book: Callable[[], Any], two: tuple[int, int]
) -> None:
    stranger = hand.number(new_book().receivable)
    assert refused(lambda: hand.entry([(stranger, "BRL", 5), (two[1], "BRL", -5)])) == "23503"


def test_postings_belong_to_the_tenant_of_their_entry(hand: Hand, new_book: Callable[[], Any]) -> None:
    other = new_book()
    lines = [(hand.number(other.receivable), "BRL", 5), (hand.number(other.placed), "BRL", -5)]
    assert refused(lambda: hand.entry(lines, tenant_of_postings=other.tenant_id)) == "AF009"


@pytest.mark.parametrize("astray", [{1: 1}, {1: -1}, {2: 1}, {2: -1}, {1: 1, 2: 1}])
def test_postings_are_on_the_day_of_their_entry(hand: Hand, two: tuple[int, int], astray: dict[int, int]) -> None:
    lines = [(two[0], "BRL", 5), (two[1], "BRL", -5)]
    assert refused(lambda: hand.entry(lines, astray=astray)) == "AF014"


def test_a_posting_has_a_day(owner: psycopg.Connection, hand: Hand, two: tuple[int, int]) -> None:
    seq = hand.entry([(two[0], "BRL", 5), (two[1], "BRL", -5)])
    without = (
        "INSERT INTO posting SELECT entry_seq, 3, tenant_id, account_no, currency, 1 FROM posting WHERE entry_seq = %s"
    )
    assert refused(lambda: owner.execute(without, [seq])) == "23502"


BOOK = ("posting", "journal_entry", "account", "account_event", "account_parent_history", "reservation")
KEPT = (*BOOK, "reservation_step", "seal", "timeline", "case_turn", "allocation", "reversal")


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "TRUNCATE {table} CASCADE"])
@pytest.mark.usefixtures("book")
def test_nothing_is_taken_out(owner: psycopg.Connection, table: str, statement: str) -> None:
    assert refused(lambda: owner.execute(statement.format(table=table).encode())) == "AF001"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE posting SET amount_minor = amount_minor + 1",
        "UPDATE ONLY posting SET line = line WHERE false",
        "UPDATE journal_entry SET kind = 'other'",
        "UPDATE account_event SET actor = 'nobody'",
        "UPDATE account_parent_history SET since = '0001-01-01'",
        "UPDATE reservation_step SET at = now()",
        "UPDATE seal SET block_hash = ''",
        "UPDATE timeline SET actor = 'nobody'",
        "UPDATE case_turn SET case_id = case_id",
        "INSERT INTO posting VALUES (1, 1, '', 1, '', 1, now()) ON CONFLICT (entry_seq, line) DO UPDATE SET line = 2",
        "INSERT INTO seal VALUES ('', 1, 1, 1, 1, '', '', now()) ON CONFLICT (tenant_id, seq) DO UPDATE SET seq = 9",
        (
            "MERGE INTO posting p USING (SELECT 1 AS seq) s ON p.entry_seq = s.seq"
            " WHEN MATCHED THEN UPDATE SET amount_minor = 9"
        ),
        "MERGE INTO journal_entry e USING (SELECT 1 AS seq) s ON e.seq = s.seq WHEN MATCHED THEN DELETE",
        "WITH gone AS (DELETE FROM posting RETURNING *) SELECT count(*) FROM gone",
    ],
)
@pytest.mark.usefixtures("book")
def test_what_is_written_stays_as_it_is(owner: psycopg.Connection, statement: str) -> None:
    assert refused(lambda: owner.execute(statement.encode())) == "AF001"


@pytest.mark.parametrize(
    "change",
    [
        "id = 'acc_other'",
        "tenant_id = 'ten_other'",
        "creditor_id = 'cre_other'",
        "role = 'suspense'",
        "name = 'another'",
        "currency = 'USD'",
        "is_leaf = NOT is_leaf",
        "country = 'XX'",
        "connection_id = 'con_other'",
        "subject = 'another'",
        "opened_at = opened_at - interval '1 day'",
    ],
)
def test_an_account_stays_what_it_was_opened_as(owner: psycopg.Connection, book: Any, change: str) -> None:
    statement = f"UPDATE account SET {change} WHERE id = %s"
    assert refused(lambda: owner.execute(statement.encode(), [book.placed])) == "AF001"


def test_an_account_has_its_number_for_ever(owner: psycopg.Connection, book: Any) -> None:
    assert refused(lambda: owner.execute("UPDATE account SET no = DEFAULT WHERE id = %s", [book.placed])) == "AF001"
    assert refused(lambda: owner.execute("UPDATE account SET no = 1 WHERE id = %s", [book.placed])) == "428C9"


def test_postings_that_are_copied_in_are_judged_alike(owner: psycopg.Connection, hand: Hand, two: Any) -> None:
    def copied(*amounts: int) -> None:
        with owner.transaction():
            seq = hand._head(2, reverses=None, key="")
            with owner.cursor().copy("COPY posting FROM STDIN") as copy:
                for line, (account, amount) in enumerate(zip(two, amounts, strict=True), start=1):
                    copy.write_row((seq, line, hand.tenant_id, account, "BRL", amount, "today"))

    copied(5, -5)
    assert refused(lambda: copied(5, -4)) == "AF003"


def test_a_line_stands_once_in_an_entry(hand: Hand, two: tuple[int, int]) -> None:
    seq = hand.entry([(two[0], "BRL", 5), (two[1], "BRL", -5)])
    assert refused(lambda: hand.postings(seq, [(two[0], "BRL", 1), (two[1], "BRL", -1)])) == "23505"


def test_an_entry_has_its_number_once_and_draws_it(owner: psycopg.Connection, hand: Hand, two: Any) -> None:
    seq = hand.entry([(two[0], "BRL", 5), (two[1], "BRL", -5)])
    again = (
        "INSERT INTO journal_entry (seq, id, tenant_id, kind, idem_key, payload_sha256, effective_date, booked_at,"
        " postings, source, memo) {} SELECT seq, 'x', tenant_id, kind, 'x', '', effective_date, booked_at, 2, '', memo"
        " FROM journal_entry WHERE seq = %s"
    )
    assert refused(lambda: owner.execute(again.format("").encode(), [seq])) == "428C9"
    assert refused(lambda: owner.execute(again.format("OVERRIDING SYSTEM VALUE").encode(), [seq])) == "23505"


def test_constraints_that_are_put_off_are_not_put_aside(owner: psycopg.Connection, hand: Hand) -> None:
    def empty() -> None:
        with owner.transaction():
            owner.execute("SET CONSTRAINTS ALL DEFERRED")
            hand.entry(stated=2)

    assert refused(empty) == "AF002"


def test_only_an_entry_that_stands_is_reversed(hand: Hand, two: tuple[int, int]) -> None:
    lines = [(two[0], "BRL", 5), (two[1], "BRL", -5)]
    assert refused(lambda: hand.entry(lines, reverses=-1)) == "23503"


def test_an_entry_of_another_tenant_is_not_reversed(
    owner: psycopg.Connection, hand: Hand, new_book: Callable[[], Any], two: tuple[int, int]
) -> None:
    other = new_book()
    stranger = Hand(owner, other.tenant_id)
    theirs = [(stranger.number(other.receivable), "BRL", 5), (stranger.number(other.placed), "BRL", -5)]
    seq = stranger.entry(theirs)
    assert refused(lambda: hand.entry([(two[0], "BRL", -5), (two[1], "BRL", 5)], reverses=seq)) == "AF004"


@pytest.mark.parametrize("state", ["frozen_at", "closed_at"])
def test_an_account_that_is_frozen_or_closed_takes_nothing(
    owner: psycopg.Connection, hand: Hand, two: tuple[int, int], state: str
) -> None:
    owner.execute(f"UPDATE account SET {state} = now() WHERE no = %s".encode(), [two[1]])
    assert refused(lambda: hand.entry([(two[0], "BRL", 5), (two[1], "BRL", -5)])) == "AF010"


def test_an_account_may_be_closed(owner: psycopg.Connection, book: Any) -> None:
    closed = owner.execute("UPDATE account SET closed_at = now() WHERE id = %s", [book.placed])
    assert closed.rowcount == 1


def test_a_reversal_that_is_no_mirror_is_refused(hand: Hand, two: tuple[int, int]) -> None:
    seq = hand.entry([(two[0], "BRL", 5), (two[1], "BRL", -5)])
    assert refused(lambda: hand.entry([(two[0], "BRL", -4), (two[1], "BRL", 4)], reverses=seq)) == "AF004"
    assert refused(lambda: hand.entry([(two[0], "BRL", 5), (two[1], "BRL", -5)], reverses=seq)) == "AF004"


def test_an_entry_is_reversed_once(hand: Hand, two: tuple[int, int]) -> None:
    seq = hand.entry([(two[0], "BRL", 5), (two[1], "BRL", -5)])
    undone = [(two[0], "BRL", -5), (two[1], "BRL", 5)]
    assert hand.entry(undone, reverses=seq)
    assert refused(lambda: hand.entry(undone, reverses=seq)) == "23505"


def test_a_key_is_used_once_in_a_tenant(hand: Hand, two: tuple[int, int]) -> None:
    lines = [(two[0], "BRL", 5), (two[1], "BRL", -5)]
    assert hand.entry(lines, key="once")
    assert refused(lambda: hand.entry(lines, key="once")) == "23505"


def test_an_account_hangs_on_a_node_of_its_own_tenant(
    owner: psycopg.Connection, book: Any, new_book: Callable[[], Any], hand: Hand
) -> None:
    def under(parent: int) -> Callable[[], object]:
        return lambda: owner.execute(
            "INSERT INTO account (id, tenant_id, parent_no, creditor_id, role, name, currency, is_leaf, subject,"
            " opened_at) VALUES (%s, %s, %s, %s, 'bank', 'n', 'BRL', true, 'x', now())",
            [f"acc_{next(_keys)}", book.tenant_id, parent, book.creditor_id],
        )

    assert refused(under(hand.number(new_book().child))) == "AF005"
    assert refused(under(hand.number(book.placed))) == "AF005"


def test_what_a_hand_did_to_a_balance_is_found(owner: psycopg.Connection, database: Database, book: Any) -> None:
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [book.move(100)], now=datetime(2026, 11, 23, 12, tzinfo=UTC))
    owner.execute("UPDATE account_balance SET debit_minor = debit_minor + 1 WHERE tenant_id = %s", [book.tenant_id])
    with database.tenant(book.tenant_id) as tx:
        broken = {finding.code for finding in invariants.check(tx) if finding.broken}
    assert broken == {"balances_equal_postings", "days_equal_balances"}
