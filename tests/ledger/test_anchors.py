"""Anchors: one line kept outside the database finds out whoever owns it and writes the whole book anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from domain.errors import Invalid
from domain.journal import mirror
from ledger import anchors, posting, seals
from ledger.anchors import Anchor
from runtime import cli, offices
from runtime.settings import Settings
from store.database import Database
from tests.ledger.conftest import DAY, NOW, Book

Ask = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def post(database: Database, book: Book) -> Callable[..., None]:
    def posted(*minors: int) -> None:
        with database.tenant(book.tenant_id) as tx:
            posting.post(tx, [book.move(minor) for minor in minors], now=NOW)
        with database.tenant(book.tenant_id) as tx:
            assert seals.seal(tx, now=NOW, block_size=2)

    return posted


@pytest.fixture
def taken(database: Database, book: Book, post: Callable[..., None]) -> Anchor:
    """The anchor of a book of two blocks."""
    post(1, 2, 3)
    with database.tenant(book.tenant_id) as tx:
        anchor = anchors.take(tx, book.tenant_id)
    assert anchor is not None
    return anchor


@pytest.fixture
def adrift(database: Database, book: Book) -> Callable[..., set[str]]:
    """The codes of what verification against anchors finds."""

    def found(*kept: Anchor) -> set[str]:
        with database.tenant(book.tenant_id) as tx:
            return {item.code for item in anchors.verify(tx, book.tenant_id, kept) if item.broken}

    return found


def test_an_anchor_is_one_line_that_reads_back(taken: Anchor, book: Book) -> None:
    line = taken.line()
    assert "\n" not in line
    assert anchors.read([line, "", line]) == [taken, taken]
    assert set(json.loads(line)) == {"tenant", "seq", "to_seq", "entries", "block_hash", "sealed_at"}
    assert (taken.tenant_id, taken.block.seq, taken.block.entries) == (book.tenant_id, 2, 1)


def test_a_book_without_seals_has_no_anchor(database: Database, book: Book) -> None:
    with database.tenant(book.tenant_id) as tx:
        assert anchors.take(tx, book.tenant_id) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.pop("block_hash"),
        lambda said: said.update(block_hash="12zz"),
        lambda said: said.update(block_hash="12"),
        lambda said: said.update(seq="2"),
        lambda said: said.update(seq=True),
        lambda said: said.update(tenant=None),
        lambda said: said.update(sealed_at="2026-11-23T12:00:00"),
        lambda said: said.update(sealed_at=None),
    ],
)
def test_what_is_no_anchor_is_refused_with_its_line(taken: Anchor, change: Callable[[Any], Any]) -> None:
    said = json.loads(taken.line())
    change(said)
    with pytest.raises(Invalid) as caught:
        anchors.read([taken.line(), json.dumps(said)])
    assert (caught.value.code, caught.value.details["line"]) == ("anchor_malformed", 2)


@pytest.mark.parametrize("line", ["[]", "nothing", "3", "{}"])
def test_what_is_no_object_is_no_anchor(line: str) -> None:
    with pytest.raises(Invalid, match="anchor_malformed"):
        anchors.read([line])


def test_an_anchor_holds_for_as_long_as_the_chain_goes_on(
    taken: Anchor, post: Callable[..., None], adrift: Callable[..., set[str]]
) -> None:
    post(4, 5, 6)
    assert adrift(taken) == set()


def test_every_part_of_an_anchor_is_compared(taken: Anchor, adrift: Callable[..., set[str]]) -> None:
    block = taken.block
    for wrong in (
        replace(block, seq=block.seq - 1),
        replace(block, to_seq=block.to_seq + 1),
        replace(block, entries=block.entries + 1),
        replace(block, block_hash=bytes(32)),
        replace(block, sealed_at=block.sealed_at.replace(microsecond=1)),
    ):
        assert adrift(taken, replace(taken, block=wrong)) == {"seals_anchored"}


def test_anchors_of_others_are_left_alone(taken: Anchor, adrift: Callable[..., set[str]]) -> None:
    assert adrift(replace(taken, tenant_id="ten_other", block=replace(taken.block, block_hash=bytes(32)))) == set()


# Whoever owns the database ------------------------------------------------------------------------------------


@pytest.fixture
def anew(owner: psycopg.Connection, book: Book, database: Database) -> Callable[..., None]:
    """Changes the book past every trigger, and seals it anew from the first entry on."""

    def forged(*changes: str) -> None:
        with owner.transaction():
            owner.execute("SET LOCAL session_replication_role = replica")
            for change in (
                *changes,
                "DELETE FROM seal WHERE tenant_id = %s",
                "DELETE FROM seal_progress WHERE tenant_id = %s",
            ):
                owner.execute(change.encode(), [book.tenant_id])
        with database.tenant(book.tenant_id) as tx:
            seals.seal(tx, now=NOW, block_size=2)

    return forged


def test_a_book_sealed_anew_unchanged_keeps_its_anchors(
    taken: Anchor, anew: Callable[..., None], adrift: Callable[..., set[str]]
) -> None:
    anew()
    assert adrift(taken) == set()


def test_the_end_of_a_chain_that_was_cut_off_is_missed_by_an_anchor_alone(
    owner: psycopg.Connection, taken: Anchor, book: Book, adrift: Callable[..., set[str]]
) -> None:
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        for table in ("posting WHERE entry_seq", "journal_entry WHERE seq"):
            owner.execute(f"DELETE FROM {table} = %s".encode(), [taken.block.to_seq])
        owner.execute("DELETE FROM seal WHERE tenant_id = %s AND seq = 2", [book.tenant_id])
    assert adrift() == set()
    assert adrift(taken) == {"seals_anchored"}


def test_an_entry_taken_out_of_a_book_sealed_anew_is_found(
    taken: Anchor, anew: Callable[..., None], adrift: Callable[..., set[str]]
) -> None:
    first = "(SELECT min(e.seq) FROM journal_entry e WHERE e.tenant_id = %s)"
    anew(f"DELETE FROM posting WHERE entry_seq = {first}", f"DELETE FROM journal_entry WHERE seq = {first}")
    assert adrift() == set()
    assert adrift(taken) == {"seals_anchored"}


def test_an_entry_that_sealing_was_made_to_pass_over_is_found(
    owner: psycopg.Connection, taken: Anchor, database: Database, book: Book, adrift: Callable[..., set[str]]
) -> None:
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [book.move(4)], now=NOW)
    assert adrift(taken) == set()
    owner.execute("UPDATE seal_progress SET scanned_seq = scanned_seq + 1000000 WHERE tenant_id = %s", [book.tenant_id])
    assert adrift(taken) == {"seals_complete"}


# The commands -------------------------------------------------------------------------------------------------


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, database: Database) -> Ask:
    monkeypatch.setattr(offices, "base", lambda: SimpleNamespace(database=database, settings=Settings()))

    def asked(*words: str, given: str = "") -> tuple[int, list[dict[str, Any]]]:
        done = CliRunner().invoke(cli.app, ["book", *words], input=given)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, [json.loads(line) for line in (done.stdout or done.stderr).splitlines()]

    return asked


def test_anchors_are_taken_and_hold(ask: Ask, taken: Anchor, book: Book, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    here = ("--tenant", book.tenant_id)
    assert ask("anchor", *here) == (0, [json.loads(taken.line())])
    assert ask("anchor", *here, "--append", str(file)) == (0, [{"file": str(file), "added": 1}])
    assert ask("anchor", *here, "--append", str(file)) == (0, [{"file": str(file), "added": 0}])
    code, (told,) = ask("verify", *here, "--anchors", str(file))
    assert (code, told["holds"]) == (0, True)
    assert ask("verify", *here, "--anchors", "-", given=taken.line())[0] == 0


def test_a_book_that_is_not_the_anchored_one_is_found(ask: Ask, taken: Anchor, book: Book, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    file.write_text(replace(taken, block=replace(taken.block, block_hash=bytes(32))).line() + "\n", encoding="utf-8")
    code, (told,) = ask("verify", "--tenant", book.tenant_id, "--anchors", str(file))
    assert (code, told["holds"]) == (1, False)
    assert [item["code"] for item in told["invariants"] if item["broken"]] == ["seals_anchored"]


def test_a_tenant_that_only_an_anchor_knows_is_missed(ask: Ask, taken: Anchor) -> None:
    code, told = ask("verify", "--anchors", "-", given=replace(taken, tenant_id="ten_gone").line())
    assert code == 1
    assert [item["tenant"] for item in told if not item["holds"]][-1] == "ten_gone"


def test_files_that_cannot_be_used_are_errors(ask: Ask, book: Book, tmp_path: Path) -> None:
    here = ("--tenant", book.tenant_id)
    (tmp_path / "odd").write_bytes(b"\xff\xfe")
    for words, code in (
        (("verify", "--anchors", str(tmp_path / "none")), "file_unreadable"),
        (("verify", "--anchors", str(tmp_path / "odd")), "anchor_malformed"),
        (("anchor", "--append", str(tmp_path)), "file_not_writable"),
        (("anchor", "--append", str(tmp_path / "odd")), "file_not_writable"),
    ):
        exit_code, (error,) = ask(*words, *here)
        assert (exit_code, error["code"]) == (2, code)


def test_a_reversal_is_sealed_with_what_it_reverses(
    owner: psycopg.Connection, database: Database, book: Book, adrift: Callable[..., set[str]]
) -> None:
    """Which entry a reversal undoes is part of what it says."""
    first, second = book.move(1), book.move(1)
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [first, second], now=NOW)
        undo = mirror(first, entry_id=book.move(1).id, key="undo", effective_date=DAY)
        posting.post(tx, [undo], now=NOW)
    with database.tenant(book.tenant_id) as tx:
        seals.seal(tx, now=NOW)
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute(
            "UPDATE journal_entry SET reverses_seq = reverses_seq + 1 WHERE tenant_id = %s AND reverses_seq > 0",
            [book.tenant_id],
        )
    assert adrift() == {"payloads_unchanged", "seals_unbroken"}
