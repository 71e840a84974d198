"""Contact: the pure decision on one core, for each country, and permits issued durably by two actors at once."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

from activities import contact, creditors
from activities.contact import Contact, Debtor
from benchmarks.table import Line, Table
from connectors import registry
from domain.contact_policy import Actor, Channel, ContactFacts, PastContact, Permitted, contact_policy
from domain.countries import Country
from runtime import clock
from runtime.postgres import APPLICATION, EmbeddedPostgres
from store import cases, parties, sealing, tenants
from store.cases import Case
from store.database import Database
from store.parties import Party
from store.permits import Permit
from store.sealing import Keyring

SECONDS = 0.5
NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)  # a Monday, 12:00 in Bangkok
_DECISIONS = 10_000.0
_PERMITS = 500.0
_DEBTORS = 2_000
_BATCH = 50
_CONSENTS = frozenset(Channel)
_WRITERS = 2


def main(server: EmbeddedPostgres, table: Table) -> None:
    """Measure decisions, then permits."""
    _decisions(table)
    _permits(server, table)


def _decisions(table: Table) -> None:
    table.heading("Contact decisions on one core, a second")
    rates: dict[str, float] = {}
    for country in registry.countries().values():
        moment = _lawful_moment(country)
        place = next(iter(country.zones), None)
        known = ContactFacts(
            time_zone=country.zone_of(place),
            consents=_CONSENTS,
            contacts=tuple(PastContact(moment - timedelta(days=days), Channel.EMAIL) for days in (10, 20, 30)),
        )
        rates[country.code] = _rate(
            partial(contact_policy, country, known, channel=Channel.EMAIL, at=moment, subdivision=place)
        )
    table.note(", ".join(f"{code} {rate:,.0f}" for code, rate in rates.items()))
    for what, rate in (("slowest country", min(rates.values())), ("median country", statistics.median(rates.values()))):
        table.add(Line(what, f"{rate:,.0f}", f"{_DECISIONS:,.0f} asked for", rate / _DECISIONS, 1.0))


def _lawful_moment(country: Country) -> datetime:
    place = next(iter(country.zones), None)
    at = NOON
    while not isinstance(
        contact_policy(country, ContactFacts(consents=_CONSENTS), channel=Channel.EMAIL, at=at, subdivision=place),
        Permitted,
    ):
        at += timedelta(hours=1)
    return at


def _rate(work: Callable[[], object]) -> float:
    """How often work is done in a second of one core's time, whoever else is at work on this machine."""
    count, started = 0, time.process_time()
    while time.process_time() - started < SECONDS:
        work()
        count += 1
    return count / (time.process_time() - started)


def _permits(server: EmbeddedPostgres, table: Table) -> None:
    table.heading("Permits issued durably (fsync), a second")
    sealing.use(Keyring({1: bytes(range(32))}, 1, b"index key of the benchmark, bytes", os.urandom))
    database = Database(server.url(APPLICATION))
    try:
        tenant_id, debtors = _found(database)
        for week, (size, target) in enumerate(((_BATCH, 1.0), (1, None))):
            # Each round has a day of its own, so that no budget is spent.
            rate = _issue(database, tenant_id, debtors, size=size, now=NOON + timedelta(weeks=week))
            what = f"{_WRITERS} writers, {size} in a transaction"
            table.add(Line(what, f"{rate:,.0f}", f"{_PERMITS:,.0f} asked for", rate / _PERMITS, target))
    finally:
        database.close()


def _issue(database: Database, tenant_id: str, debtors: list[Debtor], *, size: int, now: datetime) -> float:
    """Ask once for every debtor, by writers at once; permits a second."""

    def write(mine: list[Debtor]) -> int:
        issued = 0
        for start in range(0, len(mine), size):
            asked = [Contact(debtor, Channel.EMAIL, Actor.CREDITOR) for debtor in mine[start : start + size]]
            with database.tenant(tenant_id) as tx:
                answers = contact.issue_permits(tx, asked, new_id=clock.new_id, now=now)
            issued += sum(isinstance(answer, Permit) for answer in answers)
        return issued

    started = time.perf_counter()
    with ThreadPoolExecutor(_WRITERS) as pool:
        issued = sum(pool.map(write, (debtors[place::_WRITERS] for place in range(_WRITERS))))
    seconds = time.perf_counter() - started
    if issued != len(debtors):
        raise RuntimeError(f"{issued} of {len(debtors)} permits were issued")
    return issued / seconds


def _found(database: Database) -> tuple[str, list[Debtor]]:
    """A creditor with so many Thai debtors, each with a case."""
    tenant_id = clock.new_id("tenant")
    new = creditors.NewCreditor("Aurora", "CN", None, "ask@aurora.example", "finance_company", "USD")
    thailand = registry.country("TH")
    with database.tenant(tenant_id) as tx:
        tenants.create(tx, tenant_id=tenant_id, name="Benchmark", now=NOON)
        creditor = creditors.open_creditor(tx, new, tenant_id=tenant_id, new_id=clock.new_id, now=NOON)
        debtors = []
        for number in range(_DEBTORS):
            party = _party(tenant_id, number)
            parties.add(tx, party)
            case = _case(tenant_id, creditor.id, party.id)
            cases.add(tx, case)
            debtors.append(Debtor(case, party, creditor, thailand))
    return tenant_id, debtors


def _party(tenant_id: str, number: int) -> Party:
    return Party(
        id=clock.new_id("party"),
        tenant_id=tenant_id,
        country="TH",
        kind="person",
        name=f"Debtor {number}",
        id_scheme="pin",
        id_value=f"{number:013d}",
        email=f"debtor{number}@example.com",
        phone=None,
        locale="th",
        channel="email",
        subdivision=None,
        city=None,
        address=None,
        time_zone="Asia/Bangkok",
        consents=[],
        registries=[],
        created_at=NOON,
        updated_at=NOON,
    )


def _case(tenant_id: str, creditor_id: str, party_id: str) -> Case:
    return Case(
        id=clock.new_id("case"),
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        party_id=party_id,
        country="TH",
        currency="THB",
        work_state="active",
        accounting_state="performing",
        bucket="1-30",
        days_past_due=10,
        oldest_due_date=NOON.date(),
        overdue_minor=100_000,
        outstanding_minor=100_000,
        strategy="standard",
        strategy_version=1,
        step=0,
        turn_no=0,
        next_wake_at=None,
        opened_at=NOON,
        closed_at=None,
        updated_at=NOON,
    )
