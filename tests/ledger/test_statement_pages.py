"""Pages of a statement: whichever way they are found, they are the entries that the plain way finds, in its order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from domain.account_statements import Period, Place
from domain.accounts import MONEY_ROLES, Role
from ledger import posting, statement_lines
from store.database import Database
from tests.ledger.conftest import NOW, Book

pytestmark = pytest.mark.servers

FIRST = date(2026, 11, 1)
ROLES = (Role.CLEARING, Role.BANK, Role.FEES, Role.SUSPENSE)
# Every posting at or below the account on money held, looked up for its entry.
PLAIN = text(
    "SELECT DISTINCT e.effective_date, e.seq FROM journal_entry e JOIN posting p ON p.entry_seq = e.seq"
    " JOIN account a ON a.no = p.account_no JOIN account_closure c ON c.descendant_no = a.no"
    " JOIN account r ON r.no = c.ancestor_no WHERE r.id = :account AND (r.is_leaf OR a.role = ANY (:roles))"
    " AND e.effective_date >= :first AND e.effective_date < :until"
    " AND e.booked_at <= coalesce(CAST(:known AS timestamptz), 'infinity')"
    " ORDER BY 1, 2"
)
MONEY = sorted(role.value for role in MONEY_ROLES)
moves = st.tuples(
    st.integers(-2, 4),  # effective days around the period
    st.integers(0, 2),  # hours until it is booked: days do not come in the order of booking
    st.sampled_from(ROLES),
    st.sampled_from(ROLES),
    st.integers(1, 50),
)


def plain(tx: Connection, account_id: str, period: Period, known: datetime | None) -> list[Place]:
    asked = {"account": account_id, "roles": MONEY, "first": period.first, "until": period.until, "known": known}
    return [Place(day, seq) for day, seq in tx.execute(PLAIN, asked)]


def paged(tx: Connection, account_id: str, period: Period, known: datetime | None, limit: int) -> list[Place]:
    """Every entry, page by page; each page but the last is full."""
    found: list[Place] = []
    after: Place | None = None
    while True:
        page = statement_lines.lines(tx, account_id, period, known_at=known, after=after, limit=limit)
        places = [Place(line.effective_date, line.seq) for line in page.lines]
        found += places
        if page.more is None:
            return found
        assert len(places) == limit
        assert page.more == places[-1]
        after = page.more


@given(
    history=st.lists(moves, max_size=14),
    days=st.integers(1, 4),
    hours=st.none() | st.integers(0, 2),
    limit=st.integers(1, 4),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_pages_are_what_the_plain_way_finds(
    new_book: Callable[[], Book],
    database: Database,
    history: list[tuple[int, int, Role, Role, int]],
    days: int,
    hours: int | None,
    limit: int,
) -> None:
    book = new_book()
    for day, hour, left, right, minor in history:
        end = book.receivable if left is right else book.leaves[right]
        entry = book.entry((book.leaves[left], minor), (end, -minor), day=FIRST + timedelta(day))
        with database.tenant(book.tenant_id) as tx:
            posting.post(tx, [entry], now=NOW + timedelta(hours=hour))
    period = Period(FIRST, FIRST + timedelta(days))
    known = None if hours is None else NOW + timedelta(hours=hours)
    with database.tenant(book.tenant_id) as tx:
        for account_id in (book.parent, book.child, *book.leaves.values(), book.receivable):
            expected = plain(tx, account_id, period, known)
            for few in (0, 50):  # along the tenant's entries; from the leaves
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(statement_lines, "_FEW_LEAVES", few)
                    assert paged(tx, account_id, period, known, limit) == expected


def test_an_entry_with_two_postings_on_a_leaf_takes_one_place(database: Database, book: Book) -> None:
    leaf = book.leaves[Role.BANK]
    entries = [book.entry((leaf, 3), (leaf, 4), (book.receivable, -7)) for _ in range(3)]
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, entries, now=NOW)
        page = statement_lines.lines(tx, leaf, Period(entries[0].effective_date, date(2027, 1, 1)), limit=2)
    assert [line.amount.minor for line in page.lines] == [7, 7]
    assert page.more is not None
