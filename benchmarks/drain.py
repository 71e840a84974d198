"""A full inbox drained by the product's own worker: every event booked or put aside once, to the centavo.

The inbox is filled while nobody works; then the worker is started, whose schedule finds it. Of ten events two name a
contract and pay it, seven name nothing known and wait in suspense, and one tells of the money before it once more.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass

from activities import portfolios as importing
from activities.portfolios import ImportInput, PortfolioActivities
from benchmarks.house import House
from benchmarks.senders import every, paid_at_stripe
from benchmarks.sizes import Sizes
from benchmarks.table import Line, Table
from domain.portfolio import COLUMNS
from ledger import balances, invariants
from runtime import clock
from store import inbox
from store.inbox import Delivery

_LOANS = 20
_GROUP, _NAMED, _AGAIN = 10, 2, 9  # of ten events the first two name a contract, the last repeats
_AT_ONCE = 500
_LOOK_EVERY_SECONDS = 0.5
_PATIENCE_SECONDS = 300.0
_FIRST = 10**9  # numbers of payments that no other measurement uses


@dataclass(frozen=True, slots=True)
class _Filled:
    """What waits: events, payments among them, and their sum in centavos."""

    events: int
    payments: int
    minor: int


class _Nobody:
    """Tells no workflow: the worker, once it runs, finds what there is by itself."""

    def nudge(self, tenant_id: str, case_ids: Sequence[str]) -> None:
        """Nothing."""

    def start_imports(self, tenant_id: str, portfolio_ids: Sequence[str]) -> None:
        """Nothing."""

    def send_webhooks(self, tenant_id: str) -> None:
        """Nothing."""


def main(house: House, sizes: Sizes, table: Table) -> None:
    """Measure how many events a second are booked, and prove that none was lost or booked twice."""
    table.heading(f"{sizes.drained:,} events wait in the inbox; the worker drains it")
    connection_id = house.connect(every()[0], name="drained")
    filled = _fill(house, connection_id, sizes.drained)
    with house.office("worker"):
        seconds = _drained(house, connection_id, filled.events)
    booked = _check(house, connection_id, filled)
    rate = filled.events / seconds
    table.add(
        Line("events booked or put aside once", f"{booked:,}", f"{filled.events:,} waited", booked / filled.events, 1)
    )
    table.note(
        f"{rate:.0f} events a second; {filled.payments:,} payments of {filled.minor / 100:,.2f} BRL, all in the book"
    )


def _fill(house: House, connection_id: str, many: int) -> _Filled:
    contracts = _lend(house)
    payments = minor = 0
    batch: list[Delivery] = []
    for number in range(many):
        again = number % _GROUP == _AGAIN
        payment = number - again
        amount = 100 + payment % 997
        reference = contracts[payment // _GROUP % _LOANS] if payment % _GROUP < _NAMED else f"nobody-{payment}"
        body = paid_at_stripe(_FIRST + payment, reference=reference, minor=amount)
        if again:
            body = body.replace(b'"evt_', b'"evt_again_', 1)
        payments, minor = payments + (not again), minor + amount * (not again)
        batch.append(_delivery(house, connection_id, number, body))
        if len(batch) == _AT_ONCE or number == many - 1:
            inbox.receive_all(house.database, house.tenant_id, batch)
            batch = []
    return _Filled(many, payments, minor)


def _delivery(house: House, connection_id: str, number: int, body: bytes) -> Delivery:
    now = clock.now()
    return Delivery(
        id=clock.new_id("inbox"),
        tenant_id=house.tenant_id,
        connection_id=connection_id,
        platform="stripe",
        delivery_id=f"evt_{number}",
        body=body,
        received_at=now,
        next_try_at=now,
    )


def _lend(house: House) -> list[str]:
    """Contracts of Brazilian debtors; their numbers."""
    cells = {column.name: column.example for column in COLUMNS if column.required or column.name == "email"}
    cells |= {"paid_instalments": "10", "instalment_amount": "900000.00", "principal": "40000000.00"}
    contracts = [f"DRAIN-{number}" for number in range(_LOANS)]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(cells))
    writer.writeheader()
    for number, contract in enumerate(contracts):
        writer.writerow(cells | {"contract_no": contract, "id_value": _cpf(number), "debtor_name": f"Debtor {number}"})
    with house.database.tenant(house.tenant_id) as tx:
        portfolio = importing.receive(
            tx,
            tenant_id=house.tenant_id,
            creditor_id=house.creditor.id,
            filename="drain.csv",
            body=text.getvalue().encode(),
            dry_run=False,
            skip_bad=False,
            imported_by="benchmark",
            new_id=clock.new_id,
            now=clock.now(),
        )
    loader = PortfolioActivities(house.database, _Nobody(), clock.new_id, clock.now)
    done = loader.load(ImportInput(house.tenant_id, portfolio.id))
    if done.state != "imported":
        raise RuntimeError(f"the portfolio was not imported: {done}")
    return contracts


def _cpf(number: int) -> str:
    """A made-up CPF whose check digits are right."""
    digits = [int(digit) for digit in f"{700_000_000 + number}"]
    for _ in range(2):
        weighed = sum(digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
        digits.append(-weighed % 11 % 10)
    return "".join(map(str, digits))


def _drained(house: House, connection_id: str, many: int) -> float:
    """Seconds until nothing waits any more, from the first event that was read."""
    began, left, changed_at = None, many, time.monotonic()
    while left:
        time.sleep(_LOOK_EVERY_SECONDS)
        now = time.monotonic()
        with house.database.tenant(house.tenant_id) as tx:
            query = "SELECT count(*) FROM inbox WHERE connection_id = %s AND state IN ('new', 'waiting')"
            found = tx.exec_driver_sql(query, (connection_id,)).scalar_one()
        if found < left:
            began, left, changed_at = began or now, found, now
        elif now - changed_at > _PATIENCE_SECONDS:
            raise RuntimeError(f"{left} events are not read any more")
    return max(time.monotonic() - (began or 0), _LOOK_EVERY_SECONDS)


def _check(house: House, connection_id: str, filled: _Filled) -> int:
    """How many events were understood; fails where a payment is missing, twice or of another sum, in the book too."""
    with house.database.tenant(house.tenant_id) as tx:
        one = (connection_id,)
        receipts = tx.exec_driver_sql(
            "SELECT count(*), sum(amount_minor), sum(allocated_minor + suspense_minor), count(DISTINCT external_ref)"
            " FROM receipt WHERE connection_id = %s",
            one,
        ).one()
        leaf = tx.exec_driver_sql("SELECT id FROM account WHERE connection_id = %s AND role = 'clearing'", one)
        book = balances.of_leaf(tx, leaf.scalar_one()).minor
        counted = tx.exec_driver_sql("SELECT state, count(*) FROM inbox WHERE connection_id = %s GROUP BY 1", one)
        states = dict(counted.tuples().all())
        broken = [finding.code for finding in invariants.check(tx) if finding.broken]
    wanted = (filled.payments, filled.minor, filled.minor, filled.payments)
    if tuple(receipts) != wanted or book != filled.minor or broken:
        raise RuntimeError(f"receipts {tuple(receipts)} for {wanted}, the book {book}, {broken or 'sound'}, {states}")
    return int(states.get("done", 0))
