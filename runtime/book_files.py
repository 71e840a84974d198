"""Statements and exports as the commands give them out: in a format, to a file or to standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import typer

from domain.account_statements import AccountStatement, Line
from domain.errors import AfluenteError, Invalid
from gateway.account_files import FileFormat, statement_file
from gateway.api.account_statements import StatementView
from gateway.console.statement_words import reader_of
from gateway.console.voice import voice
from ledger.exports import beancount, general_ledger_csv, hledger
from ledger.exports.reading import ExportedBook
from runtime.asking import emit


class StatementFormat(StrEnum):
    """How a statement of account is given out."""

    JSON = "json"
    XLSX = "xlsx"
    PDF = "pdf"
    CAMT053 = "camt053"


_FILES: Final[dict[StatementFormat, FileFormat]] = {
    StatementFormat.XLSX: "xlsx",
    StatementFormat.PDF: "pdf",
    StatementFormat.CAMT053: "camt053",
}


class ExportFormat(StrEnum):
    """In whose words the book is given out."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"
    CSV = "csv"


def statement_bytes(
    form: StatementFormat,
    told: AccountStatement,
    lines: Sequence[Line],
    *,
    created_at: datetime,
    creditor: str,
    locale: str,
) -> bytes:
    """A whole statement in a format; JSON on one line, XLSX and PDF in a language, moments in UTC."""
    if form is StatementFormat.JSON:
        return StatementView.of(told, lines).model_dump_json(exclude={"next_cursor"}).encode() + b"\n"
    reader = reader_of(voice(locale, UTC))
    return statement_file(_FILES[form], told, lines, created_at=created_at, creditor=creditor, reader=reader).content


def export_bytes(form: ExportFormat, book: ExportedBook, title: str) -> bytes:
    """The book in a program's words; read within the transaction that it came from."""
    match form:
        case ExportFormat.BEANCOUNT:
            pieces = beancount.journal(book, title=title)
        case ExportFormat.HLEDGER:
            pieces = hledger.journal(book, title=title)
        case ExportFormat.CSV:
            pieces = general_ledger_csv.table(book)
    return "".join(pieces).encode()


def deliver(work: Callable[[], bytes], out: Path | None) -> None:
    """Write what the work makes to a file, or to standard output; a refusal writes neither."""
    try:
        content = work()
        if out is None:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        try:
            out.write_bytes(content)
        except OSError as error:
            raise Invalid("file_not_writable", f"{out} cannot be written: {error.strerror}.") from None
        emit({"file": str(out), "bytes": len(content)})
    except AfluenteError as error:
        emit(error.as_dict(), stream=sys.stderr)
        raise typer.Exit(2) from None
