"""Two writers at once: in either order one of them wins, the other is told why not, and nobody waits in a circle.

Both orders are brought about: a third connection holds the row that both need, the one queues before the other, and
then it lets go. After that they race freely from a barrier, and what comes of it is one of the two.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from domain.accounts import Account, Role
from domain.errors import AfluenteError, Refused
from domain.journal import JournalEntry, mirror
from domain.money import Money
from domain.reservations import Reservation
from ledger import account_states, accounts, invariants, posting, reservations, reversals
from ledger.account_states import Cause
from runtime import clock
from store.database import Database
from tests.ledger.conftest import DAY, NOW, Book
from tests.ledger.soaking import at_ease

pytestmark = pytest.mark.servers
WHY = Cause("ana", "race", NOW)
ROUNDS = at_ease(2, 100)
SECONDS = at_ease(2, 60)
LATER = NOW + timedelta(hours=1)


@dataclass
class Arena:
    """A book, two leaves over which its writers quarrel, and what they try."""

    database: Database
    book: Book
    left: str
    right: str
    held: str = ""
    entry: Any = None
    made: list[str] = field(default_factory=list)

    def do(self, function: Callable[..., Any], *args: Any, **named: Any) -> str:
        """The outcome, or the code of the refusal."""
        try:
            with self.database.tenant(self.book.tenant_id) as tx:
                done = function(tx, *args, **named)
        except AfluenteError as error:
            return error.code
        if isinstance(done, list):  # identifiers that lapsed
            return "created" if done else "nothing"
        return str(getattr(done, "outcome", "created"))

    def lines(self, minor: int, key: str = "") -> JournalEntry:
        return self.book.entry((self.left, minor), (self.right, -minor), key=key)

    # What a writer tries -----------------------------------------------------------------------------------------

    def put_in(self) -> str:
        return self.do(posting.post_one, self.lines(10), now=NOW)

    def spend(self) -> str:
        return self.do(posting.post_one, self.lines(-10), now=NOW)

    def promise(self) -> str:
        new = clock.new_id("reservation")
        return self.do(
            reservations.reserve, Reservation(new, new, self.left, Money(-10, "BRL"), LATER, "race"), now=NOW
        )

    def promise_otherwise(self) -> str:
        return self._promise_once(7)

    def promise_so(self) -> str:
        return self._promise_once(5)

    def _promise_once(self, minor: int) -> str:
        new = clock.new_id("reservation")
        return self.do(
            reservations.reserve, Reservation(new, "one key", self.left, Money(-minor, "BRL"), LATER, "race"), now=NOW
        )

    def take(self) -> str:
        return self.do(reservations.post_whole, self.held, self.lines(-10), now=NOW)

    def void(self) -> str:
        return self.do(reservations.void, self.held, key=clock.new_id("event"), now=NOW)

    def expire(self) -> str:
        return self.do(reservations.expire, now=LATER)

    def undo(self) -> str:
        named = {"reversal_id": clock.new_id("entry"), "key": clock.new_id("event"), "effective_date": DAY, "now": NOW}
        return self.do(reversals.reverse, self.entry.id, **named)

    def say_five(self) -> str:
        return self.do(posting.post_one, self.lines(5, "one key"), now=NOW)

    def say_seven(self) -> str:
        return self.do(posting.post_one, self.lines(7, "one key"), now=NOW)

    def freeze(self) -> str:
        return self.do(account_states.freeze, self.left, WHY)

    def freeze_all(self) -> str:
        return self.do(account_states.freeze, self.book.child, WHY)

    def close(self) -> str:
        return self.do(account_states.close, self.left, WHY)

    def bound(self) -> str:
        return self.do(account_states.limit, self.left, WHY, floor=Money(10, "BRL"), ceiling=None)

    def close_node(self) -> str:
        return self.do(account_states.close, self.book.child, WHY)

    def open_leaf(self) -> str:
        subject = "raced"
        account = Account(
            clock.new_id("account"), self.book.tenant_id, self.book.child, self.book.creditor_id,
            Role.SUSPENSE, "raced", "BRL", "BR", None, subject,
        )  # fmt: skip

        def opened(tx: Any) -> None:
            self.made.append(accounts.open_account(tx, account, now=NOW))

        return self.do(opened)

    # What stands before ------------------------------------------------------------------------------------------

    def floored(self) -> None:
        """Ten are left above the floor."""
        self.do(account_states.limit, self.left, WHY, floor=Money(0, "BRL"), ceiling=None)
        assert self.put_in() == "created"

    def stocked(self) -> None:
        assert self.put_in() == "created"

    def promised(self) -> None:
        """Ten are reserved."""
        self.held = clock.new_id("reservation")
        wanted = Reservation(self.held, self.held, self.left, Money(-10, "BRL"), LATER, "race")
        assert self.do(reservations.reserve, wanted, now=NOW) == "created"

    def booked(self) -> None:
        self.entry = self.lines(10)
        assert self.do(posting.post_one, self.entry, now=NOW) == "created"

    def emptied(self) -> None:
        """Only the node of the child account is open."""
        with self.database.tenant(self.book.tenant_id) as tx:
            below = accounts.subtree(tx, [self.book.child])
        for account in below:
            if account.is_leaf:
                assert self.do(account_states.close, account.id, WHY) == "created"

    def nothing(self) -> None:
        """Nothing stands before."""


OK = "created"
RACES: list[tuple[str, str, str, str, str, str]] = [
    # before, one, other, what the other is told after the one, what the one is told after the other, who queues where
    ("floored", "spend", "spend", "limit_exceeded", "limit_exceeded", "left"),
    ("floored", "spend", "promise", "limit_exceeded", "limit_exceeded", "left"),
    ("floored", "promise", "promise", "limit_exceeded", "limit_exceeded", "left"),
    ("stocked", "spend", "bound", "limit_exceeded", "limit_exceeded", "left"),
    ("stocked", "promise", "bound", "limit_exceeded", "limit_exceeded", "left"),
    ("promised", "take", "take", "reservation_resolved", "reservation_resolved", "left"),
    ("promised", "take", "void", "reservation_resolved", "reservation_resolved", "left"),
    ("promised", "void", "void", "reservation_resolved", "reservation_resolved", "left"),
    ("promised", "take", "expire", "nothing", "reservation_resolved", "left"),
    ("promised", "void", "expire", "nothing", "reservation_resolved", "left"),
    ("promised", "expire", "expire", "nothing", "nothing", "left"),
    ("booked", "undo", "undo", "entry_already_reversed", "entry_already_reversed", "left"),
    ("nothing", "say_five", "say_seven", "idempotency_conflict", "idempotency_conflict", "left"),
    ("nothing", "promise_so", "promise_otherwise", "idempotency_conflict", "idempotency_conflict", "left"),
    ("nothing", "freeze", "put_in", "account_frozen", OK, "left"),
    ("nothing", "freeze_all", "put_in", "account_frozen", OK, "left"),
    ("nothing", "freeze", "promise", "account_frozen", OK, "left"),
    ("booked", "freeze", "undo", "account_frozen", OK, "left"),
    ("promised", "freeze", "take", "account_frozen", OK, "left"),
    ("nothing", "close", "put_in", "account_not_postable", "account_has_balance", "left"),
    ("nothing", "close", "promise", "account_not_postable", "account_has_reservations", "left"),
    ("booked", "close", "undo", OK, OK, "left"),
    ("nothing", "close", "close", "account_closed", "account_closed", "left"),
    ("nothing", "open_leaf", "open_leaf", OK, OK, "node"),
    ("emptied", "close_node", "open_leaf", "account_parent_invalid", "account_has_open_children", "node"),
]
# An account with a balance is not closed, and after its entry was undone it is: who comes first decides.
CLOSE_FIRST = {("close", "undo"): ("account_has_balance", OK)}


@pytest.fixture
def arena(database: Database, new_book: Callable[[], Book], leaf: Callable[..., str]) -> Callable[[str], Arena]:
    """Sets up what stands before a race."""

    def made(before: str) -> Arena:
        book = new_book()
        ready = Arena(database, book, leaf(book, "left"), leaf(book, "right"))
        getattr(ready, before)()
        return ready

    return made


def waiting(owner: psycopg.Connection) -> int:
    found = owner.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchone()
    assert found
    return int(found[0])


def until_waiting(owner: psycopg.Connection, count: int) -> None:
    deadline = time.monotonic() + 20
    while waiting(owner) < count:
        assert time.monotonic() < deadline, f"{waiting(owner)} wait, not {count}"
        time.sleep(0.005)


def queue(owner: psycopg.Connection, ready: Arena, where: str, names: tuple[str, str]) -> list[str]:
    """Both need a row that a third holds; the first queues before the second."""
    if where == "left":
        held = "SELECT 1 FROM account_balance WHERE account_no = (SELECT no FROM account WHERE id = %s) FOR UPDATE"
        row = ready.left
    else:
        held, row = "SELECT 1 FROM account WHERE id = %s FOR UPDATE", ready.book.child
    with ThreadPoolExecutor(2) as pool:
        with owner.transaction():
            owner.execute(held.encode(), [row])
            running = []
            with psycopg.connect(owner.info.dsn, autocommit=True) as watcher:
                for number, name in enumerate(names, start=1):
                    running.append(pool.submit(getattr(ready, name)))
                    until_waiting(watcher, number)
        return [one.result(timeout=30) for one in running]


def race(ready: Arena, names: tuple[str, str]) -> list[str]:
    """Both start at once."""
    barrier = Barrier(2)

    def run(name: str) -> str:
        barrier.wait(timeout=10)
        return str(getattr(ready, name)())

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, names))


def sound(ready: Arena) -> None:
    with ready.database.tenant(ready.book.tenant_id) as tx:
        assert [finding.code for finding in invariants.check(tx) if finding.broken] == []
    assert len(set(ready.made)) <= 1  # one account stands in a place


@pytest.mark.parametrize(("before", "one", "other", "after_one", "after_other", "where"), RACES)
def test_of_two_writers_at_once_either_may_come_first_and_the_second_sees_it(
    owner: psycopg.Connection,
    arena: Callable[[str], Arena],
    before: str,
    one: str,
    other: str,
    after_one: str,
    after_other: str,
    where: str,
) -> None:
    one_first = list(CLOSE_FIRST.get((one, other), (OK, after_one)))
    other_first = [after_other, OK]
    for names, expected in (((one, other), one_first), ((other, one), other_first[::-1])):
        ready = arena(before)
        assert queue(owner, ready, where, names) == expected
        sound(ready)
    for _ in range(ROUNDS):
        ready = arena(before)
        assert race(ready, (one, other)) in (one_first, other_first)
        sound(ready)


def test_batches_in_any_order_of_accounts_never_wait_in_a_circle(
    database: Database, new_book: Callable[[], Book], leaf: Callable[..., str]
) -> None:
    """Posting, replaying, reversing, reserving, taking, freezing: nobody is thrown out, and the book is sound after."""
    book = new_book()
    leaves = [leaf(book, f"leaf {number}") for number in range(8)]
    ends = time.monotonic() + SECONDS

    def work(seed: int) -> int:
        dice, count = random.Random(seed), 0
        mine: list[JournalEntry] = []
        while time.monotonic() < ends:
            with database.tenant(book.tenant_id) as tx:
                match dice.randrange(8):
                    case 0 if mine:
                        undone = dice.choice(mine)
                        undo = mirror(
                            undone, entry_id=clock.new_id("entry"), key=f"{undone.key}:undo", effective_date=DAY
                        )
                        posting.post(tx, [undo, *dice.sample(mine, min(3, len(mine)))], now=NOW)
                    case 1:
                        new, amount = clock.new_id("reservation"), Money(dice.choice((-5, 5)), "BRL")
                        wanted = Reservation(new, new, dice.choice(leaves), amount, LATER, "stress")
                        reservations.reserve(tx, wanted, now=NOW)
                    case 2:
                        reservations.expire(tx, now=LATER, at_most=5)
                    case 3:
                        turn = dice.choice((account_states.freeze, *[account_states.thaw] * 4))
                        turn(tx, dice.choice([*leaves, book.child]), WHY)
                    case _:
                        batch = []
                        for _ in range(dice.randrange(1, 6)):
                            ends_of = dice.sample(leaves, 3)
                            lines = [(ends_of[0], 3), (ends_of[1], -1), (ends_of[2], -2)]
                            batch.append(book.entry(*lines, key=clock.new_id("event")))
                        mine += batch
                        posting.post(tx, batch, now=NOW)
            count += 1
        return count

    def tried(seed: int) -> int:
        try:
            return work(seed)
        except Refused:  # a reservation on what another has just frozen
            return tried(seed + 100)

    with ThreadPoolExecutor(4) as pool:
        assert min(pool.map(tried, range(4))) >= 0
    with database.tenant(book.tenant_id) as tx:
        account_states.thaw(tx, book.child, WHY)
        assert [finding.code for finding in invariants.check(tx) if finding.broken] == []


def test_two_batches_that_say_other_things_under_the_same_keys_are_never_both_booked(
    database: Database, new_book: Callable[[], Book], leaf: Callable[..., str]
) -> None:
    """Keys in another order, other accounts: one may be thrown out; asked again it is told of the conflict."""
    for _ in range(ROUNDS):
        book = new_book()
        leaves = [leaf(book, f"leaf {number}") for number in range(4)]
        barrier = Barrier(2)

        def batch(
            mine: list[str], keys: tuple[str, ...], minor: int, book: Book = book, barrier: Barrier = barrier
        ) -> list[str]:
            entries = [book.entry((mine[0], minor), (mine[1], -minor), key=key) for key in keys]
            barrier.wait(timeout=10)
            for _ in range(3):
                try:
                    with database.tenant(book.tenant_id) as tx:
                        return [done.outcome for done in posting.post(tx, entries, now=NOW)]
                except OperationalError:
                    continue
            raise AssertionError("thrown out three times")

        keys = tuple(f"key {number}" for number in range(6))
        with ThreadPoolExecutor(2) as pool:
            one, other = pool.submit(batch, leaves[:2], keys, 5), pool.submit(batch, leaves[2:], keys[::-1], 7)
            told = [one.result(timeout=60), other.result(timeout=60)]
        assert sorted(told) == [["conflict"] * 6, ["created"] * 6]


def test_what_was_being_opened_below_an_account_is_frozen_with_it(
    owner: psycopg.Connection, arena: Callable[[str], Arena]
) -> None:
    """Who freezes a tree waits for an account that is being opened in it, and then sees it."""
    ready = arena("nothing")
    assert queue(owner, ready, "node", ("open_leaf", "freeze_all")) == [OK, OK]
    with ready.database.tenant(ready.book.tenant_id) as tx:
        assert account_states.state_of(tx, ready.made[0]).value == "frozen"


def test_a_node_is_not_closed_while_something_is_hung_on_it_even_by_hand(
    owner: psycopg.Connection, arena: Callable[[str], Arena]
) -> None:
    ready = arena("emptied")
    moved = "(SELECT no FROM account WHERE id = %s)"
    with psycopg.connect(owner.info.dsn, autocommit=True) as other, owner.transaction():
        owner.execute(
            "INSERT INTO account_parent_history (tenant_id, account_no, parent_no, since)"
            f" VALUES (%s, {moved}, {moved}, now())".encode(),
            [ready.book.tenant_id, ready.book.receivable, ready.book.child],
        )
        owner.execute(
            f"UPDATE account SET parent_no = {moved} WHERE id = %s".encode(), [ready.book.child, ready.book.receivable]
        )
        other.execute("SET lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("UPDATE account SET closed_at = now() WHERE id = %s", [ready.book.child])
