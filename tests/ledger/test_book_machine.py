"""The book against an oracle: whatever is done in whatever order, both say the same, and the invariants hold.

The oracle is a page of plain Python that knows nothing of SQL: accounts, entries and reservations in dictionaries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.errors import AfluenteError
from domain.journal import JournalEntry, Posting
from domain.money import Money
from domain.reservations import Reservation
from ledger import account_states, invariants, posting, reservations, reversals
from ledger.account_states import Cause
from runtime import clock
from store.database import Database

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = ("floored", "capped", "free", "other")
FLOOR, CEILING = 0, 60
AMOUNTS = st.integers(1, 30)


@dataclass
class Leaf:
    """What the oracle knows of an account."""

    floor: int | None = None
    ceiling: int | None = None
    balance: int = 0
    out: int = 0  # reserved to leave it
    state: str = "open"

    def takes(self, minor: int) -> bool:
        low, high = self.balance - self.out + minor, self.balance + minor
        return (self.floor is None or low >= self.floor) and (self.ceiling is None or high <= self.ceiling)


@dataclass
class Held:
    """What the oracle knows of a reservation."""

    account: str
    open: int
    ends: datetime
    state: str = "open"


@dataclass
class Oracle:
    """The book in dictionaries."""

    leaves: dict[str, Leaf]
    entries: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # what stands under a key
    reversed: set[str] = field(default_factory=set)
    held: dict[str, Held] = field(default_factory=dict)
    voids: dict[str, str] = field(default_factory=dict)

    def post(self, key: str, lines: tuple[tuple[str, int], ...], reverses: str | None = None) -> str:
        if key in self.entries:
            return "exists" if self.entries[key] == (lines, reverses) else "idempotency_conflict"
        states = {self.leaves[name].state for name, _ in lines}
        if "frozen" in states:  # the code that sorts first is the one that is told
            return "account_frozen"
        if "closed" in states:
            return "account_not_postable"
        if reverses is not None and reverses in self.reversed:
            return "entry_already_reversed"
        if not all(self.leaves[name].takes(minor) for name, minor in lines):
            return "limit_exceeded"
        for name, minor in lines:
            self.leaves[name].balance += minor
        self.entries[key] = (lines, reverses)
        if reverses is not None:
            self.reversed.add(reverses)
        return "created"

    def reserve(self, reservation_id: str, account: str, minor: int, ends: datetime) -> str:
        leaf = self.leaves[account]
        if leaf.state != "open":
            return "account_frozen" if leaf.state == "frozen" else "account_not_postable"
        if leaf.floor is not None and leaf.balance - leaf.out - minor < leaf.floor:
            return "limit_exceeded"
        leaf.out += minor
        self.held[reservation_id] = Held(account, minor, ends)
        return "created"

    def take(self, reservation_id: str, key: str, to: str, minor: int, *, last: bool, now: datetime) -> str:
        held = self.held[reservation_id]
        if held.state != "open":
            return "reservation_resolved"
        if held.ends <= now:
            return "reservation_expired"
        if minor > held.open:
            return "reservation_exceeded"
        gone, leaf = held.open if last else minor, self.leaves[held.account]
        leaf.out -= gone
        outcome = self.post(key, ((held.account, -minor), (to, minor)))
        if outcome != "created":
            leaf.out += gone
            return outcome
        held.open -= gone
        held.state = "open" if held.open else "posted"
        return outcome

    def release(self, reservation_id: str, state: str) -> str:
        held = self.held[reservation_id]
        if held.state != "open":
            return "reservation_resolved"
        self.leaves[held.account].out -= held.open
        held.open, held.state = 0, state
        return "created"

    def close(self, name: str) -> str:
        leaf = self.leaves[name]
        if leaf.state == "closed":
            return "account_closed"
        if leaf.balance:
            return "account_has_balance"
        if leaf.out:
            return "account_has_reservations"
        leaf.state = "closed"
        return "created"


class BookMachine(RuleBasedStateMachine):
    """Does the same to the book and to the oracle."""

    database: Database
    open_book: Callable[[], Any]
    open_leaf: Callable[..., str]

    entries = Bundle("entries")
    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        book = type(self).open_book()
        self.tenant_id, self.now = book.tenant_id, START
        self.ids = {name: type(self).open_leaf(book, name) for name in NAMES}
        self.oracle = Oracle({name: Leaf() for name in NAMES})
        for name, floor, ceiling in (("floored", FLOOR, None), ("capped", None, CEILING)):
            self.oracle.leaves[name].floor, self.oracle.leaves[name].ceiling = floor, ceiling
            bounds = [None if bound is None else Money(bound, "BRL") for bound in (floor, ceiling)]
            self.do(account_states.limit, self.ids[name], self.why(), floor=bounds[0], ceiling=bounds[1])
        self._post([("floored", "free", 40)])

    def why(self) -> Cause:
        return Cause("machine", "chance", self.now)

    def do(self, function: Callable[..., Any], *args: Any, **named: Any) -> str:
        """The outcome of a function of the ledger in a transaction of its own, or the code of its refusal."""
        try:
            with self.database.tenant(self.tenant_id) as tx:
                done = function(tx, *args, **named)
        except AfluenteError as error:
            return error.code
        return str(getattr(done, "outcome", "created"))

    def entry(self, lines: tuple[tuple[str, int], ...], key: str) -> JournalEntry:
        postings = tuple(Posting(self.ids[name], Money(minor, "BRL")) for name, minor in lines)
        return JournalEntry(clock.new_id("entry"), "test", key, START.date(), postings, "machine")

    @rule(
        target=entries,
        moves=st.lists(
            st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), AMOUNTS).filter(lambda move: move[0] != move[1]),
            min_size=1,
            max_size=4,
        ),
    )
    def post(self, moves: list[tuple[str, str, int]]) -> JournalEntry:
        """A batch: every entry is judged by itself, in order."""
        return self._post(moves)

    def _post(self, moves: list[tuple[str, str, int]]) -> JournalEntry:
        lines = [((left, minor), (right, -minor)) for left, right, minor in moves]
        made = [self.entry(line, clock.new_id("event")) for line in lines]
        with self.database.tenant(self.tenant_id) as tx:
            done = [item.code or item.outcome for item in posting.post(tx, made, now=self.now)]
        assert done == [self.oracle.post(entry.key, line) for entry, line in zip(made, lines, strict=True)]
        return made[0]

    @rule(target=entries, beyond=st.integers(-1, 1))
    def spend(self, beyond: int) -> JournalEntry:
        """All that is left of the account with a floor: a unit less, exactly that, or a unit more."""
        leaf = self.oracle.leaves["floored"]
        left = max(leaf.balance - leaf.out + beyond, 1)
        return self._post([("free", "floored", left)])

    @rule(target=entries, minor=AMOUNTS)
    def earn(self, minor: int) -> JournalEntry:
        """Money comes in where there is a floor."""
        return self._post([("floored", "free", minor)])

    @rule(entry=entries, more=st.integers(0, 1))
    def replay(self, entry: JournalEntry, more: int) -> None:
        """The same entry again, or another under its key."""
        names = {account: name for name, account in self.ids.items()}
        left, right = ((names[line.account_id], line.amount.minor) for line in entry.postings)
        lines = ((left[0], left[1] + more), (right[0], right[1] - more))
        if entry.key not in self.oracle.entries:
            return
        assert self.do(posting.post_one, self.entry(lines, entry.key), now=self.now) == self.oracle.post(
            entry.key, lines
        )

    @rule(entry=entries, key=st.sampled_from(("a", "b")))
    def reverse(self, entry: JournalEntry, key: str) -> None:
        """The mirror of an entry, under either of two keys."""
        if entry.key not in self.oracle.entries:
            return
        undo = f"{entry.key}:{key}"
        lines, _ = self.oracle.entries[entry.key]
        mirrored = tuple((name, -minor) for name, minor in lines)
        named = {"reversal_id": clock.new_id("entry"), "key": undo, "effective_date": START.date(), "now": self.now}
        outcome = self.do(reversals.reverse, entry.id, **named)
        assert outcome == self.oracle.post(undo, mirrored, entry.id)

    @rule(target=held, name=st.sampled_from(("floored", "free")), minor=AMOUNTS, hours=st.integers(1, 4))
    def reserve(self, name: str, minor: int, hours: int) -> str:
        """Money of an account promised for some hours."""
        new, ends = clock.new_id("reservation"), self.now + timedelta(hours=hours)
        wanted = Reservation(new, new, self.ids[name], Money(-minor, "BRL"), ends, "machine")
        assert self.do(reservations.reserve, wanted, now=self.now) == self.oracle.reserve(new, name, minor, ends)
        return new

    @rule(reservation_id=held, minor=AMOUNTS, last=st.booleans(), to=st.sampled_from(("capped", "other")))
    def take(self, reservation_id: str, minor: int, to: str, *, last: bool) -> None:
        """A part of what is reserved, and the same again."""
        if reservation_id not in self.oracle.held:
            return
        key, account = clock.new_id("event"), self.oracle.held[reservation_id].account
        entry = self.entry(((account, -minor), (to, minor)), key)
        named = {"part": Money(-minor, "BRL"), "now": self.now, "last": last}
        outcome = self.do(reservations.post_part, reservation_id, entry, **named)
        assert outcome == self.oracle.take(reservation_id, key, to, minor, last=last, now=self.now)
        if outcome == "created":
            assert self.do(reservations.post_part, reservation_id, entry, **named) == "exists"

    @rule(reservation_id=consumes(held))
    def void(self, reservation_id: str) -> None:
        """What is open is given back."""
        if reservation_id in self.oracle.held:
            outcome = self.do(reservations.void, reservation_id, key=clock.new_id("event"), now=self.now)
            assert outcome == self.oracle.release(reservation_id, "voided")

    @rule(hours=st.integers(1, 3))
    def expire(self, hours: int) -> None:
        """Time passes, and what is past its end is given back."""
        self.now += timedelta(hours=hours)
        due = {key for key, held in self.oracle.held.items() if held.state == "open" and held.ends <= self.now}
        with self.database.tenant(self.tenant_id) as tx:
            assert set(reservations.expire(tx, now=self.now)) == due
        for reservation_id in due:
            self.oracle.release(reservation_id, "expired")

    @precondition(lambda self: len(self.oracle.entries) % 3 == 2)
    @rule(name=st.sampled_from(NAMES), freezing=st.sampled_from((False, False, True)))
    def freeze(self, name: str, *, freezing: bool) -> None:
        """An account is frozen or thawed."""
        self.do(account_states.freeze if freezing else account_states.thaw, self.ids[name], self.why())
        leaf = self.oracle.leaves[name]
        if leaf.state != "closed":
            leaf.state = "frozen" if freezing else "open"

    @precondition(lambda self: len(self.oracle.entries) > 6)
    @rule(name=st.sampled_from(("capped", "other")))
    def close(self, name: str) -> None:
        """An account is closed, if it may be."""
        assert self.do(account_states.close, self.ids[name], self.why()) == self.oracle.close(name)

    @invariant()
    def both_say_the_same(self) -> None:
        """Balances, what is reserved of them, and every invariant of the book."""
        with self.database.tenant(self.tenant_id) as tx:
            for name, leaf in self.oracle.leaves.items():
                found = reservations.available(tx, self.ids[name])
                assert (found.balance.minor, found.reserved_credit.minor) == (leaf.balance, leaf.out)
                state = account_states.state_of(tx, self.ids[name]).value
                assert state == leaf.state
            assert [finding.code for finding in invariants.check(tx) if finding.broken] == []


@pytest.mark.usefixtures("postgres")
def test_the_book_does_what_the_oracle_says(
    database: Database, new_book: Callable[[], Any], leaf: Callable[..., str]
) -> None:
    machine = type(
        "Machine",
        (BookMachine,),
        {"database": database, "open_book": staticmethod(new_book), "open_leaf": staticmethod(leaf)},
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
