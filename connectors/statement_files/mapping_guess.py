"""A first guess at a table's mapping from its head, with how sure it is of each column; a person confirms it."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from connectors.shared.numbers import western
from connectors.statement_files import header_words
from connectors.statement_files.column_mapping import ColumnMapping
from connectors.statement_files.mapped_values import MONTHS
from connectors.statement_files.table_rows import (
    Cell,
    Row,
    csv_rows,
    delimiter_of,
    is_workbook,
    sheet_rows,
    text_of,
    whole_lines,
)
from domain.errors import Invalid
from domain.iso4217 import CURRENCIES
from domain.statement_files import LineKind

SAMPLE_ROWS: Final = 50
SURE: Final = 1.0
LIKELY: Final = 0.7
OPEN: Final = 0.4

_MANY: Final = frozenset({"references", "text"})
_AMOUNTS: Final = ("amount", "credit", "debit", "gross", "fee", "tax")
_DATE_SHAPE: Final = re.compile(r"(\d{1,4})([/.\- ])(\d{1,2}|[^\W\d_]{3,})\.?\2(\d{2,4})(.*)", re.DOTALL)
_COMPACT_DATE: Final = re.compile(r"(20\d{2}|19\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])")
_NUMBER_BODY: Final = re.compile(r"\d[\d.,' ]*\d|\d")
_LAST_MONTH: Final = 12
_BUDDHIST_FROM: Final = 2400
_YEAR_DIGITS: Final = 4
_DECIMAL_PLACES: Final = (1, 2)


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping and, for each of its fields that was guessed, how sure: 1 certain, 0.7 likely, 0.4 open.

    ``missing`` names what a person must state before the mapping can be used; then ``mapping`` is ``None`` and
    ``document`` holds what is known.
    """

    document: Mapping[str, Any]
    confidence: Mapping[str, float]
    missing: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def mapping(self) -> ColumnMapping | None:
        """The mapping, where nothing is missing."""
        return None if self.missing else ColumnMapping.from_json(self.document)


def guess(head: bytes, *, name: str = "guess", currency: str | None = None) -> Guess:
    """What the head of a CSV file, or a whole workbook, looks like. ``currency`` is used where no column holds one.

    Raises as the readers do for a file that is no table.
    """
    rows = head_rows(head)
    place, fields, sure = _header(rows)
    header = [text_of(cell) for cell in rows[place].cells] if rows else []
    samples = rows[place + 1 : place + 1 + SAMPLE_ROWS]
    found: dict[str, Any] = {"name": name, "header_row": rows[place].line if rows else 1}
    if not is_workbook(head):
        found["delimiter"] = delimiter_of(head)
    for field, columns in fields.items():
        found[field] = [header[column] for column in columns] if field in _MANY else header[columns[0]]
    confidence = dict(sure)
    _settle_amounts(found)
    _dates(found, confidence, header, samples)
    _numbers(found, confidence, header, samples)
    _words(found, confidence, header, samples)
    _currency(found, confidence, header, samples, currency)
    confidence = {field: value for field, value in confidence.items() if field in found}
    return Guess(MappingProxyType(found), MappingProxyType(confidence), _missing(found), tuple(header))


def head_rows(
    head: bytes, *, delimiter: str | None = None, encoding: str | None = None, sheet: str | None = None
) -> list[Row]:
    """The first rows of a table, as far as they can be read; raises where not even the first can."""
    if is_workbook(head):
        found_rows = sheet_rows(io.BytesIO(head), sheet=sheet)
        return [row for row, _ in zip(found_rows, range(SAMPLE_ROWS * 2), strict=False)]
    found: list[Row] = []
    try:
        stream = io.BytesIO(whole_lines(head))  # the last line may be cut
        for row in csv_rows(stream, delimiter=delimiter or delimiter_of(head), encoding=encoding):
            found.append(row)
            if len(found) >= SAMPLE_ROWS * 2:
                break
    except Invalid:
        if not found:
            raise
    return found


def _header(rows: Sequence[Row]) -> tuple[int, dict[str, list[int]], dict[str, float]]:
    """The row of which most cells are header words, with the columns of each field and how sure each is."""
    best: tuple[int, dict[str, list[int]], dict[str, float]] = (0, {}, {})
    for place, row in enumerate(rows[:30]):
        fields, sure = _fields([text_of(cell) for cell in row.cells])
        if len(fields) > len(best[1]):
            best = place, fields, sure
    return best


def _fields(header: Sequence[str]) -> tuple[dict[str, list[int]], dict[str, float]]:
    fields: dict[str, list[int]] = {}
    sure: dict[str, float] = {}
    for column, name in enumerate(header):
        match = _field_of(header_words.plain(name))
        if match is None:
            continue
        field, certainty = match
        if field in _MANY:
            fields.setdefault(field, []).append(column)
            sure[field] = max(sure.get(field, 0.0), certainty)
        elif certainty > sure.get(field, 0.0):
            fields[field], sure[field] = [column], certainty
    return fields, sure


def _field_of(words: str) -> tuple[str, float] | None:
    if not words:
        return None
    for field, known in header_words.WORDS.items():
        if words in _plain_words(known):
            return field, SURE
    contained = [
        (len(word), field)
        for field, known in header_words.WORDS.items()
        for word in _plain_words(known)
        if _contains(words, word)
    ]
    return (max(contained)[1], LIKELY) if contained else None


def _plain_words(known: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(header_words.plain(word) for word in known)


def _contains(words: str, word: str) -> bool:
    """Whether a known word stands in a header: between blanks where the script has them."""
    return f" {word} " in f" {words} " if word.isascii() else word in words


def _settle_amounts(found: dict[str, Any]) -> None:
    """One amount, or credit and debit: where both are there, the single one is a net or a balance of doubt."""
    if "credit" in found and "debit" in found:
        found.pop("amount", None)
        found.pop("direction", None)
    elif "amount" in found:
        found.pop("credit", None)
        found.pop("debit", None)
    if found.get("kind") is not None and found.get("direction") is not None:
        found.pop("kind")


def _values(header: Sequence[str], samples: Sequence[Row], column: str | None) -> list[Cell]:
    if column is None or column not in header:
        return []
    place = header.index(column)
    return [row.cells[place] for row in samples if place < len(row.cells) and row.cells[place] != ""]


def _dates(found: dict[str, Any], confidence: dict[str, float], header: Sequence[str], samples: Sequence[Row]) -> None:
    values = _values(header, samples, found.get("date"))
    if not values:
        return
    if all(isinstance(value, date) for value in values):
        found["date_format"], confidence["date_format"] = "iso", SURE
        return
    texts = [western(text_of(value)).strip() for value in values if isinstance(value, str)]
    if texts and all(_COMPACT_DATE.fullmatch(text) for text in texts):
        found["date_format"], confidence["date_format"] = "yyyymmdd", SURE
        return
    shapes = [match for text in texts if (match := _DATE_SHAPE.fullmatch(text))]
    if shapes and len(shapes) * 2 > len(texts):
        found["date_format"], confidence["date_format"] = _date_format(shapes)


def _date_format(shapes: Sequence[re.Match[str]]) -> tuple[str, float]:
    first, mark, middle, last, rest = shapes[0].groups()
    time = _time_format(rest)
    if len(first) == _YEAR_DIGITS:
        year = "bbbb" if int(first) > _BUDDHIST_FROM else "yyyy"
        if year == "yyyy" and mark == "-" and (not time or rest.startswith("T")):
            return "iso", SURE
        return f"{year}{mark}mm{mark}dd{time}", SURE
    year = ("bbbb" if int(last) > _BUDDHIST_FROM else "yyyy") if len(last) == _YEAR_DIGITS else "yy"
    if not middle.isdigit():
        known = all(shape[3].lower()[:3] in MONTHS for shape in shapes)
        return f"dd{mark}mmm{mark}{year}{time}", SURE if known else OPEN
    days_first = any(int(shape[1]) > _LAST_MONTH for shape in shapes)
    months_first = any(int(shape[3]) > _LAST_MONTH for shape in shapes)
    if months_first and not days_first:
        return f"mm{mark}dd{mark}{year}{time}", SURE
    return f"dd{mark}mm{mark}{year}{time}", SURE if days_first and not months_first else OPEN


def _time_format(rest: str) -> str:
    match = re.fullmatch(r"([ T]+)\d{1,2}:\d{2}(:\d{2})?(?:\.\d+)?", rest)
    return "" if match is None else f" hh:mm{':ss' if match[2] else ''}"


def _numbers(
    found: dict[str, Any], confidence: dict[str, float], header: Sequence[str], samples: Sequence[Row]
) -> None:
    values = [value for field in _AMOUNTS for value in _values(header, samples, found.get(field))]
    if not values:
        return
    if all(isinstance(value, Decimal) for value in values):
        found["decimal"], found["thousands"], confidence["decimal"] = ".", "", SURE
        return
    bodies = [match[0] for value in values if (match := _NUMBER_BODY.search(western(text_of(value))))]
    marks = [decimal_mark(body) for body in bodies]
    commas, points = marks.count(","), marks.count(".")
    decimal = "," if commas > points else "."
    found["decimal"] = decimal
    found["thousands"] = next(
        (mark for mark in (",", ".", "'", " ") if mark != decimal and any(mark in body for body in bodies)), ""
    )
    confidence["decimal"] = OPEN if (commas and points) or not (commas or points) else SURE


def decimal_mark(body: str) -> str:
    """The decimal mark that an amount shows for certain: ``,``, ``.``, or nothing where either may be meant."""
    last = max(body.rfind(","), body.rfind("."))
    if last < 0:
        return ""
    mark, behind = body[last], len(body) - last - 1
    other = "." if mark == "," else ","
    if body.count(mark) > 1:
        return other
    if other in body[:last] or behind in _DECIMAL_PLACES or behind > 3:  # noqa: PLR2004 - a group has three digits
        return mark
    return "" if body[:last].lstrip("0") else mark


def _words(found: dict[str, Any], confidence: dict[str, float], header: Sequence[str], samples: Sequence[Row]) -> None:
    """Debit words, kinds, totals and balance rows as the sample shows them."""
    directions = {text_of(value) for value in _values(header, samples, found.get("direction"))}
    known = {word.casefold() for word in header_words.DEBIT_WORDS}
    debits = sorted(word for word in directions if word.casefold() in known)
    if found.get("direction") is not None:
        if debits:
            found["debit_words"], confidence["debit_words"] = debits, LIKELY
        else:
            found.pop("direction")
    if found.get("kind") is not None:
        kinds = sorted({text_of(value) for value in _values(header, samples, found["kind"])})
        found["kinds"] = {"*": LineKind.ADJUSTMENT.value} if not kinds else {word: kind_of(word) for word in kinds}
        confidence["kinds"] = OPEN
    firsts = [next((text_of(cell) for cell in row.cells if cell != ""), "") for row in samples]
    totals = [word for word in header_words.TOTAL_WORDS if any(first.startswith(word) for first in firsts)]
    if totals:
        found["total_word"], confidence["total_word"] = totals[0], LIKELY
    balances = [word for word in header_words.BALANCE_WORDS if any(first.startswith(word) for first in firsts)]
    if balances:
        found["skip_words"], confidence["skip_words"] = balances, LIKELY


def kind_of(word: str) -> str:
    """The kind whose own name stands in a value; a person settles the others."""
    plain = header_words.plain(word)
    for kind in (LineKind.CHARGEBACK, LineKind.REFUND, LineKind.PAYOUT, LineKind.FEE, LineKind.TAX, LineKind.PAYMENT):
        if kind.value in plain:
            return kind.value
    return LineKind.ADJUSTMENT.value


def _currency(
    found: dict[str, Any],
    confidence: dict[str, float],
    header: Sequence[str],
    samples: Sequence[Row],
    currency: str | None,
) -> None:
    values = {text_of(value).upper() for value in _values(header, samples, found.get("currency_column"))}
    if values and values <= set(CURRENCIES):
        return
    found.pop("currency_column", None)
    if currency is not None:
        found["currency"], confidence["currency"] = currency, LIKELY


def _missing(found: Mapping[str, Any]) -> tuple[str, ...]:
    wanted = [field for field in ("date", "date_format") if field not in found]
    if "amount" not in found and not ("credit" in found or "debit" in found):
        wanted.append("amount")
    if "currency" not in found and "currency_column" not in found:
        wanted.append("currency")
    return tuple(wanted)
