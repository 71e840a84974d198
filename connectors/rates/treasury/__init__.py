"""Rates that a tenant's treasury states itself: kept with who stated them and when; they beat every other source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection

from connectors.rates.book import RateBook
from domain.contacts import Confidence
from domain.fx import Cadence, Leg, Rate, of_legs
from store import rates
from store.database import Database
from store.rates import Statement

InForce = Mapping[tuple[str, str], Statement]
"""Of each pair, base first, the statement that counts on a day."""


class TreasuryRates:
    """The statements of one tenant, read once for each day that is asked about."""

    code = "treasury"

    def __init__(self, read: Callable[[date], InForce]) -> None:
        self._read = read
        self._days: dict[date, InForce] = {}

    def rate(self, base: str, quote: str, on: date) -> Rate | None:
        """The statement for the last day on or before ``on``; of several for that day the newest."""
        if on not in self._days:
            self._days[on] = self._read(on)
        found = self._days[on].get((base, quote))
        if found is None:
            return None
        stated = found.stated
        source = f"Treasury: {stated.source} (stated by {found.stated_by}, {found.stated_at:%Y-%m-%d})"
        return of_legs([Leg(base, quote, stated.value, stated.as_of, source, Cadence.STATED, Confidence.POLICY)])


def of_tenant(book: RateBook, tx: Connection, *, known_at: datetime | None = None) -> RateBook:
    """The book with the statements of the transaction's tenant before its other sources, while it is open.

    ``known_at`` leaves out what was stated later (an aware moment), so that a past report can be made again.
    """
    return book.beside(TreasuryRates(lambda on: rates.in_force(tx, on, known_at=known_at)))


def of_database(book: RateBook, database: Database, tenant_id: str) -> RateBook:
    """The book with a tenant's statements before its other sources, each day read in a transaction of its own."""

    def read(on: date) -> InForce:
        with database.tenant(tenant_id) as tx:
            return rates.in_force(tx, on)

    return book.beside(TreasuryRates(read))
