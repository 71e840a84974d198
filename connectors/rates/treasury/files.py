"""Treasury's file of rates: a CSV with base, quote, value, as_of and source; each row a rate, or why it is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from connectors.shared import delimited
from connectors.shared.delimited import TextRow
from domain.errors import AfluenteError, Invalid, TooLarge
from domain.fx import StatedRate

COLUMNS: Final = ("base", "quote", "value", "as_of", "source")
MAX_ROWS: Final = 500
MAX_BYTES: Final = 200_000
MAX_SOURCE_CHARS: Final = 200
UNREADABLE: Final = "rates_unreadable"
TEMPLATE: Final = "base,quote,value,as_of,source\nUSD,COP,4012.35,2026-11-20,House bank closing rate\n"


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A row that is no rate: its line in the file and why."""

    line: int
    error: AfluenteError


@dataclass(frozen=True, slots=True)
class RatesFile:
    """What a file says: rates in its order, and the rows that say none."""

    rates: tuple[StatedRate, ...]
    refused: tuple[RowRefused, ...]


def read(content: bytes, *, today: date) -> RatesFile:
    """Every row of a file; a rate may not be of a later day than ``today``.

    Raises ``rates_too_large`` (200,000 bytes, 500 rows) and ``rates_unreadable``: no CSV, or other columns.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge("rates_too_large", f"A file of rates has at most {MAX_BYTES} bytes.", limit=MAX_BYTES)
    rows = _rows(content)
    if len(rows) > MAX_ROWS:
        raise TooLarge("rates_too_large", f"A file of rates has at most {MAX_ROWS} rows.", limit=MAX_ROWS)
    rates: list[StatedRate] = []
    refused: list[RowRefused] = []
    for row in rows:
        try:
            rates.append(_rate(row, today=today))
        except AfluenteError as error:
            refused.append(RowRefused(row.line, error))
    return RatesFile(tuple(rates), tuple(refused))


def _rows(content: bytes) -> Sequence[TextRow]:
    plainly = delimited.kind_of(content)
    if plainly is not None:
        raise Invalid(UNREADABLE, f"The file is {plainly}, not a CSV.", fix="Save it as CSV.")
    rows = list(delimited.rows(delimited.text_of(content, code=UNREADABLE), known=COLUMNS, code=UNREADABLE))
    header = tuple(cell.lower() for cell in rows[0].cells) if rows else ()
    if sorted(header) != sorted(COLUMNS):
        raise Invalid(
            UNREADABLE,
            f"The columns of a file of rates are {', '.join(COLUMNS)}.",
            fix="Start from the template file.",
            line=1,
        )
    order = [header.index(name) for name in COLUMNS]
    return [
        TextRow(row.line, tuple(row.cells[place] for place in order) if len(row.cells) == len(COLUMNS) else ())
        for row in rows[1:]
    ]


def _rate(row: TextRow, *, today: date) -> StatedRate:
    if not row.cells:
        raise Invalid("rates_row_cut", f"A row has {len(COLUMNS)} cells.", fix="Quote values that hold the delimiter.")
    base, quote, value, as_of, source = row.cells
    day = _day(as_of)
    if day > today:
        raise Invalid("rate_of_the_future", f"{day} has not come yet.", fix="State rates of days that have been.")
    if len(source) > MAX_SOURCE_CHARS or not source.isprintable():
        raise Invalid("rate_source_odd", f"A source is plain text of at most {MAX_SOURCE_CHARS} letters.")
    return StatedRate(base.upper(), quote.upper(), _number(value), day, source)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("date_malformed", f"{text!r} is not a day.", fix="Write it as 2026-11-23.") from None


def _number(text: str) -> Decimal:
    """Digits with a dot: no exponent, no thousands mark, for those are read differently by different people."""
    plain = text.replace(".", "", 1)
    if not (plain.isascii() and plain.isdigit()):
        raise Invalid(
            "rate_malformed",
            f"{text!r} is not a rate.",
            fix="Write it with a dot before the decimals, such as 5.4321.",
        )
    return Decimal(text)
