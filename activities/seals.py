"""Sealing the book: every tenant's new entries in hash-chained blocks, beside posting and never in its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from ledger import balances, reservations, seals
from store.database import Database


@dataclass(frozen=True)
class SealRun:
    """What one run did: blocks made and entries in them, over every tenant."""

    blocks: int
    entries: int


@dataclass(frozen=True)
class SealActivities:
    """Sealing, visited by a schedule; running it twice or at the same time does nothing more."""

    database: Database
    now: Callable[[], datetime]

    @activity.defn(name="seal_blocks")
    def seal_blocks(self) -> SealRun:
        """Visit every tenant once; returns what was sealed."""
        runs = [self.visit(tenant_id) for tenant_id in self.database.tenants()]
        return SealRun(sum(run.blocks for run in runs), sum(run.entries for run in runs))

    def visit(self, tenant_id: str) -> SealRun:
        """Seal a tenant's entries that are safe; the rest waits for the next run.

        Then the totals of parents are brought forward, and reservations whose time is over lapse; each in a
        transaction of its own.
        """
        with self.database.tenant(tenant_id) as tx:
            made = seals.seal(tx, now=self.now())
        with self.database.tenant(tenant_id) as tx:
            balances.count_totals(tx)
        with self.database.tenant(tenant_id) as tx:
            reservations.expire(tx, now=self.now())
        return SealRun(len(made), sum(block.entries for block in made))
