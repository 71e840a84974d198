"""Killed between any two statements: what was asked for is done by asking again, once, as if nothing had happened."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger import invariants, posting, seals
from runtime import clock
from runtime.migrations import migrate
from runtime.postgres import APPLICATION, DATABASE, OWNER, EmbeddedPostgres
from store import sealing, tenants
from store.database import Database
from tests.activities.conftest import World, portfolio_file, row
from tests.ledger import crashing
from tests.ledger.book_state import AND_CASES, digest, state
from tests.ledger.conftest import Book, found_book
from tests.ledger.crashing import NOW, Task
from tests.ledger.soaking import at_ease

pytestmark = pytest.mark.servers
ROOT = Path(__file__).parents[2]
BY_BOOK = [name for name in crashing.OPERATIONS if name != "intake"]


class Doer:
    """The process whose children do tasks, and die."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ledger.crashing"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, task: Task) -> dict[str, Any]:
        """What a child says first: that it stopped, that it is done, or that it lost the database."""
        assert self.process.stdin
        self.process.stdin.write(pickle.dumps(task).hex() + "\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert "failed" not in answer, answer["failed"]
        return answer

    def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=10)


@pytest.fixture(scope="module")
def doer() -> Iterator[Doer]:
    started = Doer()
    yield started
    started.stop()


def is_stopped(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "T"


class Place:
    """A server, and books on it."""

    def __init__(self, server: EmbeddedPostgres, database: Database) -> None:
        self.server, self.database = server, database

    def owner(self) -> psycopg.Connection:
        info = f"host={self.server.socket_folder} user={OWNER} dbname={DATABASE}"
        return psycopg.connect(info, autocommit=True)

    def tenant(self) -> str:
        tenant_id = clock.new_id("tenant")
        with self.database.tenant(tenant_id) as tx:
            tenants.create(tx, tenant_id=tenant_id, name="Tenant of a crash", now=NOW)
        return tenant_id

    def book(self) -> Book:
        """A book with two entries in it."""
        book = found_book(self.database, self.tenant())
        with self.database.tenant(book.tenant_id) as tx:
            posting.post(tx, [replace(book.move(100, key="begun"), source="begun"), book.move(1, key="1")], now=NOW)
        return book

    def task(self, operation: str, book: Book) -> Task:
        return Task(operation, self.server.url(APPLICATION), book.tenant_id, book=book)

    def digest(self, tenant_id: str) -> str:
        with self.owner() as owner:
            return digest(owner, tenant_id)

    def proves(self, tenant_id: str) -> None:
        """Every invariant holds, and the chain of seals."""
        with self.database.tenant(tenant_id) as tx:
            assert [finding.code for finding in invariants.check(tx) + seals.verify(tx) if finding.broken] == []


@pytest.fixture
def place(postgres: EmbeddedPostgres, database: Database) -> Place:
    """This worker's server, on which processes are killed and the server is not."""
    return Place(postgres, database)


def undisturbed(place: Place, doer: Doer, operation: str) -> tuple[str, list[str]]:
    """What a book says after an operation that nothing disturbed, and the points that it passed."""
    book = place.book()
    points = doer.ask(place.task(operation, book))["points"]
    return place.digest(book.tenant_id), points


def crash(place: Place, doer: Doer, operation: str, stop: int, kill: Callable[[dict[str, Any]], None]) -> str:
    """What a book says after an operation was killed before a point and done again."""
    book = place.book()
    task = place.task(operation, book)
    stopped = doer.ask(replace(task, stop=stop))
    kill(stopped)
    assert "points" in doer.ask(task)
    place.proves(book.tenant_id)
    said = place.digest(book.tenant_id)
    assert "points" in doer.ask(task)  # and once more: that changes nothing
    assert place.digest(book.tenant_id) == said
    return said


def kill_process(stopped: dict[str, Any]) -> None:
    os.kill(stopped["process"], signal.SIGKILL)


# The process --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", BY_BOOK)
def test_a_process_killed_between_any_two_statements_leaves_nothing_half_done(
    place: Place, doer: Doer, operation: str
) -> None:
    expected, points = undisturbed(place, doer, operation)
    assert points[-2:] == ["COMMIT", "THE END"]
    for stop, before in enumerate(points, start=1):
        assert crash(place, doer, operation, stop, kill_process) == expected, before


def test_intake_killed_between_any_two_statements_books_the_receipt_once_and_leaves_the_case_to_be_found(
    place: Place, doer: Doer, owner: psycopg.Connection
) -> None:
    """A dead process leaves all as it was; so one delivery bears every crash in turn until one commits."""
    tasks = []
    for _ in range(2):
        world = World(place.database, place.tenant())
        world.clock.at = NOW
        bank = world.connect_bank()
        world.load(portfolio_file(row(contract_no="BR-0001")))
        line = {
            "statement_id": "S1", "account": bank.config["account"], "currency": "BRL", "line_no": "1",
            "value_date": "2026-11-24", "booked_at": "2026-11-24T12:00:00+00:00", "amount": "1000.00",
            "reference": "bank-1", "remittance": "payment of BR-0001", "reversal_of": "",
        }  # fmt: skip
        world.deliver(bank, portfolio_file(line), filename="statement.csv", name="once")
        tasks.append(Task("intake", place.server.url(APPLICATION), world.tenant_id))
    untouched, crashed = tasks
    before = state(owner, crashed.tenant_id, AND_CASES)
    assert before == state(owner, untouched.tenant_id, AND_CASES)
    points = doer.ask(untouched)["points"]
    expected = state(owner, untouched.tenant_id, AND_CASES)
    assert expected != before
    for stop in range(1, len(points)):
        kill_process(doer.ask(replace(crashed, stop=stop)))
        assert state(owner, crashed.tenant_id, AND_CASES) == before, points[stop - 1]
    for stop in (len(points), 0):
        stopped = doer.ask(replace(crashed, stop=stop))
        if stop:
            kill_process(stopped)
        assert state(owner, crashed.tenant_id, AND_CASES) == expected
    place.proves(crashed.tenant_id)


# The server ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server of its own, as durable as in operation."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("mortal"))
    server.start()
    migrate(server.url(OWNER))
    sealing.use(crashing.KEYS)
    database = Database(server.url(APPLICATION))
    yield Place(server, database)
    database.close()
    server.stop()


def resume(doer: Doer, stopped: dict[str, Any]) -> None:
    """The process goes on where its server is gone: it loses the connection, or was past the last statement."""
    while not is_stopped(stopped["process"]):
        time.sleep(0.001)
    os.kill(stopped["process"], signal.SIGCONT)
    answer = doer.hear()
    assert ("points" in answer) == (stopped["before"] == "THE END"), answer


def kill_server(place: Place, doer: Doer) -> Callable[[dict[str, Any]], None]:
    """SIGKILL for every process of the server; it is started again over what it left."""

    def killed(stopped: dict[str, Any]) -> None:
        server = place.server.process
        assert server
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        for process in (server.pid, *map(int, children)):
            os.kill(process, signal.SIGKILL)
        server.wait()
        resume(doer, stopped)
        place.server.start()

    return killed


def kill_backend(place: Place, doer: Doer) -> Callable[[dict[str, Any]], None]:
    """SIGKILL for the process that serves the connection; the server throws everybody out and recovers."""

    def killed(stopped: dict[str, Any]) -> None:
        if stopped["backend"] is None:
            return kill_process(stopped)
        with place.owner() as owner:
            row = owner.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'").fetchone()
            assert row
        os.kill(stopped["backend"], signal.SIGKILL)
        resume(doer, stopped)
        deadline = time.monotonic() + 60
        while Path(f"/proc/{row[0]}").exists() or not place.server._answers():  # it answers until it notices
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return None

    return killed


def points_to_try(points: list[str]) -> list[int]:
    """Every point in a soak; else one in the middle, a commit, and the end."""
    middle = len(points) // 2
    return at_ease([middle, len(points) - 1, len(points)], list(range(1, len(points) + 1)))


@pytest.mark.parametrize("kill", [kill_server, kill_backend])
@pytest.mark.parametrize("operation", at_ease(["reserve"], BY_BOOK))
def test_a_server_killed_between_any_two_statements_leaves_nothing_half_done(
    mortal: Place, doer: Doer, operation: str, kill: Callable[[Place, Doer], Callable[[dict[str, Any]], None]]
) -> None:
    expected, points = undisturbed(mortal, doer, operation)
    for stop in points_to_try(points):
        assert crash(mortal, doer, operation, stop, kill(mortal, doer)) == expected, points[stop - 1]
