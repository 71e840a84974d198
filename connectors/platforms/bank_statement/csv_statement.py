"""Bank statements as CSV, for banks that export no camt.053: one line per movement, columns stated here.

Columns: ``statement_id, account, currency, line_no, value_date, booked_at, amount, reference, end_to_end_id,
payer_name, payer_document, remittance`` and, where known, ``opening_balance, closing_balance`` (the same on every
line of a statement) and ``reversal_of`` (the reference of the receipt that a negative line undoes). Amounts are
signed decimals with a dot, money in positive. ``booked_at`` is a day, or a time with its offset. UTF-8; comma or
semicolon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
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
from domain.errors import Invalid
from domain.money import Money, exponent
from domain.receipts import Statement

REQUIRED: Final = ("statement_id", "account", "currency", "line_no", "value_date", "booked_at", "amount")
OPTIONAL: Final = (
    "reference",
    "end_to_end_id",
    "payer_name",
    "payer_document",
    "remittance",
    "opening_balance",
    "closing_balance",
    "reversal_of",
)
COLUMNS: Final = REQUIRED + OPTIONAL
MAX_LINES: Final = 100_000

_AMOUNT = re.compile(r"[+-]?\d{1,18}(\.\d{1,5})?")
_LINE_NO = re.compile(r"[1-9]\d{0,8}")

Cells = Mapping[str, str]


def parse(content: bytes) -> tuple[Statement, ...]:
    """The statements of the file in order of first appearance.

    Raises ``statement_unreadable`` and ``statement_totals_mismatch``.
    """
    grouped: dict[tuple[str, str], list[tuple[int, Cells]]] = {}
    for line, cells in _lines(delimited.text_of(content, code=UNREADABLE)):
        grouped.setdefault((cells["account"], cells["statement_id"]), []).append((line, cells))
    if not grouped:
        raise unreadable("the table has a header and no line.", line=1, fix="Export a period with movements.")
    return tuple(_statement(lines) for lines in grouped.values())


def _lines(text: str) -> Iterator[tuple[int, Cells]]:
    table = delimited.rows(text, known=COLUMNS, code=UNREADABLE)
    header = next(table, None)
    names = _header(header.cells if header else ())
    for count, row in enumerate(table, start=1):
        if count > MAX_LINES:
            raise unreadable(f"more than {MAX_LINES} movements.", line=row.line, fix="Split the file by day.")
        if len(row.cells) != len(names):
            raise unreadable(
                f"{len(row.cells)} values under {len(names)} columns.", line=row.line, fix="Fill every column once."
            )
        cells = dict(zip(names, row.cells, strict=True))
        empty = [name for name in REQUIRED if not cells[name]]
        if empty:
            raise unreadable(f"{', '.join(empty)} is empty.", line=row.line, fix="Fill it in.")
        yield row.line, cells


def _header(cells: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(cell.lower() for cell in cells)
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    double = sorted({name for name in names if names.count(name) > 1})
    if missing or unknown or double:
        wrong = (("missing", missing), ("unknown", unknown), ("there twice", double))
        raise unreadable(
            "; ".join(f"columns {word}: {', '.join(found)}" for word, found in wrong if found) + ".",
            line=1,
            fix=f"Use the columns {', '.join(COLUMNS)}.",
        )
    return names


def _statement(lines: list[tuple[int, Cells]]) -> Statement:
    first_line, first = lines[0]
    for name in ("currency", "opening_balance", "closing_balance"):
        for line, cells in lines:
            if cells.get(name) != first.get(name):
                raise unreadable(f"{name} differs from line {first_line}.", line=line, fix="State one per statement.")
    movements = [_movement(line, cells) for line, cells in lines]
    return checked(
        Statement(
            statement_id=first["statement_id"],
            account=first["account"],
            currency=first["currency"],
            opening=_balance(first_line, first, "opening_balance"),
            closing=_balance(first_line, first, "closing_balance"),
            booked_on=max(movement.at.date() for movement in movements),
            lines=numbered(fact_of(movement) for movement in movements),
        )
    )


def _movement(line: int, cells: Cells) -> Movement:
    if not _LINE_NO.fullmatch(cells["line_no"]):
        raise unreadable(f"line_no is {cells['line_no']!r}.", line=line, fix="Number lines 1, 2, 3 within a statement.")
    own_ref = f"{cells['account']}/{cells['statement_id']}/line-{cells['line_no']}"
    named = tuple(found for found in (cells.get("end_to_end_id"), cells.get("reference")) if found)
    return Movement(
        amount=_money(line, cells, "amount"),
        at=_booked_at(line, cells["booked_at"]),
        value_date=_day(line, "value_date", cells["value_date"]),
        bank_ref=cells.get("reference") or own_ref,
        named=named,
        remittance=cells.get("remittance") or None,
        payer_name=cells.get("payer_name") or None,
        payer_document=cells.get("payer_document") or None,
        undoes=cells.get("reversal_of") or None,
    )


def _balance(line: int, cells: Cells, name: str) -> Money | None:
    return _money(line, cells, name) if cells.get(name) else None


def _money(line: int, cells: Cells, name: str) -> Money:
    stated = cells[name]
    if not _AMOUNT.fullmatch(stated):
        raise unreadable(f"{name} is {stated!r}, which is no amount.", line=line, fix="Write it as -1500.00.")
    try:
        amount, digits = Money.parse(stated, cells["currency"]), exponent(cells["currency"])
    except Invalid as error:
        raise unreadable(error.message, line=line, fix=error.fix or "Correct the amount.") from None
    if len(stated.partition(".")[2]) > digits:  # 2.560 may be two thousand and more, written with a separator
        message = f"{name} is {stated!r}, which has more than the {digits} decimals of {amount.currency}."
        raise unreadable(message, line=line, fix="Write it as -1500.00, without separators of thousands.")
    return amount


def _day(line: int, name: str, stated: str) -> date:
    try:
        return datetime.strptime(stated, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day has no zone
    except ValueError:
        raise unreadable(f"{name} is {stated!r}, which is no day.", line=line, fix="Write it as 2026-11-23.") from None


def _booked_at(line: int, stated: str) -> datetime:
    if "T" not in stated:
        return moment(_day(line, "booked_at", stated))
    try:
        found = datetime.fromisoformat(stated)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise unreadable(
            f"booked_at is {stated!r}, which is no time with an offset.",
            line=line,
            fix="Write 2026-11-23, or 2026-11-23T14:05:00+08:00.",
        )
    return found
