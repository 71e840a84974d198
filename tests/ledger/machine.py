"""A machine that does the same to the book and to the oracle, and looks after every step whether both say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from domain import bookings, treasury_bookings
from domain.accounts import CHARTS, PlatformKind
from domain.bookings import Head, Leaves
from domain.errors import AfluenteError
from domain.journal import JournalEntry, Posting, mirror
from domain.money import Money
from domain.reservations import Reservation
from domain.treasury_bookings import Exchange
from ledger import account_states, accounts, invariants, posting, reservations, reversals, seals
from ledger.account_states import Cause
from runtime import clock
from store.database import Database
from tests.ledger.oracle import Entry, Leaf, Oracle

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAYS = (date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23))
FREE = ("floored", "capped", "free", "other")
AMOUNTS = st.integers(1, 30)
ON = st.sampled_from(DAYS)
MOVES = st.lists(
    st.tuples(
        st.sampled_from(("clearing", "bank", "suspense", *FREE)),
        st.sampled_from((*FREE, "bank", "nowhere")),
        AMOUNTS,
        st.sampled_from(("BRL",) * 9 + ("USD",)),
        ON,
    ).filter(lambda move: move[0] != move[1]),
    min_size=1,
    max_size=5,
)
STANDS = text(
    "SELECT a.id, b.debit_minor, b.credit_minor, b.pending_debit_minor, b.pending_credit_minor, b.floor_minor,"
    " b.ceiling_minor, CASE WHEN a.closed_at IS NOT NULL THEN 'closed' WHEN a.frozen_at IS NOT NULL THEN 'frozen'"
    " ELSE 'open' END FROM account a JOIN account_balance b ON b.account_no = a.no"
)
BY_DAY = text(
    "SELECT a.id, d.day, d.debit_minor, d.credit_minor FROM account_balance_day d JOIN account a ON a.no = d.account_no"
)
RESERVED = text("SELECT id, state, CASE WHEN is_debit THEN open_minor ELSE -open_minor END FROM reservation")
KEYS = text("SELECT idem_key, id FROM journal_entry")


def differing(found: Mapping[Any, Any], expected: Mapping[Any, Any]) -> dict[Any, tuple[Any, Any]]:
    """What the book says, and what the oracle says, where they differ."""
    return {
        name: (found.get(name), expected.get(name))
        for name in {*found, *expected}
        if found.get(name) != expected.get(name)
    }


class BookMachine(RuleBasedStateMachine):
    """Everything that can be done to a book, in any order."""

    database: ClassVar[Database]
    powerful: ClassVar[Engine]
    open_book: ClassVar[Callable[[], Any]]
    open_leaf: ClassVar[Callable[..., str]]
    at_the_end: ClassVar[Callable[[Any], None] | None] = None
    steps: ClassVar[int] = 0

    entries = Bundle("entries")
    held = Bundle("held")
    sent = Bundle("sent")
    owed = Bundle("owed")
    contested = Bundle("contested")

    def __init__(self) -> None:
        super().__init__()
        self.book = type(self).open_book()
        self.tenant_id, self.now = self.book.tenant_id, START
        self.child, self.treasury = self._open()
        self.ids = {name: type(self).open_leaf(self.book, name) for name in FREE}
        self.ids |= {role.value: leaf for role, leaf in self.child.items()}
        self.ids |= {f"{role.value}/{cur}": leaf for cur, made in self.treasury.items() for role, leaf in made.items()}
        self.ids |= {"receivable": self.book.receivable, "placed": self.book.placed}
        self.names = {leaf: name for name, leaf in self.ids.items()}
        self.oracle = Oracle({name: Leaf("USD" if name.endswith("/USD") else "BRL") for name in self.ids})
        self.limit("floored", 0, None)
        self.limit("capped", None, 60)
        self.batch([self.entry((("floored", 40), ("free", -40)))])

    def _open(self) -> tuple[Leaves, dict[str, Leaves]]:
        """The leaves of a card gateway's child account, and the treasury's in two currencies."""
        with self.database.tenant(self.tenant_id) as tx:
            parent = accounts.get(tx, self.book.parent)
            accounts.open_child(
                tx, parent=parent, name="Pix", country="BR", connection_id="con_1", currency="BRL",
                new_id=clock.new_id, now=START, leaves=CHARTS[PlatformKind.CARD_GATEWAY],
            )  # fmt: skip
            treasury: dict[str, Leaves] = {
                currency: accounts.open_treasury(tx, parent=parent, currency=currency, new_id=clock.new_id, now=START)[
                    1
                ]
                for currency in ("BRL", "USD")
            }
            return accounts.leaves_of(tx, self.book.child), treasury

    # What every rule is made of ---------------------------------------------------------------------------------

    def why(self) -> Cause:
        return Cause("machine", "chance", self.now)

    def head(self, day: date) -> Head:
        return Head(clock.new_id("entry"), clock.new_id("event"), day, "machine")

    def do(self, function: Callable[..., Any], *args: Any, **named: Any) -> str:
        """The outcome of a function of the ledger in a transaction of its own, or the code of its refusal."""
        try:
            with self.database.tenant(self.tenant_id) as tx:
                done = function(tx, *args, **named)
        except AfluenteError as error:
            return error.code
        return str(getattr(done, "outcome", "created"))

    def entry(
        self, lines: Sequence[tuple[str, int]], *, key: str = "", day: date = DAYS[2], currency: str = "BRL"
    ) -> JournalEntry:
        postings = tuple(Posting(self.ids.get(name, name), Money(minor, currency)) for name, minor in lines)
        return JournalEntry(clock.new_id("entry"), "test", key or clock.new_id("event"), day, postings, "machine")

    def told(self, entry: JournalEntry) -> Entry:
        """An entry as the oracle understands it."""
        lines = tuple(
            (self.names.get(line.account_id, line.account_id), line.amount.currency, line.amount.minor)
            for line in entry.postings
        )
        return Entry(entry.id, entry.key, entry.effective_date, lines, entry.reverses)

    def moved(self, moves: Sequence[Any]) -> list[JournalEntry]:
        """One entry for each move."""
        return [
            self.entry(((left, minor), (right, -minor)), day=day, currency=currency)
            for left, right, minor, currency, day in moves
        ]

    def batch(self, made: Sequence[JournalEntry]) -> bool:
        """Posts a batch to both, who must agree about every entry of it; whether the first was created."""
        with self.database.tenant(self.tenant_id) as tx:
            done = [item.code or item.outcome for item in posting.post(tx, made, now=self.now)]
        assert done == self.oracle.post([self.told(entry) for entry in made])
        return done[0] == "created"

    # Posting ----------------------------------------------------------------------------------------------------

    @rule(target=entries, moves=MOVES, again=st.integers(0, 9))
    def post(self, moves: list[Any], again: int) -> Any:
        """A batch: every entry is judged by itself, in order; now and then a key stands twice in it."""
        made = self.moved(moves)
        if again < 2:
            left, right, minor, currency, day = moves[-1]
            lines = ((left, minor + again), (right, -minor - again))
            made.insert(0, self.entry(lines, key=made[-1].key, day=day, currency=currency))
        self.batch(made)
        return multiple(*made)

    @rule(target=entries, beyond=st.integers(-1, 1))
    def spend(self, beyond: int) -> JournalEntry:
        """All that is left of the account with a floor: a unit less, exactly that, or a unit more."""
        leaf = self.oracle.leaves["floored"]
        left = max(leaf.debit - leaf.credit - leaf.out - (leaf.floor or 0) + beyond, 1)
        entry = self.entry((("free", left), ("floored", -left)))
        self.batch([entry])
        return entry

    @rule(target=entries, minor=AMOUNTS)
    def earn(self, minor: int) -> JournalEntry:
        """Money comes in where there is a floor."""
        entry = self.entry((("floored", minor), ("free", -minor)))
        self.batch([entry])
        return entry

    @rule(entry=entries, times=st.integers(1, 2))
    def replay(self, entry: JournalEntry, times: int) -> None:
        """The same entry again, or another under its key."""
        lines = [
            Posting(line.account_id, Money(line.amount.minor * times, line.amount.currency)) for line in entry.postings
        ]
        self.batch([replace(entry, id=clock.new_id("entry"), postings=tuple(lines))])

    @rule(entry=entries, key=st.sampled_from(("a", "b")))
    def reverse(self, entry: JournalEntry, key: str) -> None:
        """The mirror of an entry, under either of two keys."""
        if self.oracle.entries.get(entry.key, entry).id != entry.id or entry.key not in self.oracle.entries:
            return
        undo, new = f"{entry.key}:{key}", clock.new_id("entry")
        named = {"reversal_id": new, "key": undo, "effective_date": DAYS[2], "now": self.now}
        (expected,) = self.oracle.post([self.told(mirror(entry, entry_id=new, key=undo, effective_date=DAYS[2]))])
        assert self.do(reversals.reverse, entry.id, **named) == expected

    @rule(
        undone=st.lists(st.tuples(entries, st.sampled_from("abc")), min_size=1, max_size=3),
        taken=entries,
        order=st.randoms(use_true_random=False),
        more=MOVES,
    )
    def reverse_many(self, undone: list[Any], taken: JournalEntry, order: Any, more: list[Any]) -> None:
        """Mirrors in one batch with others: of one entry more than once, of one not booked, under a taken key."""
        made = [
            mirror(
                entry,
                entry_id=clock.new_id("entry"),
                key=taken.key if key == "c" else f"{entry.key}:{key}",
                effective_date=DAYS[2],
            )
            for entry, key in undone
        ]
        made += self.moved(more[:2])
        order.shuffle(made)
        self.batch(made)

    @rule(moves=MOVES, retries=st.booleans())
    def crash(self, moves: list[Any], *, retries: bool) -> None:
        """The server ends the connection before a batch commits: it never was. Then it is posted again, or not."""
        made = self.moved(moves)
        try:
            with self.database.tenant(self.tenant_id) as tx:
                process = tx.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
                posting.post(tx, made, now=self.now)
                with self.powerful.connect() as other:
                    other.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
        except OperationalError:
            pass
        else:
            raise AssertionError("the connection was not lost")
        if retries:
            self.batch(made)

    # Bookings of the accounting manual --------------------------------------------------------------------------

    @rule(target=entries, minor=st.integers(10, 60), fee=st.integers(0, 9), known=st.integers(0, 10), day=ON)
    def receipt(self, minor: int, fee: int, known: int, day: date) -> JournalEntry:
        """Money arrives: some of it pays the loan, the rest waits in suspense."""
        allocated = [(self.ids["receivable"], Money(known, "BRL"))] if known else []
        named = {"amount": Money(minor, "BRL"), "fee": Money(fee, "BRL"), "allocated": allocated}
        entry = bookings.receipt(self.head(day), leaves=self.child, to_bank=fee == 0, **named)  # type: ignore[arg-type]
        self.batch([entry])
        return entry

    @rule(target=sent, minor=AMOUNTS, day=ON, spread=st.integers(-2, 2), exchanged=st.booleans())
    def sweep(self, minor: int, day: date, spread: int, *, exchanged: bool) -> Any:
        """Money of the child is on its way to the parent, exchanged or not."""
        amount, brought, middle = Money(minor, "BRL"), Money(minor * 5, "USD"), Money(minor * 5 + spread, "USD")
        if exchanged:
            entry = treasury_bookings.sweep_exchanged(
                self.head(day), child=self.child, treasury_from=self.treasury["BRL"],
                treasury_into=self.treasury["USD"], amount=amount, exchange=Exchange(brought, middle),
            )  # fmt: skip
        else:
            entry = treasury_bookings.sweep_sent(
                self.head(day), child=self.child, treasury=self.treasury["BRL"], amount=amount
            )
        return brought if self.batch([entry]) and exchanged else amount

    @rule(expected=consumes(sent), cost=st.integers(0, 1), day=ON)
    def arrive(self, expected: Money, cost: int, day: date) -> None:
        """The parent's bank confirms a sweep, less what banks on the way took."""
        arrived = Money(max(expected.minor - cost, 1), expected.currency)
        named = {"treasury": self.treasury[expected.currency], "expected": expected, "arrived": arrived}
        self.batch([treasury_bookings.sweep_arrived(self.head(day), **named)])  # type: ignore[arg-type]

    @rule(target=owed, minor=AMOUNTS, day=ON, unpaid=st.integers(0, 5))
    def refund(self, minor: int, day: date, unpaid: int) -> Money:
        """The creditor owes money back: from suspense, and from what had been allocated."""
        unallocated = [(self.ids["receivable"], Money(unpaid, "BRL"))]
        named = {"leaves": self.child, "unallocated": unallocated, "from_suspense": Money(minor, "BRL")}
        self.batch([bookings.refund_owed(self.head(day), **named)])  # type: ignore[arg-type]
        return Money(minor + unpaid, "BRL")

    @rule(amount=consumes(owed), day=ON, to_bank=st.booleans())
    def pay_back(self, amount: Money, day: date, *, to_bank: bool) -> None:
        """What was owed back has left."""
        self.batch([bookings.refund_paid(self.head(day), leaves=self.child, amount=amount, to_bank=to_bank)])

    @rule(target=contested, minor=AMOUNTS, fee=st.integers(0, 3), day=ON)
    def chargeback(self, minor: int, fee: int, day: date) -> Money:
        """A payment is contested and held back."""
        named = {"kind": "chargeback", "amount": Money(minor, "BRL"), "fee": Money(fee, "BRL")}
        self.batch([bookings.contested(self.head(day), leaves=self.child, **named)])  # type: ignore[arg-type]
        return Money(minor, "BRL")

    @rule(amount=consumes(contested), borne=st.integers(0, 30), won=st.booleans(), day=ON)
    def decide(self, amount: Money, borne: int, day: date, *, won: bool) -> None:
        """The contest is won, or lost: the debt stands again, or the creditor bears it."""
        named: dict[str, Any] = {"leaves": self.child, "kind": "chargeback"}
        if won:
            entry = bookings.contest_won(self.head(day), amount=amount, **named)
        else:
            loss = Money(min(borne, amount.minor), "BRL")
            named |= {"unallocated": [(self.ids["receivable"], amount - loss)], "from_suspense": Money(0, "BRL")}
            entry = bookings.contest_lost(self.head(day), borne=loss, **named)
        self.batch([entry])

    # Reservations -----------------------------------------------------------------------------------------------

    @rule(
        target=held,
        name=st.sampled_from(("floored", "floored", "free", "capped")),
        minor=AMOUNTS,
        hours=st.integers(1, 4),
        debit=st.booleans(),
    )
    def reserve(self, name: str, minor: int, hours: int, *, debit: bool) -> str:
        """Money of an account promised for some hours, on either side; and the same once more."""
        new, ends, signed = clock.new_id("reservation"), self.now + timedelta(hours=hours), minor if debit else -minor
        wanted = Reservation(new, new, self.ids[name], Money(signed, "BRL"), ends, "machine")
        outcome = self.do(reservations.reserve, wanted, now=self.now)
        assert outcome == self.oracle.reserve(new, name, signed, ends)
        if outcome == "created":
            assert self.do(reservations.reserve, wanted, now=self.now) == "created"  # says what stands, once more
        return new

    @rule(
        reservation_id=held,
        minor=AMOUNTS,
        last=st.booleans(),
        to=st.sampled_from(("capped", "other")),
        off=st.sampled_from((0,) * 9 + (1,)),
    )
    def take(self, reservation_id: str, minor: int, to: str, off: int, *, last: bool) -> None:
        """A part of what is reserved, now and then by an entry that moves another amount; and the same again."""
        held = self.oracle.held.get(reservation_id)
        if held is None or held.account == to:
            return
        part = minor if held.is_debit else -minor
        moved = part + off or 1
        entry = self.entry(((held.account, moved), (to, -moved)))
        named = {"part": Money(part, "BRL"), "now": self.now, "last": last}
        outcome = self.do(reservations.post_part, reservation_id, entry, **named)
        assert outcome == self.oracle.take(reservation_id, self.told(entry), part, last=last, now=self.now)
        if outcome == "created":
            assert self.do(reservations.post_part, reservation_id, entry, **named) == "exists"

    @rule(reservation_id=consumes(held))
    def void(self, reservation_id: str) -> None:
        """What is open is given back; under the same key once."""
        if reservation_id in self.oracle.held:
            named = {"key": clock.new_id("event"), "now": self.now}
            expected = self.oracle.release(reservation_id, "voided")
            assert self.do(reservations.void, reservation_id, **named) == expected
            assert self.do(reservations.void, reservation_id, **named) == expected

    @rule(hours=st.integers(1, 3))
    def expire(self, hours: int) -> None:
        """Time passes, and what is past its end is given back."""
        self.now += timedelta(hours=hours)
        due = {key for key, held in self.oracle.held.items() if held.state == "open" and held.ends <= self.now}
        with self.database.tenant(self.tenant_id) as tx:
            assert set(reservations.expire(tx, now=self.now)) == due
        for reservation_id in due:
            self.oracle.release(reservation_id, "expired")

    # What becomes of accounts -----------------------------------------------------------------------------------

    @precondition(lambda self: len(self.oracle.entries) % 3 == 2)
    @rule(name=st.sampled_from((*FREE, "bank", "child")), freezing=st.sampled_from((False, False, True)))
    def freeze(self, name: str, *, freezing: bool) -> None:
        """An account is frozen or thawed; or a child account with all that is below it."""
        below = [*FREE, *(role.value for role in self.child)] if name == "child" else [name]
        self.do(
            account_states.freeze if freezing else account_states.thaw,
            self.ids.get(name, self.book.child),
            self.why(),
        )
        self.oracle.turn(below, "frozen" if freezing else "open")

    @precondition(lambda self: len(self.oracle.entries) > 6)
    @rule(name=st.sampled_from(("capped", "other", "suspense", "refund_payable")))
    def close(self, name: str) -> None:
        """An account is closed, if it may be."""
        assert self.do(account_states.close, self.ids[name], self.why()) == self.oracle.close(name)

    @rule(
        name=st.sampled_from(("floored", "capped", "clearing")),
        floor=st.none() | st.integers(-60, 10),
        ceiling=st.none() | st.integers(0, 90),
    )
    def limit(self, name: str, floor: int | None, ceiling: int | None) -> None:
        """An account's balance is bounded, or no longer."""
        bounds = [None if bound is None else Money(bound, "BRL") for bound in (floor, ceiling)]
        done = self.do(account_states.limit, self.ids[name], self.why(), floor=bounds[0], ceiling=bounds[1])
        assert done == self.oracle.limit(name, floor, ceiling)

    @rule()
    def seal(self) -> None:
        """What stands is sealed."""
        with self.database.tenant(self.tenant_id) as tx:
            seals.seal(tx, now=self.now, block_size=5)

    # What must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def both_say_the_same(self) -> None:
        """Balances of every account, layer and day; limits and states; reservations; what stands under each key."""
        type(self).steps += 1
        with self.database.tenant(self.tenant_id) as tx:
            stands = {self.names[row[0]]: tuple(row[1:]) for row in tx.execute(STANDS) if row[0] in self.names}
            days = {(self.names[row[0]], row[1]): (row[2], row[3]) for row in tx.execute(BY_DAY)}
            reserved = {row[0]: (row[1], row[2]) for row in tx.execute(RESERVED)}
            keys = {row[0]: row[1] for row in tx.execute(KEYS)}
        expected = {
            name: (one.debit, one.credit, one.into, one.out, one.floor, one.ceiling, one.state)
            for name, one in self.oracle.leaves.items()
        }
        assert differing(stands, expected) == {}
        assert differing(days, self.oracle.days) == {}
        held = {name: (held.state, held.open) for name, held in self.oracle.held.items()}
        assert differing(reserved, held) == {}
        assert differing(keys, {key: entry.id for key, entry in self.oracle.entries.items()}) == {}

    def teardown(self) -> None:
        """Every invariant holds, and so does the chain of seals from its first block on."""
        with self.database.tenant(self.tenant_id) as tx:
            assert [finding.code for finding in invariants.check(tx) if finding.broken] == []
        self.seal()
        with self.database.tenant(self.tenant_id) as tx:
            assert [finding.code for finding in seals.verify(tx) if finding.broken] == []
        ended = type(self).at_the_end
        if ended is not None:
            ended(self)
