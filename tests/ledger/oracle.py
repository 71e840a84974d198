"""The oracle: the book's rules in a page of plain Python that knows nothing of SQL. Debits are positive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

Line = tuple[str, str, int]  # account, currency, amount


@dataclass
class Leaf:
    """An account: debits and credits in all, what is reserved on each side, its limits, whether it takes postings."""

    currency: str
    debit: int = 0
    credit: int = 0
    into: int = 0
    out: int = 0
    floor: int | None = None
    ceiling: int | None = None
    state: str = "open"

    def moved(self, minor: int) -> None:
        self.debit, self.credit = self.debit + max(minor, 0), self.credit + max(-minor, 0)

    def bears(self, minor: int = 0, *, out: int = 0, into: int = 0) -> bool:
        """Whether it stays within its limits when all that is reserved is taken."""
        balance = self.debit - self.credit + minor
        low, high = balance - self.out - out, balance + self.into + into
        return (self.floor is None or low >= self.floor) and (self.ceiling is None or high <= self.ceiling)

    def reserve(self, minor: int) -> None:
        self.into, self.out = self.into + max(minor, 0), self.out + max(-minor, 0)


@dataclass(frozen=True)
class Entry:
    """What an entry says, with its identifier and key."""

    id: str
    key: str
    day: date
    lines: tuple[Line, ...]
    reverses: str | None = None

    def says(self) -> object:
        return self.day, self.lines, self.reverses


@dataclass
class Held:
    """A reservation; ``open`` carries its sign."""

    account: str
    open: int
    ends: datetime
    is_debit: bool
    state: str = "open"


@dataclass
class Oracle:
    """The book in dictionaries. What is asked of it answers ``created`` or the code of a refusal."""

    leaves: dict[str, Leaf]
    entries: dict[str, Entry] = field(default_factory=dict)  # by key
    days: dict[tuple[str, date], tuple[int, int]] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)

    def post(self, batch: Sequence[Entry]) -> list[str]:
        """Each entry by itself, in order; then what stands under each key."""
        firsts: dict[str, str] = {}  # the key that reverses each entry: that of two in a batch the second never does
        for entry in batch:
            if entry.reverses and entry.key not in self.entries and not self._faults(entry):
                firsts.setdefault(entry.reverses, entry.key)
        standing = {entry.id for entry in self.entries.values()}
        codes = [self._judge(entry, firsts, standing) for entry in batch]
        return [self._outcome(entry, code) for entry, code in zip(batch, codes, strict=True)]

    def _outcome(self, entry: Entry, code: str | None) -> str:
        standing = self.entries.get(entry.key)
        if standing is None:
            return code or ""
        if standing.id == entry.id:
            return "created" if code is None else "exists"
        return "exists" if standing.says() == entry.says() else "conflict"

    def _judge(self, entry: Entry, firsts: dict[str, str], standing: set[str]) -> str | None:
        """Books an entry, unless something stands under its key or it is refused with a code."""
        if entry.key in self.entries:
            return "exists"
        faults = self._faults(entry)
        if faults:
            return min(faults)  # the code that sorts first is the one that is told
        if entry.reverses and entry.reverses not in standing:
            return "reversed_entry_unknown"
        reversed_ids = {other.reverses for other in self.entries.values() if other.reverses}
        if entry.reverses and (entry.reverses in reversed_ids or firsts[entry.reverses] != entry.key):
            return "entry_already_reversed"
        sums: dict[str, int] = defaultdict(int)
        for name, _, minor in entry.lines:
            sums[name] += minor
        if not all(self.leaves[name].bears(minor) for name, minor in sums.items()):
            return "limit_exceeded"
        for name, _, minor in entry.lines:
            self.leaves[name].moved(minor)
            debit, credit = self.days.get((name, entry.day), (0, 0))
            self.days[name, entry.day] = debit + max(minor, 0), credit + max(-minor, 0)
        self.entries[entry.key] = entry
        return None

    def _faults(self, entry: Entry) -> list[str]:
        return [fault for line in entry.lines if (fault := self._fault(line))]

    def _fault(self, line: Line) -> str | None:
        leaf = self.leaves.get(line[0])
        if leaf is None or leaf.state == "closed":
            return "account_not_postable"
        if leaf.state == "frozen":
            return "account_frozen"
        return "posting_wrong_currency" if leaf.currency != line[1] else None

    def reserve(self, reservation_id: str, name: str, minor: int, ends: datetime) -> str:
        leaf = self.leaves[name]
        fault = self._fault((name, leaf.currency, minor))
        if fault:
            return fault
        if not leaf.bears(out=max(-minor, 0), into=max(minor, 0)):
            return "limit_exceeded"
        leaf.reserve(minor)
        self.held[reservation_id] = Held(name, minor, ends, minor > 0)
        return "created"

    def take(self, reservation_id: str, entry: Entry, part: int, *, last: bool, now: datetime) -> str:
        held = self.held[reservation_id]
        if held.state != "open":
            return "reservation_resolved"
        if held.ends <= now:
            return "reservation_expired"
        if abs(part) > abs(held.open):
            return "reservation_exceeded"
        if part != sum(minor for name, _, minor in entry.lines if name == held.account):
            return "reservation_mismatch"
        gone, leaf = held.open if last else part, self.leaves[held.account]
        self._release(leaf, gone)
        (outcome,) = self.post([entry])
        if outcome != "created":
            leaf.reserve(gone)
            return outcome
        held.open -= gone
        held.state = "open" if held.open else "posted"
        return outcome

    def release(self, reservation_id: str, state: str) -> str:
        held = self.held[reservation_id]
        if held.state != "open":
            return "reservation_resolved"
        self._release(self.leaves[held.account], held.open)
        held.open, held.state = 0, state
        return "created"

    def _release(self, leaf: Leaf, minor: int) -> None:
        leaf.into, leaf.out = leaf.into - max(minor, 0), leaf.out - max(-minor, 0)

    def limit(self, name: str, floor: int | None, ceiling: int | None) -> str:
        leaf = self.leaves[name]
        if leaf.state == "closed":
            return "account_not_postable"
        before = leaf.floor, leaf.ceiling
        leaf.floor, leaf.ceiling = floor, ceiling
        if leaf.bears():
            return "created"
        leaf.floor, leaf.ceiling = before
        return "limit_exceeded"

    def turn(self, names: Sequence[str], state: str) -> None:
        for name in names:
            if self.leaves[name].state != "closed":
                self.leaves[name].state = state

    def close(self, name: str) -> str:
        leaf = self.leaves[name]
        if leaf.state == "closed":
            return "account_closed"
        if leaf.debit != leaf.credit:
            return "account_has_balance"
        if leaf.into or leaf.out:
            return "account_has_reservations"
        leaf.state = "closed"
        return "created"
