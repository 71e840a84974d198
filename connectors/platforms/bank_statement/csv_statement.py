"""Bank statements as CSV, for banks that export no camt.053: one line per movement, in the columns of ``own_csv``.

The file is UTF-8, with comma or semicolon, of at most ``MAX_LINES`` movements; lines of a statement may stand apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from connectors.platforms.bank_statement.facts import (
    UNREADABLE,
    Movement,
    checked,
    fact_of,
    moment,
    numbered,
    unreadable,
)
from connectors.shared import delimited
from connectors.statement_files import faults
from connectors.statement_files.own_csv import COLUMNS, OwnLine, check_alike, header_of, line_of
from domain.errors import Invalid
from domain.receipts import Statement

MAX_LINES: Final = 100_000

__all__ = ["COLUMNS", "MAX_LINES", "parse"]


def parse(content: bytes) -> tuple[Statement, ...]:
    """The statements of the file in order of first appearance.

    Raises ``statement_unreadable`` and ``statement_totals_mismatch``.
    """
    grouped: dict[tuple[str, str], list[OwnLine]] = {}
    try:
        for own in _lines(delimited.text_of(content, code=UNREADABLE)):
            grouped.setdefault((own.cells["account"], own.cells["statement_id"]), []).append(own)
        if not grouped:
            raise unreadable("the table has a header and no line.", line=1, fix="Export a period with movements.")
        return tuple(_statement(lines) for lines in grouped.values())
    except Invalid as error:
        if error.code != faults.LINE_UNREADABLE:
            raise
        line = error.details["line"]
        message = error.message.removeprefix(f"Line {line}: ")
        raise unreadable(message, line=line, fix=error.fix or "Correct the line.") from None


def _lines(text: str) -> Iterator[OwnLine]:
    table = delimited.rows(text, known=COLUMNS, code=UNREADABLE)
    header = next(table, None)
    names = header_of(header.cells if header else ())
    for count, row in enumerate(table, start=1):
        if count > MAX_LINES:
            raise unreadable(f"more than {MAX_LINES} movements.", line=row.line, fix="Split the file by day.")
        yield line_of(row.line, names, row.cells)


def _statement(lines: list[OwnLine]) -> Statement:
    first = lines[0]
    for own in lines:
        check_alike(first, own)
    movements = [_movement(own) for own in lines]
    return checked(
        Statement(
            statement_id=first.cells["statement_id"],
            account=first.cells["account"],
            currency=first.cells["currency"],
            opening=first.opening,
            closing=first.closing,
            booked_on=max(movement.at.date() for movement in movements),
            lines=numbered(fact_of(movement) for movement in movements),
        )
    )


def _movement(own: OwnLine) -> Movement:
    cells = own.cells
    return Movement(
        amount=own.amount,
        at=own.booked_at if isinstance(own.booked_at, datetime) else moment(own.booked_at),
        value_date=own.value_date,
        bank_ref=cells.get("reference") or own.own_ref,
        named=own.named,
        remittance=cells.get("remittance") or None,
        payer_name=cells.get("payer_name") or None,
        payer_document=cells.get("payer_document") or None,
        undoes=cells.get("reversal_of") or None,
    )
