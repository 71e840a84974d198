"""Plain tables as an XLSX workbook: texts stay texts, amounts are numbers as far as those are exact."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from connectors.statements_out.workbook import EXACT_MINOR
from domain.money import Money

Cell = str | int | Money | date | datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name (at most 31 characters), headings, and rows of as many cells."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def sheets(*found: Sheet) -> bytes:
    """The workbook's bytes. No text is run as a formula; an amount has its currency in the cell behind it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        for one in found:
            sheet = book.add_worksheet(one.name[:31])
            sheet.freeze_panes(1, 0)
            for column, heading in enumerate(one.headings):
                sheet.write_string(0, column, heading, bold)
            sheet.set_column(0, len(one.headings), 20)
            for row, cells in enumerate(one.rows, start=1):
                for column, cell in enumerate(cells):
                    _write(sheet, row, column, cell)
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell) -> None:
    write_text, write_number = sheet.write_string, sheet.write_number
    match cell:
        case None:
            return
        case Money() if abs(cell.minor) < EXACT_MINOR:
            write_number(row, column, cell.decimal)
        case Money():
            write_text(row, column, f"{cell.decimal:f}")
        case int():
            write_number(row, column, cell)
        case date():
            write_text(row, column, cell.isoformat())
        case str():
            write_text(row, column, cell)
