"""A process that does an operation of the product and stops before its n-th statement, so that it is killed there.

One process has everything loaded and waits; for each question it makes a child of its own, which connects, works and
says where it stands: ``python -m tests.ledger.crashing``. Questions are pickled, in hexadecimal, one a line; answers
are JSON. Before a statement, before a commit and after the last of them are the points at which a child can stop.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from activities.intake import IntakeActivities
from domain.accounts import Role
from domain.errors import Unavailable
from domain.journal import JournalEntry, Posting
from domain.money import Money
from domain.reservations import Reservation
from ledger import account_states, accounts, posting, reservations, reversals, seals
from ledger.account_states import Cause
from runtime import clock
from store import sealing
from store.database import Database
from store.sealing import Keyring

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
KEYS = Keyring({1: bytes(range(32))}, 1, b"index key of the tests, 32 bytes", os.urandom)


@dataclass(frozen=True)
class Task:
    """Which operation in which book, where the database is, and before which point to stop (0: at none)."""

    operation: str
    url: str
    tenant_id: str
    stop: int = 0
    book: Any = None


@dataclass
class Points:
    """The statements of this process, counted; it stops itself before the one that was asked for."""

    stop: int
    seen: list[str] = field(default_factory=list)

    def watch(self, engine: Engine) -> None:
        @event.listens_for(engine, "before_cursor_execute")
        def _statement(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            self.pass_by(statement.partition("(")[0][:60], connection.connection.driver_connection)

        @event.listens_for(engine, "commit")
        def _commit(connection: Any) -> None:
            self.pass_by("COMMIT", connection.connection.driver_connection)

        asked = psycopg.Connection.execute

        def execute(driver: Any, query: Any, *more: Any, **named: Any) -> Any:  # what goes past SQLAlchemy
            self.pass_by(str(query).partition("(")[0][:60], driver)
            return asked(driver, query, *more, **named)

        psycopg.Connection.execute = execute  # type: ignore[method-assign]

    def pass_by(self, what: str, driver: Any = None) -> None:
        self.seen.append(what)
        if len(self.seen) == self.stop:
            backend = driver and driver.info.backend_pid
            say({"process": os.getpid(), "backend": backend, "before": what})
            os.kill(os.getpid(), signal.SIGSTOP)


def say(answer: Mapping[str, Any]) -> None:
    """One answer, in one piece."""
    os.write(1, json.dumps(answer).encode() + b"\n")


# The operations: each does the same again under the same keys when it is asked again ------------------------------


def entry(book: Any, key: str, minor: int) -> JournalEntry:
    lines = (
        Posting(book.leaves[Role.CLEARING], Money(minor, "BRL")),
        Posting(book.receivable, Money(-minor, "BRL")),
    )
    return JournalEntry(clock.new_id("entry"), "test", key, NOW.date(), lines, "crash")


def post(database: Database, task: Task) -> None:
    """A batch of three entries."""
    with database.tenant(task.tenant_id) as tx:
        done = posting.post(tx, [entry(task.book, f"batch-{number}", number) for number in (1, 2, 3)], now=NOW)
    assert {item.outcome for item in done} in ({"created"}, {"exists"})


def reserve(database: Database, task: Task) -> None:
    """Money is reserved, taken in two parts (the second releases the rest), reserved again and given back."""

    def held(key: str) -> str:
        amount, ends = Money(50, "BRL"), NOW + timedelta(days=1)
        wanted = Reservation(clock.new_id("reservation"), key, task.book.leaves[Role.CLEARING], amount, ends, "crash")
        with database.tenant(task.tenant_id) as tx:
            return reservations.reserve(tx, wanted, now=NOW)

    first = held("first")
    for key, minor in (("part", 20), ("last", 10)):
        part = Money(minor, "BRL")
        with database.tenant(task.tenant_id) as tx:
            reservations.post_part(tx, first, entry(task.book, key, minor), part=part, now=NOW, last=key == "last")
    second = held("second")
    with database.tenant(task.tenant_id) as tx:
        reservations.void(tx, second, key="void", now=NOW)


def reverse(database: Database, task: Task) -> None:
    """The entry that the book began with is reversed."""
    with database.tenant(task.tenant_id) as tx:
        standing = posting.of_source(tx, "begun")[0]
        reversals.reverse(
            tx,
            standing.entry.id,
            reversal_id=clock.new_id("entry"),
            key="undo",
            effective_date=NOW.date(),
            now=NOW,
        )


def open_child(database: Database, task: Task) -> None:
    """A child account with its leaves is opened under the parent."""
    with database.tenant(task.tenant_id) as tx:
        accounts.open_child(
            tx,
            parent=accounts.get(tx, task.book.parent),
            name="Alipay",
            country="CN",
            connection_id="con_crash",
            currency="CNY",
            new_id=clock.new_id,
            now=NOW,
        )


def freeze(database: Database, task: Task) -> None:
    """A child account is frozen with all that is below it."""
    with database.tenant(task.tenant_id) as tx:
        account_states.freeze(tx, task.book.child, Cause("ana", "audit", NOW))


def seal(database: Database, task: Task) -> None:
    """What stands is sealed, in two blocks or the one that a run before left over."""
    with database.tenant(task.tenant_id) as tx:
        seals.seal(tx, now=NOW, block_size=1)


class NobodyToTell:
    """No workflow runs here; what was committed is found by the sweep."""

    def nudge(self, tenant_id: str, case_ids: Any) -> None:
        """Tell workflows."""

    def start_imports(self, tenant_id: str, portfolio_ids: Any) -> None:
        """Start imports."""

    def send_webhooks(self, tenant_id: str) -> None:
        """Send webhooks."""


def intake(database: Database, task: Task) -> None:
    """A statement in the inbox is understood: receipt, allocation, entry, instalments, the case and its delivery."""
    IntakeActivities(database, NobodyToTell(), clock.new_id, lambda: NOW).batch(task.tenant_id)


OPERATIONS: dict[str, Callable[[Database, Task], None]] = {
    operation.__name__: operation for operation in (post, reserve, reverse, open_child, freeze, seal, intake)
}


def work(task: Task) -> None:
    """Do a task, and say at which points it passed, or that the database was lost on the way."""
    database, points = Database(task.url), Points(task.stop)
    points.watch(database.engine)
    try:
        OPERATIONS[task.operation](database, task)
        points.pass_by("THE END")
    except (DBAPIError, Unavailable) as error:
        say({"process": os.getpid(), "lost": str(error).splitlines()[0]})
        return
    say({"process": os.getpid(), "points": points.seen})


def main() -> None:
    """Make a child for every line that comes in."""
    sealing.use(KEYS)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        task = pickle.loads(bytes.fromhex(line))  # noqa: S301 (what the test wrote)
        if os.fork() == 0:
            try:
                work(task)
            except BaseException as error:  # noqa: BLE001 (whatever it was, the test says so)
                say({"process": os.getpid(), "failed": f"{type(error).__name__}: {error}"})
            os._exit(0)


if __name__ == "__main__":
    main()
