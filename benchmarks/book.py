"""A book to measure: a tenant of its own with leaf accounts, and the entries that are posted to them."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.accounts import Account, Role
from domain.journal import JournalEntry, Posting
from domain.money import Money
from ledger import accounts, invariants, posting
from runtime import clock
from runtime.postgres import APPLICATION, EmbeddedPostgres
from store import tenants
from store.database import Database

LEAVES = 50
DAY = date(2026, 11, 1)
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """What posting took: by the clock, and of the client's and the server's processors, in seconds."""

    entries: int
    seconds: float
    client: float
    server: float

    @property
    def rate(self) -> float:
        """Entries a second."""
        return self.entries / self.seconds


def server_cpu(backend: int) -> float:
    """Seconds of processor that a process of the server has used (to a hundredth)."""
    fields = Path(f"/proc/{backend}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


class Book:
    """A tenant with leaves in reais, through the pool and the role that the product uses."""

    def __init__(self, server: EmbeddedPostgres, *, leaves: int = LEAVES) -> None:
        self.database = Database(server.url(APPLICATION), pool_size=1)
        self.tenant_id = clock.new_id("tenant")
        self.number = 0
        with self.database.tenant(self.tenant_id) as tx:
            tenants.create(tx, tenant_id=self.tenant_id, name="bench", now=clock.now())
            self.parent = accounts.open_parent(
                tx,
                tenant_id=self.tenant_id,
                creditor_id="cre",
                name="p",
                currency="BRL",
                new_id=clock.new_id,
                now=clock.now(),
            )
            opened = (self._leaf(number) for number in range(leaves))
            self.leaves = [accounts.open_account(tx, leaf, now=clock.now()) for leaf in opened]
            self.backend = int(tx.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())

    def _leaf(self, number: int) -> Account:
        return Account(
            *(clock.new_id("account"), self.tenant_id, self.parent, "cre", Role.CLEARING, "x"),
            *("BRL", None, None, str(number)),
        )

    def entry(self, *, left: str | None = None) -> JournalEntry:
        """The next entry of two postings, under a key of its own; over all leaves evenly, or always on one."""
        self.number += 1
        right = self.leaves[(self.number + 7) % (len(self.leaves) - 1) + 1]
        amount = Money(100 + self.number % 1000, "BRL")
        debited = left or self.leaves[self.number % len(self.leaves)]
        if debited == right:
            debited = self.leaves[0]
        return JournalEntry(
            clock.new_id("entry"),
            "bench",
            f"k{self.number}",
            DAY,
            (Posting(debited, amount), Posting(right, -amount)),
            "bench",
        )

    def post(self, size: int, times: int, *, hot: bool = False) -> Cost:
        """Post new entries, so many in a transaction."""
        left = self.leaves[0] if hot else None
        batches = [[self.entry(left=left) for _ in range(size)] for _ in range(times)]
        return self.post_all(batches)

    def post_all(self, batches: Sequence[Sequence[JournalEntry]], *, outcome: str = "created") -> Cost:
        """Post entries that are made already; every one must come to this outcome."""
        started, client, server = time.perf_counter(), time.process_time(), server_cpu(self.backend)
        for batch in batches:
            with self.database.tenant(self.tenant_id) as tx:
                posted = posting.post(tx, batch, now=clock.now())
            assert all(one.outcome == outcome for one in posted)
        return Cost(
            sum(map(len, batches)),
            time.perf_counter() - started,
            time.process_time() - client,
            server_cpu(self.backend) - server,
        )

    def check(self) -> None:
        """Every invariant must hold."""
        with self.database.tenant(self.tenant_id) as tx:
            broken = [finding.code for finding in invariants.check(tx) if finding.broken]
        assert not broken, broken
