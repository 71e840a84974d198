"""XLSX workbooks as rows of text: the first sheet, every value written one way, nothing that unpacks without end."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import python_calamine

from connectors import workbook_safety
from connectors.shared.delimited import TextRow
from domain.errors import Invalid

EXACT_DIGITS: Final = 15  # a spreadsheet number keeps no more

_ZIP: Final = b"PK\x03\x04"


def is_workbook(content: bytes) -> bool:
    """Whether the file is a ZIP archive, as every XLSX is; ``rows`` tells whether it is one."""
    return content.startswith(_ZIP)


def rows(content: bytes, *, code: str, max_rows: int) -> Iterator[TextRow]:
    """The first sheet's rows, header first, blank rows left out; raises ``Invalid(code)`` for anything else.

    ``max_rows`` includes the header. Dates become ``YYYY-MM-DD``, whole numbers have no decimals, others their
    shortest exact decimals. A number of more digits than a spreadsheet keeps becomes scientific text, which no
    column takes.
    """
    reason = workbook_safety.objection(content, max_rows=max_rows)
    if reason is not None:
        raise _broken(code, reason)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, OSError, ValueError, IndexError) as error:
        raise _broken(code, f"The workbook cannot be read ({error}).") from None
    return _texts(sheet)


def _broken(code: str, message: str) -> Invalid:
    fix = "Save one sheet without empty rows as XLSX without password, or as CSV UTF-8."
    return Invalid(code, message, fix=fix, line=1)


def _texts(sheet: Any) -> Iterator[TextRow]:
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        texts = tuple(_text(cell) for cell in cells)
        if any(texts):
            yield TextRow(line, texts)


def _text(cell: Any) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case int() | float():
            return _number(Decimal(repr(cell)))
        case _:
            return str(cell).strip()


def _number(value: Decimal) -> str:
    if value.is_finite() and value.adjusted() < EXACT_DIGITS:
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value.normalize():E}"
