"""The commands that give out statements and the book."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pypdf
import pytest
from typer.testing import CliRunner

from connectors.platforms import bank_statement
from ledger import posting
from runtime import cli, offices
from runtime.settings import Settings
from store import creditors
from store.creditors import Creditor
from store.database import Database
from tests.ledger.conftest import NOW, Book
from tests.peers import beancount as beancount_program
from tests.peers import hledger as hledger_program

pytestmark = pytest.mark.servers

DAYS = ("--from", "2026-11-01", "--to", "2026-12-01")
Ask = Callable[..., tuple[int, bytes, str]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, database: Database, book: Book) -> Ask:
    """Asks a command about a book with one receipt of 123.45 reais; gives exit code, output and error."""
    monkeypatch.setattr(offices, "base", lambda: SimpleNamespace(database=database, settings=Settings()))
    with database.tenant(book.tenant_id) as tx:
        posting.post(tx, [book.move(12_345)], now=NOW)
        owner = (book.creditor_id, book.tenant_id, "Tengyun", "CN", None, "ask@tengyun.example", "bank", "BRL")
        creditors.add(tx, Creditor(*owner, parent_account_id=book.parent, created_at=NOW))

    def asked(*words: str) -> tuple[int, bytes, str]:
        done = CliRunner().invoke(cli.app, [*words, "--tenant", book.tenant_id])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout_bytes, done.stderr

    return asked


def test_a_statement_is_one_line_of_json(ask: Ask, book: Book) -> None:
    code, output, _ = ask("accounts", "statement", book.child, *DAYS)
    told = json.loads(output)
    assert (code, told["sections"][0]["closing"]["amount"], len(told["lines"])) == (0, "123.45", 1)
    assert output.count(b"\n") == 1


def test_a_statement_as_camt053_is_read_back(ask: Ask, book: Book) -> None:
    _, output, _ = ask("accounts", "statement", book.child, *DAYS, "--format", "camt053")
    (found,) = bank_statement.parse(output)
    assert found.closing is not None
    assert found.closing.minor == 12_345


def test_a_workbook_is_written_to_a_file(ask: Ask, book: Book, tmp_path: Path) -> None:
    path = tmp_path / "statement.xlsx"
    _, output, _ = ask("accounts", "statement", book.child, *DAYS, "--format", "xlsx", "--out", str(path))
    assert json.loads(output) == {"file": str(path), "bytes": path.stat().st_size}
    assert path.read_bytes().startswith(b"PK")


def test_a_print_is_written_in_a_language(ask: Ask, book: Book, tmp_path: Path) -> None:
    path = tmp_path / "statement.pdf"
    ask("accounts", "statement", book.child, *DAYS, "--format", "pdf", "--locale", "pt_BR", "--out", str(path))
    assert "123,45" in pypdf.PdfReader(path).pages[0].extract_text()


def test_a_statement_is_told_as_it_was_known(ask: Ask, book: Book) -> None:
    _, output, _ = ask("accounts", "statement", book.child, *DAYS, "--known-at", "2026-11-23T11:59:59+00:00")
    assert json.loads(output)["sections"][0]["closing"]["amount"] == "0.00"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--from", "yesterday", "--to", "2026-12-01"), "day_malformed"),
        (("--from", "2026-12-01", "--to", "2026-12-01"), "period_empty"),
        ((*DAYS, "--known-at", "2026-11-23T12:00:00"), "moment_malformed"),
        ((*DAYS, "--out", "no/such/folder/x"), "file_not_writable"),
        ((*DAYS, "--format", "pdf", "--locale", "tlh"), "language_not_offered"),
    ],
)
def test_what_cannot_be_told_is_refused(ask: Ask, book: Book, words: tuple[str, ...], code: str) -> None:
    exit_code, output, error = ask("accounts", "statement", book.child, *words)
    assert (exit_code, output, json.loads(error)["code"]) == (2, b"", code)


@beancount_program.needed
def test_the_book_goes_to_beancount(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "book.beancount"
    ask("book", "export", "--format", "beancount", "--out", str(path))
    assert beancount_program.check(path) == ""
    assert len(beancount_program.balances(path)) == 2


@hledger_program.needed
def test_the_book_goes_to_hledger(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "book.journal"
    ask("book", "export", "--format", "hledger", "--out", str(path))
    assert hledger_program.check(path) == ""
    assert len(hledger_program.balances(path)) == 2


def test_the_general_ledger_goes_to_standard_output(ask: Ask) -> None:
    assert ask("book", "export", "--format", "csv")[1].count(b"\r\n") == 3


def test_a_book_before_its_first_day_is_empty(ask: Ask) -> None:
    assert ask("book", "export", "--format", "csv", "--as-of", "2026-11-22")[1].count(b"\r\n") == 1


def test_an_unknown_creditor_has_no_book(ask: Ask) -> None:
    code, _, error = ask("book", "export", "--format", "csv", "--creditor", "cre_nobody")
    assert (code, json.loads(error)["code"]) == (2, "creditor_unknown")
