"""Bank statements as CSV in the project's own columns, for banks that export no other format: one line a movement.

Columns: ``statement_id, account, currency, line_no, value_date, booked_at, amount, reference, end_to_end_id,
payer_name, payer_document, remittance`` and, where known, ``opening_balance, closing_balance`` (the same on every
line of a statement) and ``reversal_of`` (the reference of the receipt that a negative line undoes). Amounts are
signed decimals with a dot, money in positive. ``booked_at`` is a day, or a time with its offset. Comma or semicolon.

Read as a stream, the lines of a statement stand together; where balances are stated they are checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO, Final

from connectors.statement_files.faults import at_line, file_unreadable, line_unreadable
from connectors.statement_files.records import Tally, credit_or_debit, creditor_references, last_held_back, plain_line
from connectors.statement_files.table_rows import csv_rows, text_of
from connectors.statement_files.text_lines import head_text, seekable
from domain.money import Money, exponent
from domain.statement_files import FileClosed, FileLine, FileOpened, FileReader, FileRecord, FileSource, LineKind

FORMAT: Final = "afluente_csv"
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
MAX_STATEMENTS: Final = 100_000

_AMOUNT = re.compile(r"[+-]?\d{1,18}(\.\d{1,5})?")
_LINE_NO = re.compile(r"[1-9]\d{0,8}")

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line of the table, read: its number in the file, its cells by column, and what they mean."""

    line: int
    cells: Cells
    amount: Money
    value_date: date
    booked_at: date | datetime
    opening: Money | None
    closing: Money | None

    @property
    def own_ref(self) -> str:
        """What names the movement where the bank gives no reference."""
        return f"{self.cells['account']}/{self.cells['statement_id']}/line-{self.cells['line_no']}"

    @property
    def named(self) -> tuple[str, ...]:
        """References, best first."""
        return tuple(found for found in (self.cells.get("end_to_end_id"), self.cells.get("reference")) if found)


def header_of(cells: Sequence[str]) -> tuple[str, ...]:
    """The columns in the file's order; missing, unknown and repeated ones are ``line_unreadable``."""
    names = tuple(cell.lower() for cell in cells)
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    double = sorted({name for name in names if names.count(name) > 1})
    if missing or unknown or double:
        wrong = (("missing", missing), ("unknown", unknown), ("there twice", double))
        raise line_unreadable(
            "; ".join(f"columns {word}: {', '.join(found)}" for word, found in wrong if found) + ".",
            line=1,
            fix=f"Use the columns {', '.join(COLUMNS)}.",
        )
    return names


def line_of(line: int, names: tuple[str, ...], values: Sequence[str]) -> OwnLine:
    """A row read, or ``line_unreadable``."""
    if len(values) != len(names):
        raise line_unreadable(
            f"{len(values)} values under {len(names)} columns.", line=line, fix="Fill every column once."
        )
    cells = dict(zip(names, values, strict=True))
    empty = [name for name in REQUIRED if not cells[name]]
    if empty:
        raise line_unreadable(f"{', '.join(empty)} is empty.", line=line, fix="Fill it in.")
    if not _LINE_NO.fullmatch(cells["line_no"]):
        raise line_unreadable(
            f"line_no is {cells['line_no']!r}.", line=line, fix="Number lines 1, 2, 3 within a statement."
        )
    return OwnLine(
        line=line,
        cells=cells,
        amount=_money(line, cells, "amount"),
        value_date=_day(line, "value_date", cells["value_date"]),
        booked_at=_booked_at(line, cells["booked_at"]),
        opening=_money(line, cells, "opening_balance") if cells.get("opening_balance") else None,
        closing=_money(line, cells, "closing_balance") if cells.get("closing_balance") else None,
    )


def check_alike(first: OwnLine, other: OwnLine) -> None:
    """Currency and balances are the same on every line of a statement."""
    for name in ("currency", "opening_balance", "closing_balance"):
        if other.cells.get(name) != first.cells.get(name):
            raise line_unreadable(
                f"{name} differs from line {first.line}.", line=other.line, fix="State one per statement."
            )


def _money(line: int, cells: Cells, name: str) -> Money:
    stated = cells[name]
    if not _AMOUNT.fullmatch(stated):
        raise line_unreadable(f"{name} is {stated!r}, which is no amount.", line=line, fix="Write it as -1500.00.")
    with at_line(line):
        amount, digits = Money.parse(stated, cells["currency"]), exponent(cells["currency"])
    if len(stated.partition(".")[2]) > digits:  # 2.560 may be two thousand and more, written with a separator
        message = f"{name} is {stated!r}, which has more than the {digits} decimals of {amount.currency}."
        raise line_unreadable(message, line=line, fix="Write it as -1500.00, without separators of thousands.")
    return amount


def _day(line: int, name: str, stated: str) -> date:
    try:
        return datetime.strptime(stated, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day has no zone
    except ValueError:
        raise line_unreadable(
            f"{name} is {stated!r}, which is no day.", line=line, fix="Write it as 2026-11-23."
        ) from None


def _booked_at(line: int, stated: str) -> date | datetime:
    if "T" not in stated:
        return _day(line, "booked_at", stated)
    try:
        found = datetime.fromisoformat(stated)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise line_unreadable(
            f"booked_at is {stated!r}, which is no time with an offset.",
            line=line,
            fix="Write 2026-11-23, or 2026-11-23T14:05:00+08:00.",
        )
    return found


@dataclass(slots=True)
class _Statement:
    first: OwnLine
    last_line: int
    tally: Tally = field(default_factory=lambda: Tally(None))


def _sniff(head: bytes) -> bool:
    first = head_text(head).partition("\n")[0].partition("\r")[0]
    names = {cell.strip(' "').lower() for cell in first.replace(";", ",").split(",")}
    return {"statement_id", "amount"} <= names


def _read(stream: BinaryIO) -> Iterator[FileRecord]:
    return last_held_back(_records(stream))


def _records(stream: BinaryIO) -> Iterator[FileRecord]:
    open_statement: _Statement | None = None
    seen: set[tuple[str, str]] = set()
    for own in _own_lines(stream):
        key = (own.cells["account"], own.cells["statement_id"])
        if open_statement is None or _key(open_statement.first) != key:
            if open_statement is not None:
                yield _closed(open_statement)
            if key in seen or len(seen) >= MAX_STATEMENTS:
                raise line_unreadable(
                    "a statement goes on after another one has begun.", line=own.line, fix="Sort by account, statement."
                )
            seen.add(key)
            open_statement = _Statement(own, own.line, Tally(own.cells["currency"]))
            yield _opened(own)
        check_alike(open_statement.first, own)
        open_statement.last_line = own.line
        yield open_statement.tally.add(_line(own))
    if open_statement is None:
        raise file_unreadable("the table has a header and no line.", fix="Export a period with movements.")
    yield _closed(open_statement)


def _own_lines(stream: BinaryIO) -> Iterator[OwnLine]:
    with seekable(stream) as whole:
        first = head_text(whole.read(64 * 1024)).partition("\n")[0]
        semicolons = sum(name in COLUMNS for name in first.lower().split(";"))
        names: tuple[str, ...] | None = None
        for row in csv_rows(whole, delimiter=";" if semicolons > 1 else ","):
            values = [text_of(cell) for cell in row.cells]
            if names is None:
                names = header_of(values)
            else:
                yield line_of(row.line, names, values)


def _key(own: OwnLine) -> tuple[str, str]:
    return own.cells["account"], own.cells["statement_id"]


def _opened(own: OwnLine) -> FileOpened:
    return FileOpened(
        line_no=own.line,
        format=FORMAT,
        source=FileSource.BANK,
        account=own.cells["account"],
        currency=own.cells["currency"],
        statement_id=own.cells["statement_id"],
        opening=own.opening,
    )


def _line(own: OwnLine) -> FileLine:
    text = own.cells.get("remittance") or None
    undoes = own.cells.get("reversal_of") or None
    taken_back = undoes is not None and own.amount.minor < 0
    return plain_line(
        line_no=own.line,
        kind=LineKind.RETURNED if taken_back else credit_or_debit(own.amount),
        net=own.amount,
        value_date=own.value_date,
        booked_at=own.booked_at,
        external_id=own.cells.get("reference") or own.own_ref,
        references=[*own.named, *creditor_references(text or "")],
        original=undoes,
        payer_name=own.cells.get("payer_name") or None,
        payer_document=own.cells.get("payer_document") or None,
        text=text,
    )


def _closed(statement: _Statement) -> FileClosed:
    first, tally = statement.first, statement.tally
    tally.check_balances(first.opening, first.closing, line=statement.last_line)
    return FileClosed(line_no=statement.last_line, lines=tally.lines, moved=tally.moved, closing=first.closing)


READER: Final = FileReader(format=FORMAT, name="Afluente CSV", sniff=_sniff, read=_read)
