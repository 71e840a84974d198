"""Tampering at random: any change of any column of any sealed row is found; and one anchor finds a chain made anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import IntegrityError

from domain.journal import digest, mirror
from ledger import posting, seals
from ledger.seals import Sealed
from runtime.postgres import APPLICATION, OWNER, EmbeddedPostgres
from store.database import Database
from store.schema import TENANT_SETTING
from tests.ledger.conftest import NOW, Book
from tests.ledger.soaking import at_ease

TABLES = {"journal_entry": "seq", "posting": "entry_seq", "seal": "seq"}
OF_THE_ENTRIES = ("journal_entry", "posting")
WIDTH = {"smallint": 15, "bigint": 63}
QUICK = settings(
    max_examples=at_ease(80, 5_000),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=False,
)
Column = tuple[str, str, str]  # table, column, type


@pytest.fixture
def powerful(postgres: EmbeddedPostgres) -> Iterator[Engine]:
    """The owner of the database."""
    engine = create_engine(postgres.url(OWNER))
    yield engine
    engine.dispose()


@pytest.fixture
def columns(powerful: Engine) -> list[Column]:
    """Every column that is sealed, but the number of an entry, which is an identity (rows are renumbered below)."""
    query = text(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = ANY (:tables)"
        " AND (table_name, column_name) <> ('journal_entry', 'seq') ORDER BY 1, 2"
    )
    with powerful.connect() as tx:
        return [(row[0], row[1], row[2]) for row in tx.execute(query, {"tables": list(TABLES)})]


@pytest.fixture
def sealed(database: Database, book: Book) -> Book:
    """A book of four blocks: eleven entries, one of them a reversal, with texts beyond ASCII."""
    first = replace(book.move(1), memo={"by": "João 出口", "note": "a:b"}, source="рейс:1-")
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [first, *(book.move(minor) for minor in range(2, 11))], now=NOW)
        undo = mirror(first, entry_id=book.move(1).id, key="undo", effective_date=first.effective_date)
        posting.post(tx, [undo], now=NOW)
    with database.tenant(book.tenant_id) as tx:
        assert len(seals.seal(tx, now=NOW, block_size=3)) == 4
    return book


class Tamperer:
    """Changes what is sealed, past every trigger and constraint, in a transaction that is undone afterwards."""

    def __init__(self, tx: Connection, tenant_id: str) -> None:
        self.tx, self.tenant_id = tx, tenant_id
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        self.head = self.as_application(seals.head)

    def rows(self, table: str) -> list[tuple[str, Any]]:
        """Where each of the tenant's rows lies, in order, with its number."""
        query = text(f"SELECT ctid::text, {TABLES[table]} FROM {table} WHERE tenant_id = :tenant ORDER BY 2, 1")
        return [(row[0], row[1]) for row in self.tx.execute(query, {"tenant": self.tenant_id})]

    def everything(self) -> list[Any]:
        """All that is sealed, as it stands."""
        return [
            self.tx.execute(
                text(f"SELECT * FROM {table} WHERE tenant_id = :tenant ORDER BY {number}, 1, 2"),
                {"tenant": self.tenant_id},
            ).all()
            for table, number in TABLES.items()
        ]

    def change(self, column: Column, place: str, data: st.DataObject) -> None:
        """One column of one row, as little as can be."""
        table, name, kind = column
        at = {"place": place}
        old = self.tx.execute(text(f"SELECT {name} FROM {table} WHERE ctid = CAST(:place AS tid)"), at).scalar_one()
        new = changed(old, kind, data)
        written = f"CAST(:new AS {kind})" if kind == "jsonb" else ":new"
        self.tx.execute(
            text(f"UPDATE {table} SET {name} = {written} WHERE ctid = CAST(:place AS tid)"), at | {"new": new}
        )

    def take_out(self, table: str, place: str) -> None:
        self.tx.execute(text(f"DELETE FROM {table} WHERE ctid = CAST(:place AS tid)"), {"place": place})

    def put_in(self, table: str, place: str) -> None:
        """A row like another: a posting on a line of its own, an entry hidden before all others."""
        if table == "posting":
            change = "p.line = (SELECT max(line) + 1 FROM posting)"
        else:
            change = (
                "p.seq = (SELECT min(seq) - 1 FROM journal_entry), p.id = 'x', p.idem_key = 'x', p.reverses_seq = NULL"
            )
        pairs = dict(part.split(" = ", 1) for part in change.replace("p.", "").split(", "))
        names = [row[1] for row in self._columns(table)]
        values = ", ".join(pairs.get(name, name) for name in names)
        self.tx.execute(
            text(
                f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE"
                f" SELECT {values} FROM {table} WHERE ctid = CAST(:place AS tid)"
            ),
            {"place": place},
        )

    def _columns(self, table: str) -> list[Any]:
        query = (
            "SELECT ordinal_position, column_name FROM information_schema.columns WHERE table_name = :table ORDER BY 1"
        )
        return list(self.tx.execute(text(query), {"table": table}))

    def swap(self, one: int, other: int) -> None:
        """Two entries change places, postings and all."""
        self.tx.execute(text("ALTER TABLE journal_entry ALTER seq SET GENERATED BY DEFAULT"))
        for before, after in ((one, -1), (other, one), (-1, other)):
            for table, number in (("journal_entry", "seq"), ("posting", "entry_seq")):
                named = {"a": before, "b": after}
                self.tx.execute(text(f"UPDATE {table} SET {number} = :b WHERE {number} = :a"), named)

    def forge(self) -> None:
        """Digests and the whole chain made anew over what stands now, in blocks of the same limits."""
        blocks = self.tx.execute(text("SELECT * FROM seal WHERE tenant_id = :t ORDER BY seq"), {"t": self.tenant_id})
        change = text("UPDATE seal SET entries = :n, prev_hash = :p, block_hash = :h WHERE tenant_id = :t AND seq = :s")
        previous = bytes(32)
        for block in blocks.all():
            limits = (-(2**63) if block.seq == 1 else block.from_seq, block.to_seq)
            for entry, lines in self._entries(*limits):
                self._digest_anew(entry, lines)
            said = [seals._bytes(*item) for item in self._entries(*limits)]
            numbers = (block.seq, block.from_seq, block.to_seq, len(said))
            header = seals._record("B", self.tenant_id, *numbers, previous.hex(), seals._micros(block.sealed_at))
            made = hashlib.sha256(header + b"".join(said)).digest()
            self.tx.execute(change, {"t": self.tenant_id, "s": block.seq, "n": len(said), "p": previous, "h": made})
            previous = made

    def _entries(self, lowest: int, highest: int) -> list[Any]:
        return list(self.as_application(lambda tx: list(seals._entries(tx, lowest, highest))))

    def _digest_anew(self, entry: Any, lines: Any) -> None:
        said = digest(
            kind=entry.kind,
            effective_date=entry.effective_date,
            reverses=entry.reverses,
            source=entry.source,
            lines=[(line.account_id, line.currency, line.amount_minor) for line in lines],
        )
        self.tx.execute(
            text("UPDATE journal_entry SET payload_sha256 = :h WHERE seq = :s"), {"h": said, "s": entry.seq}
        )

    def as_application(self, function: Callable[..., Any], **named: Any) -> Any:
        """What a function of the book says to the application, which row-level security binds."""
        self.tx.execute(text(f"SET LOCAL ROLE {APPLICATION}"))
        self.tx.execute(text("SELECT set_config(:n, :t, true)"), {"n": TENANT_SETTING, "t": self.tenant_id})
        try:
            return function(self.tx, **named)
        finally:
            self.tx.execute(text("RESET ROLE"))

    def found(self, *anchors: Sealed) -> set[str]:
        """The codes of what verification finds."""
        return {item.code for item in self.as_application(seals.verify, anchors=anchors) if item.broken}


def changed(old: Any, kind: str, data: st.DataObject) -> Any:  # noqa: PLR0911 (one for each type)
    """A value that differs from another by one character, bit, day or microsecond."""
    match old:
        case None:
            return data.draw(st.integers(1, 2**31))
        case bool() | dict():
            return '{"by": "somebody else"}'
        case int():
            return old ^ (1 << data.draw(st.integers(0, WIDTH[kind] - 1)))
        case bytes():
            spot = data.draw(st.integers(0, len(old) - 1))
            return old[:spot] + bytes([old[spot] ^ (1 << data.draw(st.integers(0, 7)))]) + old[spot + 1 :]
        case datetime():
            return old + timedelta(microseconds=data.draw(st.sampled_from((-1, 1, 3_600_000_000))))
        case date():
            return old + timedelta(days=data.draw(st.sampled_from((-1, 1, 365))))
    spot = data.draw(st.integers(0, max(len(old) - 1, 0)))
    letter = data.draw(st.sampled_from("aZ0 ~é出").filter(lambda new: old[spot : spot + 1] != new))
    if kind == "character":
        return old[:spot] + "Q" + old[spot + 1 :]
    gone = data.draw(st.integers(0, 1))
    return old[:spot] + letter + old[spot + gone :]


@pytest.fixture
def attempt(powerful: Engine, sealed: Book) -> Callable[..., None]:
    """Runs something with a tamperer; if that changed anything, it is found. Undoes whatever it did."""

    def attempted(work: Callable[[Tamperer], None], found: Callable[[Tamperer], object] = Tamperer.found) -> None:
        with powerful.connect() as tx, tx.begin() as transaction:
            tamperer = Tamperer(tx, sealed.tenant_id)
            before = tamperer.everything()
            try:
                work(tamperer)
            except IntegrityError:  # a constraint that stands even with every trigger off
                assume(condition=False)
            if tamperer.everything() != before:
                assert found(tamperer)
            transaction.rollback()

    return attempted


def test_nothing_is_found_where_nothing_was_done(powerful: Engine, sealed: Book) -> None:
    with powerful.connect() as tx:
        tamperer = Tamperer(tx, sealed.tenant_id)
        assert tamperer.head is not None
        assert tamperer.found(tamperer.head) == set()
        tamperer.forge()
        assert tamperer.found(tamperer.head) == set()


def test_any_column_of_any_sealed_row_that_changes_is_found(
    attempt: Callable[..., None], columns: list[Column]
) -> None:
    @QUICK
    @given(data=st.data())
    def tamper(data: st.DataObject) -> None:
        def work(tamperer: Tamperer) -> None:
            for _ in range(data.draw(st.integers(1, 3))):
                column = data.draw(st.sampled_from(columns))
                rows = tamperer.rows(column[0])
                place, _ = rows[data.draw(st.integers(0, len(rows) - 1))]
                tamperer.change(column, place, data)

        attempt(work)

    tamper()


def test_rows_taken_out_put_in_or_in_another_order_are_found(attempt: Callable[..., None]) -> None:
    @QUICK
    @given(data=st.data())
    def tamper(data: st.DataObject) -> None:
        def work(tamperer: Tamperer) -> None:
            table = data.draw(st.sampled_from(OF_THE_ENTRIES))
            rows = tamperer.rows(table)
            spot = data.draw(st.integers(0, len(rows) - 1))
            match data.draw(st.sampled_from(("out", "in", "swap"))):
                case "out":
                    tamperer.take_out(table, rows[spot][0])
                case "in":
                    tamperer.put_in(table, rows[spot][0])
                case _:
                    numbers = [number for _, number in tamperer.rows("journal_entry")]
                    one = data.draw(st.sampled_from(numbers))
                    tamperer.swap(one, data.draw(st.sampled_from(numbers).filter(lambda number: number != one)))

        attempt(work)

    tamper()


def test_a_chain_made_anew_over_what_was_changed_is_found_by_one_anchor(
    attempt: Callable[..., None], columns: list[Column]
) -> None:
    # No block holds a posting's day: it is compared with its entry's, and no other chain would make that right.
    beside = {("journal_entry", "payload_sha256"), ("posting", "effective_date")}
    inner = [column for column in columns if column[0] in OF_THE_ENTRIES and column[:2] not in beside]

    @QUICK
    @given(data=st.data())
    def tamper(data: st.DataObject) -> None:
        def work(tamperer: Tamperer) -> None:
            column = data.draw(st.sampled_from(inner))
            rows = tamperer.rows(column[0])
            tamperer.change(column, rows[data.draw(st.integers(0, len(rows) - 1))][0], data)
            tamperer.forge()
            if column[1] == "amount_minor":
                assert tamperer.found() == set()  # by itself the chain now looks whole: that is what anchors are for

        attempt(work, lambda tamperer: "seals_anchored" in tamperer.found(tamperer.head))

    tamper()
