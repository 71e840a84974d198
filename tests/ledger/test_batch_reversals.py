"""Reversals in a batch: at most one of an entry is booked, and what is not booked keeps no other from it later."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.accounts import Role
from domain.journal import JournalEntry, mirror
from domain.money import Money
from ledger import account_states, posting
from ledger.account_states import Cause
from runtime import clock
from store.database import Database
from tests.ledger.conftest import DAY, NOW, Book

Post = Callable[..., list[str]]


@pytest.fixture
def post(database: Database, book: Book) -> Post:
    """Posts a batch; what became of each entry."""

    def posted(*entries: JournalEntry) -> list[str]:
        with database.tenant(book.tenant_id) as tx:
            return [done.code or done.outcome for done in posting.post(tx, entries, now=NOW)]

    return posted


def undo(entry: JournalEntry, key: str) -> JournalEntry:
    return mirror(entry, entry_id=clock.new_id("entry"), key=key, effective_date=DAY)


def test_of_two_reversals_of_one_entry_the_first_is_booked(post: Post, book: Book) -> None:
    entry = book.move(5)
    post(entry)
    assert post(undo(entry, "a"), undo(entry, "b"), undo(entry, "a")) == ["created", "entry_already_reversed", "exists"]


def test_of_two_reversals_in_a_batch_the_second_is_refused_and_its_key_is_free(
    database: Database, post: Post, book: Book
) -> None:
    """Even where limits refuse the first and what came in between made room: asked again, it is booked."""
    entry = book.move(5)
    post(entry, book.entry((book.leaves[Role.CLEARING], -5), (book.placed, 5)))
    with database.tenant(book.tenant_id) as tx:
        account_states.limit(
            tx, book.leaves[Role.CLEARING], Cause("ana", "floor", NOW), floor=Money(0, "BRL"), ceiling=None
        )
    room = book.entry((book.leaves[Role.CLEARING], 5), (book.placed, -5))
    assert post(undo(entry, "a"), room, undo(entry, "b")) == [
        "limit_exceeded",
        "created",
        "entry_already_reversed",
    ]
    assert post(undo(entry, "b")) == ["created"]


def test_a_reversal_whose_key_is_taken_does_not_count_as_one(post: Post, book: Book) -> None:
    entry = book.move(5)
    post(entry, book.move(7, key="taken"))
    assert post(undo(entry, "taken"), undo(entry, "free")) == ["conflict", "created"]
