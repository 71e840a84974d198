"""The book with one guard taken out at a time, and the tests that notice: ``python -m tests.ledger.mutants [words]``.

Guards are found in the database as it stands after migration: every refusal, lock and tenant in its functions, every
trigger, constraint, policy, right and search path. Each mutant is a copy of the migrated database in which one is gone.
The tests that are witnesses then run against it; that none of them fails is itself a failure, unless it is explained.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from runtime import postgres
from runtime.migrations import migrate
from runtime.postgres import DATABASE, OWNER, EmbeddedPostgres

TESTS = Path(__file__).parents[1]
WITNESSES = (
    *(
        "book_by_hand",
        "tree_by_hand",
        "strangers",
        "posting",
        "reservations",
        "account_states",
        "accounts",
        "batch_reversals",
    ),
    *("seals", "totals", "short_way", "anchors", "book_as_application", "day_close", "races", "book_machine"),
)
BOOK = (
    *("account", "account_balance", "account_balance_day", "account_closure", "account_event"),
    *("account_parent_history", "journal_entry", "posting", "reservation", "reservation_step", "seal", "seal_progress"),
    *("account_total", "account_total_progress"),
)
# Who is likely to notice is asked first; the others follow.
ASKED_FIRST = (
    (r"lock|queue", ("races",)),
    (r"right|path|policy|security", ("book_as_application", "strangers")),
    (r"tenant \d", ("strangers",)),
    (r"total", ("totals",)),
    (r"seal", ("seals", "tree_by_hand")),
    (r"^(book_reserve|book_draw|book_release|book_expire|reservation)", ("reservations", "tree_by_hand")),
    (r"^(account|book_(open|freeze|limit|close|move))", ("tree_by_hand", "account_states")),
    (r"booking|closing|sound", ("day_close",)),
    (r"^(book_post|book_judge)", ("posting", "batch_reversals")),
)
PATIENCE = 1_200  # seconds; tests that hang have noticed

# What may be gone without a test that fails, and why that is as it should be.
EXPLAINED: Mapping[str, str] = {
    "book_post_plain: tenant 1: c.tenant_id = here": "a creditor is of one tenant; the condition leads to the index",
}


@dataclass(frozen=True)
class Mutant:
    """A guard that is gone: what it is called, and the statement that takes it out."""

    name: str
    statement: str


# Finding guards ---------------------------------------------------------------------------------------------------

_GUARDS: tuple[tuple[str, str, str], ...] = (
    ("refusal", r"WHEN (?P<condition>(?:(?!\bWHEN\b|\bTHEN\b).)+?)\s+THEN\s+(?='[a-z]+_[a-z_]+')", "WHEN false THEN "),
    ("judgement", r"WHEN (?:(?!\bWHEN\b|\bTHEN\b).)+?\s+THEN\s+(?=ARRAY\[')", "WHEN false THEN "),
    ("error", r"RAISE EXCEPTION [^;]+;", "NULL;"),
    ("assignment", r":= '(?:limit_exceeded)'", ":= NULL"),
    ("lock", r"FOR (?:NO KEY UPDATE|SHARE)(?: OF \w+)?", ""),
    ("queue", r"hashtextextended\(", "hashtextextended(gen_random_uuid()::text || "),
    ("tenant", r"\b(?:\w+\.)?tenant_id = (?:here|this_tenant\(\))", "true"),
    ("number", r"(?:PERFORM|own :=) pg_current_xact_id\(\);", ""),
    ("once", r"IF FOUND THEN\s+RETURN", "IF false THEN RETURN"),
    ("state", r"(?:\w+\.)?(?:closed_at IS NULL|state = 'open')", "true"),
    ("leaf", r"\bNOT (?:p\.)?is_leaf\b", "true"),
)


def _functions(owner: psycopg.Connection) -> Iterator[Mutant]:
    rows = owner.execute(
        "SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND p.prokind = 'f' AND (p.proname ~ '^(book|account|posting|entry|reservation)_')"
        " ORDER BY 1, p.oid"
    ).fetchall()
    for name, definition in rows:
        for kind, pattern, without in _GUARDS:
            for number, found in enumerate(re.finditer(pattern, definition, re.DOTALL), start=1):
                gone = re.sub(r"\s+", " ", found[0])[:70]
                changed = definition[: found.start()] + without + definition[found.end() :]
                yield Mutant(f"{name}: {kind} {number}: {gone}", changed)


def _tables(owner: psycopg.Connection) -> Iterator[Mutant]:
    books = list(BOOK)
    for table, trigger in owner.execute(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        " AND tgrelid::regclass::text = ANY (%s) ORDER BY 1, 2",
        [books],
    ).fetchall():
        yield Mutant(f"{table}: trigger {trigger}", f"DROP TRIGGER {trigger} ON {table}")
    for table, constraint in owner.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('c', 'u', 'f')"
        " AND conrelid::regclass::text = ANY (%s) ORDER BY 1, 2",
        [books],
    ).fetchall():
        yield Mutant(f"{table}: constraint {constraint}", f"ALTER TABLE {table} DROP CONSTRAINT {constraint} CASCADE")
    for table, index in owner.execute(
        "SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text FROM pg_index i"
        " LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid"
        " WHERE i.indisunique AND c.oid IS NULL AND i.indrelid::regclass::text = ANY (%s) ORDER BY 1, 2",
        [books],
    ).fetchall():
        yield Mutant(f"{table}: index {index}", f"DROP INDEX {index}")


def _rights(owner: psycopg.Connection) -> Iterator[Mutant]:
    for table in BOOK:
        yield Mutant(f"{table}: policy", f"ALTER POLICY tenant_rows ON {table} USING (true)")
        yield Mutant(f"{table}: security", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            yield Mutant(f"{table}: right {right}", f"GRANT {right} ON {table} TO afluente_app")
    rows = owner.execute(
        "SELECT p.oid::regprocedure::text, p.prosecdef FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND (p.prosecdef OR NOT has_function_privilege('afluente_app', p.oid, 'EXECUTE'))"
        " AND p.proname ~ '^(book|account)_' ORDER BY 1"
    ).fetchall()
    for function, of_its_own in rows:
        if of_its_own:
            yield Mutant(f"{function}: path", f"ALTER FUNCTION {function} SET search_path = public")
        else:
            yield Mutant(f"{function}: right", f"GRANT EXECUTE ON FUNCTION {function} TO PUBLIC")


def mutants(owner: psycopg.Connection) -> list[Mutant]:
    """Every guard of the book that can be taken out, one by one."""
    return [*_functions(owner), *_tables(owner), *_rights(owner)]


# Trying them ------------------------------------------------------------------------------------------------------


class Standing(EmbeddedPostgres):
    """The server that this process started, as the tests' fixture would start one."""

    folder_of_all: Path

    def __init__(self, _folder: Path, *, durable: bool = False) -> None:
        super().__init__(self.folder_of_all, durable=durable)

    def start(self) -> None:
        """It runs."""

    def stop(self, *, found: bool = False) -> None:
        """It goes on."""


class FirstFailure:
    """Remembers which test failed first."""

    def __init__(self) -> None:
        self.name = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called by pytest for each phase of each test."""
        if report.failed and not self.name:
            self.name = report.nodeid.rpartition("/")[2]


def witnesses(mutant: Mutant) -> list[str]:
    """All of them, beginning with those whose matter it is."""
    first = [name for pattern, names in ASKED_FIRST if re.search(pattern, mutant.name) for name in names]
    return list(dict.fromkeys([*first, *WITNESSES]))


def witness(said: int, names: Sequence[str]) -> None:
    """Run witnesses in this process, and write who failed first, or nothing."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    signal.alarm(PATIENCE)
    setattr(postgres, "EmbeddedPostgres", Standing)  # noqa: B010 (a class stands in for another)
    first = FirstFailure()
    files = [str(path) for name in names for path in TESTS.rglob(f"test_{name}.py")]
    code = pytest.main(["-x", "-q", "-p", "no:xdist", *files], plugins=[first])
    os.write(said, (first.name or ("" if code == 0 else f"pytest ended with {code}")).encode())
    os._exit(0)


def noticed(mutant: Mutant, server: EmbeddedPostgres) -> str:
    """Which test fails first where a guard is gone; empty where none does."""
    with psycopg.connect(server._conninfo("postgres"), autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)".encode())
        owner.execute(f"CREATE DATABASE {DATABASE} TEMPLATE clean STRATEGY file_copy".encode())
    if mutant.statement:
        with psycopg.connect(server._conninfo(DATABASE), autocommit=True) as owner:
            try:
                owner.execute(mutant.statement.encode())
            except psycopg.Error as error:
                return f"cannot be: {str(error).splitlines()[0]}"
    told, said = os.pipe()
    child = os.fork()
    if child == 0:
        witness(said, witnesses(mutant))
    os.close(said)
    with os.fdopen(told) as answers:
        name = answers.read()
    _, status = os.waitpid(child, 0)
    return name or ("a test that hangs" if os.WIFSIGNALED(status) else "")


def main(words: Sequence[str]) -> int:
    """Try every mutant whose name holds one of the words; how many were noticed by nobody."""
    survivors: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        Standing.folder_of_all = Path(folder) / "postgres"
        server = EmbeddedPostgres(Standing.folder_of_all, durable=False)
        server.start()
        try:
            migrate(server.url(OWNER))
            with psycopg.connect(server._conninfo(DATABASE), autocommit=True) as owner:
                wanted = [one for one in mutants(owner) if not words or any(word in one.name for word in words)]
            with psycopg.connect(server._conninfo("postgres"), autocommit=True) as owner:
                owner.execute(f"ALTER DATABASE {DATABASE} RENAME TO clean".encode())
            broken = noticed(Mutant("the book as it is", ""), server)
            if broken:
                sys.stdout.write(f"the book as it is fails {broken}\n")
                return 1
            for mutant in wanted:
                by = noticed(mutant, server)
                if not by and mutant.name not in EXPLAINED:
                    survivors.append(mutant.name)
                sys.stdout.write(f"{mutant.name}\t{by or EXPLAINED.get(mutant.name, 'NOBODY NOTICED')}\n")
                sys.stdout.flush()
        finally:
            server.stop()
    sys.stdout.write(f"{len(wanted)} guards, {len(survivors)} missed by nobody: {survivors}\n")
    return len(survivors)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]) > 0)
