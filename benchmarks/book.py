"""Posting to the book, against the same rows inserted by hand on the same server, durable (fsync on).

Rounds are interleaved; the figure to read is the ratio of medians. After each run the book's invariants are checked.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg

from domain.accounts import Account, Role
from domain.journal import JournalEntry, Posting
from domain.money import Money
from ledger import accounts, invariants, posting
from runtime import clock
from runtime.migrations import migrate
from runtime.postgres import APPLICATION, OWNER, EmbeddedPostgres
from store import tenants
from store.database import Database

ROUNDS = 5
BATCH = 100
BATCHES = 20
SINGLES = 300

_BY_HAND = """
CREATE TABLE hand_entry (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text UNIQUE, tenant_id text,
    kind text, idem_key text, sha bytea, day date, booked_at timestamptz, UNIQUE (tenant_id, idem_key));
CREATE TABLE hand_posting (entry_seq bigint REFERENCES hand_entry, line int, account int, currency char(3),
    amount bigint, PRIMARY KEY (entry_seq, line));
CREATE INDEX ON hand_posting (account, entry_seq);
CREATE TABLE hand_balance (account int PRIMARY KEY, debit bigint, credit bigint);
INSERT INTO hand_balance SELECT n, 0, 0 FROM generate_series(1, 50) n;
"""


class Bench:
    """One server, one tenant, fifty leaf accounts."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.database = Database(server.url(APPLICATION))
        self.hand = psycopg.connect(server.url(OWNER).replace("postgresql+psycopg", "postgresql"))
        self.hand.execute(_BY_HAND)
        self.hand.commit()
        self.tenant_id = clock.new_id("tenant")
        self.number = 0
        with self.database.tenant(self.tenant_id) as tx:
            tenants.create(tx, tenant_id=self.tenant_id, name="bench", now=clock.now())
            root = accounts.open_parent(
                tx,
                tenant_id=self.tenant_id,
                creditor_id="cre",
                name="p",
                currency="BRL",
                new_id=clock.new_id,
                now=clock.now(),
            )
            self.leaves = [self._leaf(tx, root, number) for number in range(50)]

    def _leaf(self, tx: object, root: str, number: int) -> str:
        leaf = Account(
            clock.new_id("account"), self.tenant_id, root, "cre", Role.CLEARING, "x", "BRL", None, None, str(number)
        )
        return accounts.open_account(tx, leaf, now=clock.now())  # type: ignore[arg-type]  # a connection

    def entries(self, size: int) -> list[JournalEntry]:
        """Entries of two postings, each under a key of its own."""
        made = []
        for _ in range(size):
            self.number += 1
            left = self.leaves[self.number % 50]
            right = self.leaves[(self.number + 7) % 50]
            amount = Money(100 + self.number % 1000, "BRL")
            made.append(
                JournalEntry(
                    clock.new_id("entry"),
                    "bench",
                    f"k{self.number}",
                    date(2026, 11, 1),
                    (Posting(left, amount), Posting(right, -amount)),
                    "bench",
                )
            )
        return made

    def post(self, size: int, times: int) -> float:
        """Entries a second through the book's door."""
        batches = [self.entries(size) for _ in range(times)]
        started = time.perf_counter()
        for batch in batches:
            with self.database.tenant(self.tenant_id) as tx:
                posting.post(tx, batch, now=clock.now())
        return size * times / (time.perf_counter() - started)

    def by_hand(self, size: int, times: int) -> float:
        """The same rows by plain inserts, with no checks at all, one transaction for each batch."""
        started = time.perf_counter()
        for _ in range(times):
            with self.hand.transaction():
                for _ in range(size):
                    self._insert_one()
        return size * times / (time.perf_counter() - started)

    def _insert_one(self) -> None:
        self.number += 1
        key = f"h{self.number}"
        (seq,) = self.hand.execute(
            "INSERT INTO hand_entry (id, tenant_id, kind, idem_key, sha, day, booked_at)"
            " VALUES (%s, %s, 'bench', %s, %s, '2026-11-01', now()) RETURNING seq",
            (key, self.tenant_id, key, b"x" * 32),
        ).fetchone() or (0,)
        left, right, amount = self.number % 50 + 1, (self.number + 7) % 50 + 1, 100 + self.number % 1000
        self.hand.execute(
            "INSERT INTO hand_posting VALUES (%s, 1, %s, 'BRL', %s), (%s, 2, %s, 'BRL', %s)",
            (seq, left, amount, seq, right, -amount),
        )
        self.hand.execute("UPDATE hand_balance SET debit = debit + %s WHERE account = %s", (amount, left))
        self.hand.execute("UPDATE hand_balance SET credit = credit + %s WHERE account = %s", (amount, right))

    def check(self) -> None:
        """The book must hold after every run."""
        with self.database.tenant(self.tenant_id) as tx:
            assert not [finding for finding in invariants.check(tx) if finding.broken]


def _compare(name: str, book: Callable[[], float], hand: Callable[[], float]) -> None:
    book_rates, hand_rates = [], []
    for _ in range(ROUNDS):
        book_rates.append(book())
        hand_rates.append(hand())
    ours, theirs = statistics.median(book_rates), statistics.median(hand_rates)
    print(f"{name:28} book {ours:8.0f}/s   by hand {theirs:8.0f}/s   ratio {ours / theirs:5.2f}")


def main() -> None:
    """Measure posting."""
    with tempfile.TemporaryDirectory(prefix="afluente-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        server.start()
        try:
            migrate(server.url(OWNER))
            bench = Bench(server)
            _compare("batches of 100 entries", lambda: bench.post(BATCH, BATCHES), lambda: bench.by_hand(BATCH, 2))
            _compare("single entries", lambda: bench.post(1, SINGLES), lambda: bench.by_hand(1, SINGLES))
            bench.check()
            bench.hand.close()
            bench.database.close()
        finally:
            server.stop()
