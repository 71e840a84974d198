"""Two tenants: through no door of the book does one reach what is the other's, not even by the same names and keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from domain.accounts import Account, Role
from domain.errors import AfluenteError
from domain.journal import JournalEntry, mirror
from domain.money import Money
from domain.reservations import Reservation
from ledger import account_states, accounts, balances, posting, reservations, reversals, seals
from ledger.account_states import Cause
from runtime import clock
from store.database import Database
from tests.ledger.book_state import state
from tests.ledger.conftest import DAY, NOW, Book

WHY = Cause("ana", "stranger", NOW)
LATER = NOW + timedelta(hours=1)
TABLES = (
    *("account", "account_balance", "account_balance_day", "account_closure", "account_event"),
    *("account_parent_history", "journal_entry", "posting", "reservation", "reservation_step", "seal", "seal_progress"),
)


@dataclass(frozen=True)
class Side:
    """A tenant's book with an entry, a reservation that is open, one that was voided, a move and a seal."""

    book: Book
    entry: JournalEntry
    held: str
    node: str


@pytest.fixture
def settled(database: Database, new_book: Callable[[], Book]) -> Callable[[], Side]:
    def made() -> Side:
        book = new_book()
        entry = book.move(100, key="entry")
        with database.tenant(book.tenant_id) as tx:
            posting.post_one(tx, entry, now=NOW)
            held, gone = (reservations.reserve(tx, promise(book, key), now=NOW) for key in ("held", "gone"))
            reservations.void(tx, gone, key="void", now=NOW)
            parent = accounts.get(tx, book.parent)
            node = accounts.open_child(
                tx, parent=parent, name="other", country="BR", connection_id="con_2", currency="BRL",
                new_id=clock.new_id, now=NOW,
            )  # fmt: skip
            leaf = accounts.open_account(tx, leaf_under(book, node), now=NOW)
            account_states.re_parent(tx, leaf, WHY, parent_id=book.child, since=DAY)
        with database.tenant(book.tenant_id) as tx:
            seals.seal(tx, now=NOW)
        return Side(book, entry, held, node)

    return made


def promise(book: Book, key: str, *, minor: int = 5) -> Reservation:
    amount = Money(-minor, "BRL")
    return Reservation(clock.new_id("reservation"), key, book.leaves[Role.CLEARING], amount, LATER, "test")


@pytest.fixture
def ours(settled: Callable[[], Side]) -> Side:
    return settled()


@pytest.fixture
def theirs(settled: Callable[[], Side], ours: Side) -> Side:
    """The stranger's, made after ours."""
    assert ours
    return settled()


@pytest.fixture
def try_it(database: Database, ours: Side) -> Callable[..., str]:
    """What comes of something done in our tenant: its outcome, or the code of its refusal."""

    def tried(work: Callable[[Connection], Any]) -> str:
        try:
            with database.tenant(ours.book.tenant_id) as tx:
                done = work(tx)
        except AfluenteError as error:
            return error.code
        except DBAPIError as error:
            return str(getattr(error.orig, "sqlstate", ""))
        return str(getattr(done, "outcome", done))

    return tried


def draw(tx: Connection, reservation_id: str, entry: JournalEntry, part: int) -> str:
    """The database's own function, past what Python would not find."""
    named: dict[str, Any] = {"reservation_id": reservation_id, "part": part, "last": False}
    row = tx.exec_driver_sql(reservations._DRAW, named | posting.arguments([entry], now=NOW)).one()
    return str(row.code or row.outcome)


def release(tx: Connection, reservation_id: str, key: str) -> str:
    named = {"reservation_id": reservation_id, "how": "voided", "key": key, "moment": NOW}
    row = tx.execute(reservations._RELEASE, named).one()
    return str(row.code or row.outcome)


def leaf_under(book: Book, parent: str) -> Account:
    new, creditor = clock.new_id("account"), book.creditor_id
    return Account(new, book.tenant_id, parent, creditor, Role.SUSPENSE, "x", "BRL", "BR", None, "x")


ATTEMPTS: dict[str, tuple[Callable[[Connection, Side, Side], Any], str]] = {
    "post to their leaf": (
        lambda tx, us, them: posting.post_one(
            tx, us.book.entry((us.book.receivable, 5), (them.book.receivable, -5)), now=NOW
        ),
        "account_not_postable",
    ),
    "reverse their entry": (
        lambda tx, _us, them: reversals.reverse(
            tx, them.entry.id, reversal_id=clock.new_id("entry"), key="undo", effective_date=DAY, now=NOW
        ),
        "entry_unknown",
    ),
    "reverse their entry over our accounts": (
        lambda tx, us, them: posting.post_one(
            tx, replace(us.book.move(-100), reverses=them.entry.id, kind="reversal"), now=NOW
        ),
        "reversed_entry_unknown",
    ),
    "open under their node": (
        lambda tx, us, them: accounts.open_account(tx, leaf_under(us.book, them.book.child), now=NOW),
        "P0002",
    ),
    "freeze": (lambda tx, _us, them: account_states.freeze(tx, them.book.child, WHY), "account_unknown"),
    "thaw": (lambda tx, _us, them: account_states.thaw(tx, them.book.child, WHY), "account_unknown"),
    "close": (lambda tx, _us, them: account_states.close(tx, them.book.placed, WHY), "account_unknown"),
    "limit": (
        lambda tx, _us, them: account_states.limit(tx, them.book.placed, WHY, floor=None, ceiling=None),
        "account_unknown",
    ),
    "move theirs": (
        lambda tx, us, them: account_states.re_parent(tx, them.node, WHY, parent_id=us.book.parent, since=DAY),
        "account_unknown",
    ),
    "move ours to them": (
        lambda tx, us, them: account_states.re_parent(tx, us.node, WHY, parent_id=them.book.parent, since=DAY),
        "account_unknown",
    ),
    "reserve on their leaf": (
        lambda tx, _us, them: reservations.reserve(tx, promise(them.book, "theirs"), now=NOW),
        "account_not_postable",
    ),
    "take of theirs": (
        lambda tx, us, them: draw(tx, them.held, us.book.move(-5), 5),
        "reservation_unknown",
    ),
    "void theirs": (lambda tx, _us, them: release(tx, them.held, "mine"), "reservation_unknown"),
    "see their balances": (
        lambda tx, _us, them: len(
            tx.execute(text("SELECT currency FROM book_totals(:root, NULL, NULL)"), {"root": them.book.parent}).all()
        ),
        "0",
    ),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_what_is_theirs_is_unknown_to_us_and_stays_as_it_is(
    owner: psycopg.Connection, try_it: Callable[..., str], ours: Side, theirs: Side, attempt: str
) -> None:
    work, expected = ATTEMPTS[attempt]
    before = state(owner, theirs.book.tenant_id), state(owner, ours.book.tenant_id)
    assert try_it(lambda tx: work(tx, ours, theirs)) == expected
    assert (state(owner, theirs.book.tenant_id), state(owner, ours.book.tenant_id)) == before


def test_what_lapses_is_ours_alone(database: Database, ours: Side, theirs: Side) -> None:
    with database.tenant(ours.book.tenant_id) as tx:
        assert reservations.expire(tx, now=LATER) == [ours.held]
    with database.tenant(theirs.book.tenant_id) as tx:
        assert reservations.get(tx, theirs.held).state.value == "open"
        assert reservations.expire(tx, now=LATER) == [theirs.held]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_shows_each_tenant_its_own_rows_alone(
    database: Database, owner: psycopg.Connection, ours: Side, theirs: Side, table: str
) -> None:
    with database.tenant(ours.book.tenant_id) as tx:
        seen = set(tx.exec_driver_sql(f"SELECT DISTINCT tenant_id FROM {table}").scalars())
    assert seen == {ours.book.tenant_id}
    held = owner.execute(f"SELECT count(*) FROM {table} WHERE tenant_id = %s".encode(), [theirs.book.tenant_id])
    assert held.fetchone() != (0,)  # there was something to hide
    with database.anyone() as tx:
        assert tx.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


# The same keys and names ------------------------------------------------------------------------------------------


def test_a_key_that_they_used_is_ours_to_use(database: Database, ours: Side, new_book: Callable[[], Book]) -> None:
    """Each kind of key, and each says later what stands in our book under it."""
    book = new_book()
    with database.tenant(book.tenant_id) as tx:
        held, gone = (reservations.reserve(tx, promise(book, key, minor=7), now=NOW) for key in ("held", "gone"))
        assert held != ours.held
        assert reservations.reserve(tx, promise(book, "held", minor=7), now=NOW) == held
        assert release(tx, gone, "void") == "created"
        assert draw(tx, held, book.move(-7, key="entry"), 7) == "created"
        assert draw(tx, held, book.move(-7, key="entry"), 7) == "exists"
        told = posting.post(tx, [book.move(-7, key="entry"), book.move(8, key="entry"), book.move(9)], now=NOW)
    assert [done.outcome for done in told] == ["exists", "conflict", "created"]
    assert told[0].entry_id == told[1].entry_id != ours.entry.id


def test_limits_are_judged_under_a_key_that_they_used(
    database: Database, ours: Side, new_book: Callable[[], Book]
) -> None:
    book = new_book()
    with database.tenant(book.tenant_id) as tx:
        account_states.limit(tx, book.leaves[Role.CLEARING], WHY, floor=Money(0, "BRL"), ceiling=None)
        (done,) = posting.post(tx, [book.move(-1, key=ours.entry.key)], now=NOW)
    assert (done.outcome, done.code) == ("refused", "limit_exceeded")


def test_an_entry_is_reversed_once_under_a_key_that_they_used(
    database: Database, ours: Side, new_book: Callable[[], Book]
) -> None:
    book = new_book()
    first = book.move(3)
    with database.tenant(book.tenant_id) as tx:
        posting.post_one(tx, first, now=NOW)
        undone = [
            mirror(first, entry_id=clock.new_id("entry"), key=key, effective_date=DAY)
            for key in (ours.entry.key, "another")
        ]
        told = [done.code or done.outcome for done in posting.post(tx, undone, now=NOW)]
    assert told == ["created", "entry_already_reversed"]


def test_a_place_that_they_took_is_ours_to_take(database: Database, ours: Side, new_tenant: Callable[[], str]) -> None:
    """Even for a creditor of the same identifier."""
    tenant_id = new_tenant()
    with database.tenant(tenant_id) as tx:
        parent = accounts.open_parent(
            tx,
            tenant_id=tenant_id,
            creditor_id=ours.book.creditor_id,
            name="Aurora",
            currency="USD",
            new_id=clock.new_id,
            now=NOW,
        )
        assert parent != ours.book.parent
        assert balances.of_leaves(tx, [parent]) == []


# Rows without a tenant or an account ------------------------------------------------------------------------------

_ACCOUNT = "(SELECT max(no) FROM account WHERE is_leaf)"
_TENANT = "(SELECT max(id) FROM tenant)"


@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO account (id, tenant_id, creditor_id, role, name, currency, is_leaf, subject, opened_at)"
            " VALUES ('acc_stray', 'ten_none', 'c', 'parent', 'n', 'BRL', false, '', now())"
        ),
        "INSERT INTO account_balance VALUES ('ten_none', {spare}, 0, 0, 0)",
        "INSERT INTO account_balance VALUES ({tenant}, -1, 0, 0, 0)",
        "INSERT INTO account_balance_day VALUES ('ten_none', {account}, '0001-01-01', 0, 0)",
        "INSERT INTO account_balance_day VALUES ({tenant}, -1, '0001-01-01', 0, 0)",
        "INSERT INTO account_closure VALUES ('ten_none', {account}, {spare}, 9)",
        "INSERT INTO account_closure VALUES ({tenant}, -1, {account}, 9)",
        "INSERT INTO account_closure VALUES ({tenant}, {account}, -1, 9)",
        (
            "INSERT INTO account_event (tenant_id, account_no, kind, at, actor, reason, detail)"
            " VALUES ('ten_none', {account}, 'x', now(), '', '', '{{}}')"
        ),
        (
            "INSERT INTO account_event (tenant_id, account_no, kind, at, actor, reason, detail)"
            " VALUES ({tenant}, -1, 'x', now(), '', '', '{{}}')"
        ),
        (
            "INSERT INTO account_parent_history (tenant_id, account_no, parent_no, since)"
            " VALUES ('ten_none', {account}, {account}, now())"
        ),
        (
            "INSERT INTO account_parent_history (tenant_id, account_no, parent_no, since)"
            " VALUES ({tenant}, -1, {account}, now())"
        ),
        (
            "INSERT INTO account_parent_history (tenant_id, account_no, parent_no, since)"
            " VALUES ({tenant}, {account}, -1, now())"
        ),
        (
            "INSERT INTO journal_entry (id, tenant_id, kind, idem_key, payload_sha256, effective_date, booked_at,"
            " postings, source, memo) VALUES ('ent_stray', 'ten_none', 'k', 'k', '', now(), now(), 2, '', '{{}}')"
        ),
        "INSERT INTO posting VALUES (-1, 1, {tenant}, {account}, 'BRL', 1, now())",
        "INSERT INTO seal VALUES ('ten_none', 1, 1, 1, 1, '', '', now())",
        "INSERT INTO seal_progress VALUES ('ten_none', 1, 1, 1)",
    ],
)
@pytest.mark.usefixtures("book")
def test_no_row_belongs_to_nobody(owner: psycopg.Connection, statement: str) -> None:
    spare = "(SELECT max(no) FROM account WHERE NOT is_leaf)"
    with pytest.raises(psycopg.Error) as caught, owner.transaction():
        owner.execute(statement.format(tenant=_TENANT, account=_ACCOUNT, spare=spare).encode())
    assert caught.value.sqlstate == "23503"


def test_an_identifier_is_given_once(owner: psycopg.Connection, book: Book) -> None:
    with pytest.raises(psycopg.Error) as caught:
        owner.execute(
            "INSERT INTO account (id, tenant_id, creditor_id, role, name, currency, is_leaf, subject, opened_at)"
            " VALUES (%s, %s, 'cre_new', 'parent', 'n', 'BRL', false, '', now())",
            [book.parent, book.tenant_id],
        )
    assert caught.value.sqlstate == "23505"
