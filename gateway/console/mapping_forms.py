"""The form that says what a table's columns mean: what it shows of a table and a mapping, and what it comes back as."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connectors.statement_files import header_words
from connectors.statement_files.column_mapping import COLUMN_FIELDS, MAX_ROWS_SKIPPED, ColumnMapping
from connectors.statement_files.mapping_guess import head_rows, kind_of
from connectors.statement_files.table_rows import Row, text_of
from domain.errors import Invalid
from domain.statement_files import LineKind

MANY: Final = ("references", "text")
MEANINGS: Final = (*COLUMN_FIELDS, *MANY)
DATE_FORMATS: Final = (
    "iso",
    "dd/mm/yyyy",
    "mm/dd/yyyy",
    "dd.mm.yyyy",
    "dd-mm-yyyy",
    "yyyy/mm/dd",
    "yyyymmdd",
    "dd/mm/yy",
    "dd mmm yyyy",
    "dd/mm/bbbb",
    "dd/mm/yyyy hh:mm:ss",
    "yyyy-mm-dd hh:mm:ss",
)
SAMPLES: Final = 3
MOST_KINDS: Final = 40
_LONGEST_NAME: Final = 200
_PLAIN: Final = ("name", "date_format", "decimal", "currency", "account", "utc_offset", "sheet", "total_word", "source")
_LISTS: Final = ("debit_words", "skip_words")
_WRITTEN: Final = {"space": " ", "tab": "\t", "auto": ""}
"""Separators that a form cannot carry as they are."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the name that a mapping gives it, its header, some values, and what it means if anything."""

    place: int
    name: str
    header: str
    samples: tuple[str, ...]
    means: str


@dataclass(frozen=True, slots=True)
class Table:
    """The head of a table as a person sees it, with the names by which a mapping may call its columns."""

    names: tuple[str, ...]
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def values(self, place: int) -> list[str]:
        """What stands in a column below the header, blanks left out."""
        return [row[place] for row in self.rows if place < len(row) and row[place]]

    def place_of(self, name: str) -> int | None:
        """The column that a mapping means by a name: a header, or ``#`` and a number."""
        for place, own in enumerate(self.names):
            if name.casefold() in (own.casefold(), f"#{place + 1}"):
                return place
        return None


def table_of(head: bytes, document: Mapping[str, Any]) -> Table:
    """The table as a mapping's document lays it out. Raises as the readers do for what is no table."""
    rows = head_rows(
        head,
        delimiter=document.get("delimiter") or None,
        encoding=document.get("encoding") or None,
        sheet=document.get("sheet") or None,
    )
    header_row = document.get("header_row", 1)
    header = next((row for row in rows if header_row and row.line == header_row), None)
    first = header_row + document.get("rows_after_header", 0)
    below = tuple(_texts(row) for row in rows if row.line > first)
    width = max((len(row) for row in below), default=0)
    headers = _texts(header) if header else ("",) * width
    return Table(_names(headers), headers, below)


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(text_of(cell) for cell in row.cells)


def _names(headers: Sequence[str]) -> tuple[str, ...]:
    """Each header where it is the first of its kind, else the column's number."""
    seen: set[str] = set()
    found = []
    for place, header in enumerate(headers):
        plain = header.strip().casefold()
        is_name = bool(plain) and plain not in seen and len(header) <= _LONGEST_NAME
        seen.add(plain)
        found.append(header.strip() if is_name else f"#{place + 1}")
    return tuple(found)


def columns(table: Table, document: Mapping[str, Any]) -> list[Column]:
    """The columns with what a mapping's document says of them."""
    means: dict[int, str] = {}
    for field in MEANINGS:
        named = document.get(field)
        for name in named if isinstance(named, list) else [named] if named else []:
            place = table.place_of(name)
            if place is not None:
                means.setdefault(place, field)
    return [
        Column(place, name, table.headers[place], tuple(table.values(place)[:SAMPLES]), means.get(place, ""))
        for place, name in enumerate(table.names)
    ]


def kinds(table: Table, document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What each value of the column of kinds means, those of the table first; empty where no column holds kinds."""
    place = table.place_of(document["kind"]) if document.get("kind") else None
    if place is None:
        return []
    stated: Mapping[str, str] = document.get("kinds") or {}
    words = [*dict.fromkeys(table.values(place)), *(word for word in stated if word != "*")]
    known = {word: stated.get(word) or kind_of(word) for word in dict.fromkeys(words)}
    return [*list(known.items())[:MOST_KINDS], ("*", stated.get("*", ""))]


def entered(text: Callable[[str], str]) -> dict[str, Any]:
    """What a form says of a table, before its columns. Raises ``mapping_invalid`` for a row that is no number."""
    found: dict[str, Any] = {name: text(name) for name in _PLAIN if text(name)}
    found["header_row"] = _number(text, "header_row", 1)
    found["rows_after_header"] = _number(text, "rows_after_header", 0)
    found["thousands"] = _WRITTEN.get(text("thousands"), text("thousands"))
    found |= {name: mark for name in ("delimiter", "encoding") if (mark := _WRITTEN.get(text(name), text(name)))}
    found |= {name: words for name in _LISTS if (words := _words(text(name)))}
    if text("amount_is") == "gross":
        found["amount_is"] = "gross"
    if text("fees_negative"):
        found["fees_negative"] = True
    return found


def with_columns(found: Mapping[str, Any], table: Table, text: Callable[[str], str]) -> dict[str, Any]:
    """The document with what the form says of each column. Raises ``mapping_invalid`` where two mean the same."""
    document = dict(found)
    for place, name in enumerate(table.names):
        means = text(f"column_{place}")
        if means in MANY:
            document.setdefault(means, []).append(name)
        elif means in COLUMN_FIELDS:
            if means in document:
                raise Invalid(
                    "mapping_invalid", f"{document[means]} and {name} mean the same.", fix="Choose one.", field=means
                )
            document[means] = name
    if "currency_column" in document:
        document.pop("currency", None)
    if "account_column" in document:
        document.pop("account", None)
    _complete(document, table, text)
    return document


def _complete(document: dict[str, Any], table: Table, text: Callable[[str], str]) -> None:
    """Kinds and words for money out, as stated or as the table's values look."""
    if "kind" in document:
        pairs = [(text(f"kind_word_{number}"), text(f"kind_{number}")) for number in range(MOST_KINDS + 1)]
        stated = {word: kind for word, kind in pairs if word and kind in list(LineKind)}
        document["kinds"] = stated
        document["kinds"] = {word: kind for word, kind in kinds(table, document) if kind}
    if "direction" in document and "debit_words" not in document:
        place = table.place_of(document["direction"])
        known = {word.casefold() for word in header_words.DEBIT_WORDS}
        values = set() if place is None else set(table.values(place))
        document["debit_words"] = sorted(word for word in values if word.casefold() in known)
    if "direction" not in document:
        document.pop("debit_words", None)


def fits(table_at: Callable[[int], Table], document: Mapping[str, Any]) -> bool:
    """Whether a table has every column that a saved mapping names; ``table_at`` lays it out by its header's row."""
    mapping = ColumnMapping.from_json(document)
    table = table_at(mapping.header_row)
    return bool(table.names) and all(table.place_of(name) is not None for name in mapping.columns)


def _number(text: Callable[[str], str], name: str, default: int) -> int:
    written = text(name)
    if not written:
        return default
    if not (written.isascii() and written.isdigit()) or int(written[:6]) > MAX_ROWS_SKIPPED:
        raise Invalid(
            "mapping_invalid", f"{written[:40]!r} is no row from 0 to {MAX_ROWS_SKIPPED}.", fix="Give one.", field=name
        )
    return int(written)


def _words(written: str) -> list[str]:
    return [word for part in written.split(",") if (word := part.strip())]
