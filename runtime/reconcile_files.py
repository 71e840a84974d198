"""The two files of a reconciliation: CSV read into columns, what is wrong named by line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from domain.errors import Invalid, TooLarge
from domain.matching.rows import MAX_TEXT, Table
from domain.money import MAX_MINOR

REQUIRED: Final = ("id", "amount_minor", "currency", "date")
OPTIONAL: Final = ("reference", "payer", "batch_id", "fee_minor", "tax_minor", "kind")
MOST_ROWS: Final = 5_000_000
_CHUNK: Final = 20_000
_DELIMITERS: Final = ",;\t|"
_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file read: its rows as columns, and what of it was not used."""

    table: Table
    encoding: str
    ignored: tuple[str, ...]
    missing: tuple[str, ...]


def read(content: bytes, *, name: str) -> Sheet:
    """The rows of a CSV file in UTF-8 (with or without a byte order mark) or Windows-1252.

    Raises ``Invalid``: ``file_not_text``, ``columns_missing``, ``column_repeated``, ``row_malformed``,
    ``value_missing``, ``amount_malformed``, ``currency_malformed``, ``date_malformed``, ``text_too_long``, each with
    ``file``, ``line`` and ``column``; ``TooLarge``: ``too_many_rows``.
    """
    text, encoding = _decoded(content, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    header = [cell.strip().lower() for cell in _guarded(next, reader, name, ())]
    places = _places(header, name)
    table = Table()
    for line, rows in _chunks(reader, name):
        _append(table, _Chunk(name, line, rows, len(header), places))
        if len(table) > MOST_ROWS:
            raise TooLarge("too_many_rows", f"{name} has more than {MOST_ROWS} rows.", file=name)
    known = {*REQUIRED, *OPTIONAL}
    ignored = tuple(column for column in header if column and column not in known)
    return Sheet(table, encoding, ignored, tuple(column for column in OPTIONAL if column not in places))


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    if b"\x00" in content[:4096]:
        raise Invalid("file_not_text", f"{name} is not a CSV file.", fix="Save it as CSV in UTF-8.", file=name)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise Invalid("file_not_text", f"{name} is neither UTF-8 nor Windows-1252.", fix="Save it as UTF-8.", file=name)


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0].lower()
    return max(_DELIMITERS, key=lambda mark: sum(cell.strip(' "\r') in REQUIRED for cell in header.split(mark)))


def _guarded(step: Callable[..., Any], reader: Any, name: str, *default: Any) -> Any:
    try:
        return step(reader, *default)
    except csv.Error as error:
        line = reader.line_num + 1
        raise Invalid(
            "row_malformed",
            f"{name}, line {line}: it cannot be read as CSV ({error}).",
            fix="Close every quotation mark, and write one inside a value twice.",
            file=name,
            line=line,
        ) from None


def _places(header: Sequence[str], name: str) -> dict[str, int]:
    missing = [column for column in REQUIRED if column not in header]
    if missing:
        raise Invalid(
            "columns_missing",
            f"{name} has no column {', '.join(missing)}.",
            fix=f"The first line names the columns; needed are {', '.join(REQUIRED)}.",
            file=name,
            line=1,
            columns=missing,
        )
    known = [column for column in header if column in {*REQUIRED, *OPTIONAL}]
    for column in known:
        if known.count(column) > 1:
            raise Invalid("column_repeated", f"{name} has the column {column} twice.", file=name, column=column)
    return {column: header.index(column) for column in known}


def _chunks(reader: Any, name: str) -> Iterator[tuple[int, list[list[str]]]]:
    """Rows in chunks, each with the line that its first row begins on."""
    while True:
        before = reader.line_num
        rows = _guarded(lambda lines: list(islice(lines, _CHUNK)), reader, name)
        if not rows:
            return
        yield before + 1, rows


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some rows of a file with what is needed to say where a bad value stands."""

    name: str
    line: int
    rows: list[list[str]]
    width: int
    places: dict[str, int]

    def line_of(self, place: int) -> int:
        """The line that a row of the chunk begins on, line breaks inside values counted."""
        above = self.rows[:place]
        return self.line + len(above) + sum(cell.count("\n") for row in above for cell in row)

    def refuse(self, code: str, place: int, column: str, wanted: str) -> Invalid:
        """The error for one value."""
        line = self.line_of(place)
        return Invalid(
            code,
            f"{self.name}, line {line}: {column} must be {wanted}.",
            fix="Correct the value.",
            file=self.name,
            line=line,
            column=column,
        )


def _append(table: Table, chunk: _Chunk) -> None:
    """Check the rows of a chunk and put them at the end of the table's columns."""
    for place, row in enumerate(chunk.rows):
        if row and len(row) != chunk.width:
            raise chunk.refuse("row_malformed", place, f"the number of values, {len(row)},", f"{chunk.width}")
    numbered = [(place, row) for place, row in enumerate(chunk.rows) if any(row)]
    if not numbered:
        return
    order = [place for place, _ in numbered]
    columns = list(zip(*(row for _, row in numbered), strict=True))

    def texts(column: str) -> list[str]:
        if column not in chunk.places:
            return [""] * len(order)
        cells = [cell.strip() for cell in columns[chunk.places[column]]]
        if column in REQUIRED or _NOTHING.isdisjoint(cells):
            return cells
        return ["" if cell in _NOTHING else cell for cell in cells]

    table.ids.extend(_needed(chunk, order, "id", texts("id")))
    table.amounts.extend(_amounts(chunk, order, "amount_minor", texts("amount_minor")))
    table.currencies.extend(_currencies(chunk, order, texts("currency")))
    table.days.extend(_days(chunk, order, texts("date")))
    table.references.extend(_short(chunk, order, "reference", texts("reference")))
    table.payers.extend(_short(chunk, order, "payer", texts("payer")))
    table.batches.extend(_short(chunk, order, "batch_id", texts("batch_id")))
    table.fees.extend(_amounts(chunk, order, "fee_minor", [cell or "0" for cell in texts("fee_minor")]))
    table.taxes.extend(_amounts(chunk, order, "tax_minor", [cell or "0" for cell in texts("tax_minor")]))
    known: dict[str, str] = {}
    table.kinds.extend(known.setdefault(kind, kind) for kind in _short(chunk, order, "kind", texts("kind")))


def _needed(chunk: _Chunk, order: list[int], column: str, cells: list[str]) -> list[str]:
    for place, cell in zip(order, cells, strict=True):
        if not cell or len(cell) > MAX_TEXT:
            raise chunk.refuse("value_missing", place, column, "given, in at most 1,000 characters")
    return cells


def _amounts(chunk: _Chunk, order: list[int], column: str, cells: list[str]) -> list[int]:
    known: dict[str, int] = {}
    for place, cell in zip(order, cells, strict=True):
        if cell not in known:
            plain = cell.removesuffix(".0")  # a column with gaps, as programs for tables of numbers write it
            if not _WHOLE.fullmatch(plain) or len(cell) > _MOST_DIGITS or abs(int(plain)) > MAX_MINOR:
                raise chunk.refuse("amount_malformed", place, column, "a whole number of minor units, such as 150000")
            known[cell] = int(plain)
    return [known[cell] for cell in cells]


_NOTHING: Final = frozenset({"nan", "NaN", "None", "null", "NULL"})  # how programs write that there is no value
_MOST_DIGITS: Final = 30


def _currencies(chunk: _Chunk, order: list[int], cells: list[str]) -> list[str]:
    known: dict[str, str] = {}
    for place, cell in zip(order, cells, strict=True):
        if cell not in known:
            code = cell.upper()
            if not _CURRENCY.fullmatch(code):
                raise chunk.refuse("currency_malformed", place, "currency", "three letters, such as BRL")
            known[cell] = code
    return [known[cell] for cell in cells]


def _days(chunk: _Chunk, order: list[int], cells: list[str]) -> list[int]:
    """The day as it is written, whatever the offset: the window forgives what clocks shift."""
    known: dict[str, int] = {}
    for place, cell in zip(order, cells, strict=True):
        if cell not in known:
            try:
                known[cell] = datetime.fromisoformat(cell).toordinal()
            except ValueError:
                wanted = "ISO 8601, such as 2026-11-01 or 2026-11-01T08:00:00-03:00"
                raise chunk.refuse("date_malformed", place, "date", wanted) from None
    return [known[cell] for cell in cells]


def _short(chunk: _Chunk, order: list[int], column: str, cells: list[str]) -> list[str]:
    if max(map(len, cells)) > MAX_TEXT:
        place = next(place for place, cell in zip(order, cells, strict=True) if len(cell) > MAX_TEXT)
        raise chunk.refuse("text_too_long", place, column, f"at most {MAX_TEXT} characters")
    return cells
