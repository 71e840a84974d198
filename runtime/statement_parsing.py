"""``statements parse``: a file of money as JSON lines, its format told by content, named, or given by a mapping."""

from __future__ import annotations

import io
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, TextIO

from connectors import statement_files
from connectors.platforms import bank_statement
from connectors.statement_files.as_json import record_json
from connectors.statement_files.column_mapping import ColumnMapping
from connectors.statement_files.mapped_table import mapped
from domain.errors import Invalid
from domain.statement_files import FileReader
from runtime.asking import document, file_bytes

_AS_STATEMENTS: Final = frozenset({"camt.053", "afluente_csv"})  # told one object a statement unless records are asked
_MAPPING_BYTES: Final = 1_000_000


def tell(file: Path, *, mapping: Path | None, file_format: str | None, records: bool, out: TextIO) -> None:
    """Write a file's JSON objects, one a line, once its last line and totals have been found sound; else nothing.

    Raises ``statement_unreadable`` for a file that nobody knows, and as its reader does.
    """
    with _opened(file) as stream, tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as kept:
        reader = _asked(mapping, file_format) or _detected(stream)
        as_records = records or mapping is not None or file_format is not None or _is_large(stream)
        objects = (
            (record_json(record) for record in reader.read(stream))
            if reader is not None and (as_records or reader.format not in _AS_STATEMENTS)
            else _statements(stream, known=reader is not None)
        )
        for found in objects:
            kept.write(json.dumps(found, ensure_ascii=False) + "\n")
        kept.seek(0)
        shutil.copyfileobj(kept, out)
        out.flush()


def _is_large(stream: BinaryIO) -> bool:
    """Whether a file is more than can be told one object a statement, for which it must be held whole."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return size > bank_statement.MAX_BYTES


def _statements(stream: BinaryIO, *, known: bool) -> Iterator[dict[str, Any]]:
    """One object a statement, as the bank statement platform reads them; or its refusal of what nobody knows."""
    try:
        yield from (bank_statement.statement_json(item) for item in bank_statement.parse(stream.read()))
    except Invalid as error:
        if known or bank_statement.sniff(_head(stream)):
            raise
        formats = ", ".join(statement_files.readers())
        fix = f"Read here are {formats}; name one with --format, or give --mapping for any other table."
        raise Invalid(error.code, error.message, fix=fix, **error.details) from None


def _head(stream: BinaryIO) -> bytes:
    stream.seek(0)
    head = stream.read(statement_files.HEAD_BYTES)
    stream.seek(0)
    return head


def _asked(mapping: Path | None, file_format: str | None) -> FileReader | None:
    if mapping is not None and file_format is not None:
        raise Invalid("usage_wrong", "--mapping and --format exclude each other.")
    if mapping is not None:
        content = file_bytes(mapping)
        if len(content) > _MAPPING_BYTES:
            raise Invalid("mapping_invalid", f"A mapping has at most {_MAPPING_BYTES} bytes.")
        return mapped(ColumnMapping.from_json(document(content.decode("utf-8", "replace"))))
    return None if file_format is None else statement_files.reader(file_format)


def _detected(stream: BinaryIO) -> FileReader | None:
    able = statement_files.able(_head(stream))
    return able[0] if len(able) == 1 else None


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """The file, or standard input for ``-``, as a stream that can be read twice."""
    if str(file) == "-":
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
            copy.seek(0)
            yield copy
        return
    try:
        stream = file.open("rb")
    except OSError as error:
        raise Invalid("file_unreadable", f"{file} cannot be read: {error.strerror}.", fix="Check the path.") from None
    with stream:
        yield stream
