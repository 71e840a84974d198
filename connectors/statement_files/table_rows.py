"""Tables as rows of cells: CSV of any size line by line, one sheet of an XLSX workbook through the safety check.

A cell of CSV is text. A cell of a workbook is what the sheet holds: text, a number with the fifteen digits that
spreadsheets keep, a day or a moment; a formula is never computed, its last value stands.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO, Final

import python_calamine

from connectors import workbook_safety
from connectors.statement_files.faults import file_unreadable, line_unreadable
from connectors.statement_files.text_lines import CHUNK_BYTES, MAX_LINE_CHARS, NumberedLine, head_text, lines

DELIMITERS: Final = (",", ";", "\t", "|")
MAX_CELLS: Final = 500  # in one row
MAX_SHEET_ROWS: Final = 200_000
MAX_WORKBOOK_BYTES: Final = 50 * 1024 * 1024
HEAD_BYTES: Final = 64 * 1024

_ZIP: Final = b"PK\x03\x04"
_EXACT_DIGITS: Final = 15

Cell = str | Decimal | date | datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the number of its first line (or of its row in a sheet) and its cells."""

    line: int
    cells: tuple[Cell, ...]


def is_workbook(head: bytes) -> bool:
    """Whether the first bytes are of a ZIP archive, as every XLSX is."""
    return head.startswith(_ZIP)


def head_of(stream: BinaryIO) -> bytes:
    """The first whole lines of a text table, or all of a workbook, which cannot be read in part; to look at.

    Raises ``file_unreadable`` for a workbook of more than ``MAX_WORKBOOK_BYTES``.
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if is_workbook(head):
        stream.seek(0)
        return _content(stream)
    return whole_lines(head) if len(head) == HEAD_BYTES else head


def whole_lines(head: bytes) -> bytes:
    """Bytes up to the end of their last whole line; all of them where there is none."""
    wide = "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    ends = "\n".encode(wide) if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else b"\n"
    at = head.rfind(ends)
    while at % len(ends) and at > 0:  # two halves of neighbours can look like a line's end
        at = head.rfind(ends, 0, at)
    return head[: at + len(ends)] if at > 0 else head


def text_of(cell: Cell) -> str:
    """A cell as text, numbers without exponent, days in ISO 8601."""
    match cell:
        case Decimal():
            text = f"{cell:f}" if cell.adjusted() < _EXACT_DIGITS else f"{cell:E}"
            return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text
        case date():
            return cell.isoformat()
        case _:
            return cell


def csv_rows(stream: BinaryIO, *, delimiter: str, encoding: str | None = None) -> Iterator[Row]:
    """The rows of a text table, blank ones left out; broken quoting is ``line_unreadable``."""
    yield from _parsed(lines(stream, encoding=encoding), delimiter)


def _parsed(source: Iterator[NumberedLine], delimiter: str) -> Iterator[Row]:
    reader = csv.reader((f"{text}\n" for _, text in source), delimiter=delimiter, strict=True)
    last_line = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise line_unreadable(
                f"the line cannot be read as CSV ({error}).",
                line=last_line + 1,
                fix="Close every quotation mark, and write one inside a value twice.",
            ) from None
        first_line, last_line = last_line + 1, reader.line_num
        if len(cells) > MAX_CELLS:
            raise line_unreadable(f"the row has more than {MAX_CELLS} cells.", line=first_line)
        stripped = tuple(cell.strip() for cell in cells)
        if any(stripped):
            yield Row(first_line, stripped)


def delimiter_of(head: bytes) -> str:
    """The delimiter that parts the first lines into the most cells, alike on most of them."""
    sample = [line for line in head_text(head).splitlines()[:40] if line.strip()][:20]

    def score(delimiter: str) -> tuple[int, int]:
        counts = [len(_cells(line, delimiter)) for line in sample]
        usual = max(set(counts), key=lambda count: (counts.count(count), count), default=1)
        return (counts.count(usual) if usual > 1 else 0, usual)

    return max(DELIMITERS, key=score)


def _cells(line: str, delimiter: str) -> Sequence[str]:
    try:
        return next(csv.reader([line[:MAX_LINE_CHARS]], delimiter=delimiter), [])
    except csv.Error:
        return []


def sheet_rows(stream: BinaryIO, *, sheet: str | None) -> Iterator[Row]:
    """The rows of a workbook's sheet (the first one unless named), blank ones left out.

    At most ``MAX_WORKBOOK_BYTES`` and ``MAX_SHEET_ROWS``; more, or an archive that lies about its size, is refused.
    """
    content = _content(stream)
    reason = workbook_safety.objection(content, max_rows=MAX_SHEET_ROWS)
    if reason is not None:
        raise file_unreadable(reason, fix="Save one sheet without empty rows as XLSX without password, or as CSV.")
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        if sheet is not None and sheet not in names:
            raise file_unreadable(f"the workbook has no sheet {sheet!r}.", fix=f"It has {', '.join(names)}.")
        found = book.get_sheet_by_index(0) if sheet is None else book.get_sheet_by_name(sheet)
        rows = found.iter_rows()
    except (python_calamine.CalamineError, OSError, ValueError, IndexError) as error:
        raise file_unreadable(f"the workbook cannot be read ({error}).", fix="Save it as XLSX or CSV.") from None
    for line, cells in enumerate(rows, start=1):
        row = tuple(_cell(cell) for cell in cells)
        if any(cell != "" for cell in row):
            yield Row(line, row)


def _content(stream: BinaryIO) -> bytes:
    pieces, size = [], 0
    while chunk := stream.read(CHUNK_BYTES):
        pieces.append(chunk)
        size += len(chunk)
        if size > MAX_WORKBOOK_BYTES:
            raise file_unreadable(
                f"the workbook has more than {MAX_WORKBOOK_BYTES} bytes.", fix="Save the sheet as CSV."
            )
    return b"".join(pieces)


def _cell(value: Any) -> Cell:  # noqa: PLR0911 - one return for each kind of cell
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.date() if value.time() == time() else value
        case date():
            return value
        case time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case int():
            return Decimal(value)
        case float():
            return Decimal(f"{value:.{_EXACT_DIGITS}g}")
        case _:
            return str(value).strip()
