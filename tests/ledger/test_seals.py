"""Seals: whatever is changed behind the book's back is found, and nothing is sealed that something may yet precede."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from activities.seals import SealActivities
from domain.errors import Invalid
from domain.journal import JournalEntry, mirror
from ledger import invariants, posting, seals
from store.database import Database

NOW = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def post(database: Database, book: Any) -> Callable[..., None]:
    def posted(*entries: JournalEntry) -> None:
        with database.tenant(book.tenant_id) as tx:
            assert {done.outcome for done in posting.post(tx, entries, now=NOW)} == {"created"}

    return posted


@pytest.fixture
def seal(database: Database, book: Any) -> Callable[..., list[int]]:
    """Seals, and tells how many entries went into each block."""

    def sealed(block_size: int = 3, at_most: int = 20) -> list[int]:
        with database.tenant(book.tenant_id) as tx:
            return [block.entries for block in seals.seal(tx, now=NOW, block_size=block_size, at_most=at_most)]

    return sealed


@pytest.fixture
def broken(database: Database, book: Any) -> Callable[..., set[str]]:
    """The codes of what verification finds."""

    def found(**named: Any) -> set[str]:
        with database.tenant(book.tenant_id) as tx:
            return {finding.code for finding in seals.verify(tx, **named) if finding.broken}

    return found


@pytest.fixture
def sealed(post: Callable[..., None], seal: Callable[..., list[int]], book: Any) -> Any:
    """A chain of three blocks: seven entries, one of them a reversal, with texts beyond ASCII."""
    first = replace(book.move(1), memo={"by": "João 出口", "note": "a:b"}, source="рейс:1-")
    post(first, *(book.move(minor) for minor in range(2, 7)))
    post(mirror(first, entry_id=book.move(1).id, key="undo", effective_date=first.effective_date))
    assert seal() == [3, 3, 1]
    return book


def test_what_was_posted_is_sealed_in_blocks_and_verifies(sealed: Any, broken: Callable[..., set[str]]) -> None:
    assert sealed
    assert broken() == set()


def test_nothing_is_sealed_twice(sealed: Any, seal: Callable[..., list[int]], post: Callable[..., None]) -> None:
    assert seal() == []
    post(sealed.move(9))
    assert seal() == [1]


@pytest.mark.usefixtures("sealed")
def test_what_is_sealed_later_continues_the_chain(
    seal: Callable[..., list[int]], post: Callable[..., None], book: Any, broken: Callable[..., set[str]]
) -> None:
    post(book.move(9), book.move(10))
    assert (seal(), broken()) == ([2], set())


def test_what_is_left_for_want_of_blocks_is_sealed_next_time(
    seal: Callable[..., list[int]], post: Callable[..., None], book: Any, broken: Callable[..., set[str]]
) -> None:
    post(*(book.move(minor) for minor in range(1, 6)))
    assert (seal(2, 1), seal(2, 1), seal(2, 1), broken()) == ([2], [2], [1], set())


def test_entries_of_other_tenants_are_not_in_the_chain(
    database: Database,
    seal: Callable[..., list[int]],
    post: Callable[..., None],
    book: Any,
    new_book: Callable[[], Any],
    broken: Callable[..., set[str]],
) -> None:
    other = new_book()
    post(book.move(1))
    with database.tenant(other.tenant_id) as tx:
        posting.post(tx, [other.move(1)], now=NOW)
    post(book.move(2))
    assert (seal(), broken()) == ([2], set())


def test_an_empty_book_has_no_seal_and_verifies(
    seal: Callable[..., list[int]], broken: Callable[..., set[str]]
) -> None:
    assert (seal(), broken()) == ([], set())


# Tampering ----------------------------------------------------------------------------------------------------

LAST = "(SELECT max(seq) FROM journal_entry WHERE tenant_id = '{tenant}')"
FIRST = "(SELECT min(seq) FROM journal_entry WHERE tenant_id = '{tenant}')"
CHANGES = [
    f"UPDATE journal_entry SET {change} WHERE seq = {{first}}"
    for change in (
        "id = id || 'x'",
        "tenant_id = tenant_id || 'x'",
        "kind = kind || ' '",
        "idem_key = upper(idem_key) || 'x'",
        "payload_sha256 = set_byte(payload_sha256, 7, (get_byte(payload_sha256, 7) + 1) % 256)",
        "effective_date = effective_date + 1",
        "booked_at = booked_at + interval '1 microsecond'",
        "postings = postings + 1",
        "reverses_seq = -1",
        "source = source || '.'",
        """memo = memo || '{{"by": "Joao"}}'""",
    )
]
CHANGES += [
    f"UPDATE posting SET {change} WHERE entry_seq = {{first}} AND line = 1"
    for change in (
        "entry_seq = entry_seq - 1000000",
        "line = 9",
        "tenant_id = tenant_id || 'x'",
        "account_no = (SELECT max(no) FROM account WHERE tenant_id = '{tenant}')",
        "currency = 'BRX'",
        "amount_minor = amount_minor + 1",
        "effective_date = effective_date + 1",
    )
]
CHANGES += [
    f"UPDATE seal SET {change} WHERE tenant_id = '{{tenant}}' AND seq = 2"
    for change in (
        "seq = 7",
        "from_seq = from_seq - 1",
        "to_seq = to_seq + 1",
        "entries = entries + 1",
        "prev_hash = set_byte(prev_hash, 0, (get_byte(prev_hash, 0) + 1) % 256)",
        "block_hash = set_byte(block_hash, 31, (get_byte(block_hash, 31) + 1) % 256)",
        "sealed_at = sealed_at + interval '1 microsecond'",
        "tenant_id = tenant_id || 'x'",
    )
]
CHANGES += [
    "DELETE FROM journal_entry WHERE seq = {first}",
    "DELETE FROM posting WHERE entry_seq = {first}",
    "DELETE FROM seal WHERE tenant_id = '{tenant}' AND seq = 1",
    "UPDATE account SET id = id || 'x' WHERE tenant_id = '{tenant}' AND role = 'receivable'",
    "UPDATE journal_entry SET idem_key = '' WHERE seq = {last}",
    (
        "INSERT INTO journal_entry (seq, id, tenant_id, kind, idem_key, payload_sha256, effective_date, booked_at,"
        " postings, source, memo) OVERRIDING SYSTEM VALUE SELECT seq - 1000000, 'x', tenant_id, kind, 'x',"
        " payload_sha256, effective_date, booked_at, postings, source, memo FROM journal_entry WHERE seq = {first}"
    ),
]


def tamper(owner: psycopg.Connection, book: Any, change: str) -> None:
    """Change the book as a superuser past every trigger and constraint."""
    first, last = (place.format(tenant=book.tenant_id) for place in (FIRST, LAST))
    statement = change.format(tenant=book.tenant_id, first=first, last=last)
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        assert owner.execute(statement).rowcount  # type: ignore[arg-type]  # written here, from no outside


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_is_found(
    owner: psycopg.Connection, sealed: Any, broken: Callable[..., set[str]], change: str
) -> None:
    tamper(owner, sealed, change)
    assert broken()


def test_every_column_that_is_sealed_is_tampered_with_above(owner: psycopg.Connection) -> None:
    columns = owner.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_name IN ('journal_entry', 'posting', 'seal') AND table_schema = 'public'"
    ).fetchall()
    untouched = [
        (table, column)
        for table, column in columns
        if (table, column) != ("journal_entry", "seq")  # an identity cannot be updated: rows are taken out and put in
        and not any(change.startswith(f"UPDATE {table} SET {column} =") for change in CHANGES)
    ]
    assert untouched == []


def test_a_changed_amount_names_its_entry(owner: psycopg.Connection, sealed: Any, database: Database) -> None:
    tamper(owner, sealed, "UPDATE posting SET amount_minor = amount_minor * 2 WHERE entry_seq = {first}")
    with database.tenant(sealed.tenant_id) as tx:
        found = {finding.code: finding for finding in seals.verify(tx)}
        first = posting.of_source(tx, "рейс:1-")[0].seq
    assert found["payloads_unchanged"].examples == (str(first),)
    assert found["seals_unbroken"].examples == ("1",)


def test_a_chain_forged_from_end_to_end_is_found_by_a_hash_kept_elsewhere(
    owner: psycopg.Connection, sealed: Any, database: Database, seal: Any, broken: Callable[..., set[str]]
) -> None:
    with database.tenant(sealed.tenant_id) as tx:
        kept = seals.head(tx)
    assert kept is not None
    assert broken(anchors=[kept]) == set()
    tamper(owner, sealed, "UPDATE journal_entry SET kind = 'forged' WHERE seq = {first}")
    tamper(owner, sealed, "DELETE FROM seal WHERE tenant_id = '{tenant}'")
    tamper(owner, sealed, "DELETE FROM seal_progress WHERE tenant_id = '{tenant}'")
    seal()
    assert broken(anchors=[kept]) >= {"seals_anchored"}


def test_a_missing_link_is_seen_by_the_everyday_check(
    owner: psycopg.Connection, sealed: Any, database: Database
) -> None:
    tamper(owner, sealed, "DELETE FROM seal WHERE tenant_id = '{tenant}' AND seq = 2")
    with database.tenant(sealed.tenant_id) as tx:
        assert {item.code for item in invariants.check(tx) if item.broken} == {"seals_in_line"}


# What is safe to seal -----------------------------------------------------------------------------------------


def test_nothing_is_sealed_that_an_open_transaction_may_precede(
    database: Database,
    seal: Callable[..., list[int]],
    post: Callable[..., None],
    leaf: Callable[..., str],
    book: Any,
    broken: Callable[..., set[str]],
) -> None:
    left, right = leaf(book, "left"), leaf(book, "right")
    with database.tenant(book.tenant_id) as slow:
        posting.post(slow, [book.entry((left, 1), (right, -1))], now=NOW)  # draws the lower number, commits later
        post(book.move(1))
        assert seal() == []
    assert (seal(), broken()) == ([2], set())


def test_a_note_taken_earlier_is_sealed_while_others_are_at_work(
    database: Database,
    seal: Callable[..., list[int]],
    post: Callable[..., None],
    leaf: Callable[..., str],
    book: Any,
    broken: Callable[..., set[str]],
) -> None:
    left, right = leaf(book, "left"), leaf(book, "right")
    with database.tenant(book.tenant_id) as first:
        posting.post(first, [book.entry((left, 1), (right, -1))], now=NOW)
        post(book.move(1))
        assert seal() == []  # takes the note
        with database.tenant(book.tenant_id) as second:
            second.exec_driver_sql("SELECT pg_current_xact_id()")
            first.commit()
            assert seal() == [2]
    assert broken() == set()


def test_sealing_wants_a_transaction_of_its_own(database: Database, book: Any) -> None:
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [book.move(1)], now=NOW)
        with pytest.raises(Invalid, match="seal_needs_own_transaction"):
            seals.seal(tx, now=NOW)


def test_the_activity_seals_every_tenant(database: Database, post: Callable[..., None], book: Any) -> None:
    post(book.move(1))
    work = SealActivities(database, lambda: NOW)
    for _ in range(100):  # whoever has a transaction open anywhere on the server is waited for
        sealed = work.seal_blocks().entries
        with database.tenant(book.tenant_id) as tx:
            head = seals.head(tx)
        if head is not None and not sealed:
            break
        time.sleep(0.1)
    assert head is not None
    assert head.entries == 1
