"""Any CSV or XLSX table as a file of money, through a saved mapping of its columns; and a preview of what comes out.

A table whose rows are of several accounts or currencies is one statement for each, in the order in which they appear;
the table is then read once for each. A control total must be of one account and currency.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, Final

from connectors.statement_files.column_mapping import ColumnMapping
from connectors.statement_files.faults import (
    file_unreadable,
    line_unreadable,
    totals_mismatch,
)
from connectors.statement_files.mapped_values import AmountFormat, DateFormat
from connectors.statement_files.records import (
    MAX_TEXT_CHARS,
    Tally,
    credit_or_debit,
    creditor_references,
    last_held_back,
    named,
    stated,
)
from connectors.statement_files.table_rows import (
    Cell,
    Row,
    csv_rows,
    delimiter_of,
    is_workbook,
    sheet_rows,
    text_of,
)
from connectors.statement_files.text_lines import seekable
from domain.errors import Invalid
from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileOpened, FileReader, FileRecord, LineKind

MAX_STATEMENTS: Final = 100
HEAD_BYTES: Final = 64 * 1024
PREVIEW_ROWS: Final = 20

Key = tuple[str | None, str]
"""The account and currency of a row."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row, or the file, gives no line: coded as a reader would refuse it."""

    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as the table has them, as lines, and what is wrong with those that give none."""

    table: tuple[tuple[str, ...], ...]
    lines: tuple[FileLine, ...]
    problems: tuple[Problem, ...]


def mapped(mapping: ColumnMapping) -> FileReader:
    """The reader of tables that look as the mapping says; it recognises no file by itself."""

    def read(stream: BinaryIO) -> Iterator[FileRecord]:
        return last_held_back(_records(stream, mapping))

    return FileReader(format=f"table:{mapping.name}", name=mapping.name, sniff=lambda _: False, read=read)


def preview(content: bytes | BinaryIO, mapping: ColumnMapping, *, rows: int = PREVIEW_ROWS) -> Preview:
    """The first rows through the mapping, row by row: a row that cannot be read is a problem beside the others."""
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    table: list[tuple[str, ...]] = []
    found: list[FileLine] = []
    problems: list[Problem] = []
    try:
        with seekable(stream) as whole:
            body = _Body(mapping, _rows(whole, mapping), seen=table)
            for row in body.rows():
                try:
                    found.append(body.line(row, line_no=row.line))
                except Invalid as error:
                    problems.append(_problem(error, row.line))
                if len(found) + len(problems) >= rows:
                    break
    except Invalid as error:
        problems.append(_problem(error, 1))
    return Preview(tuple(table), tuple(found), tuple(problems))


def _problem(error: Invalid, line: int) -> Problem:
    return Problem(int(error.details.get("line", line)), error.code, error.message)


def _records(stream: BinaryIO, mapping: ColumnMapping) -> Iterator[FileRecord]:
    with seekable(stream) as whole:
        keys = _keys(whole, mapping)
        for key in keys:
            whole.seek(0)
            yield from _statement(whole, mapping, key, alone=len(keys) == 1)


def _keys(stream: BinaryIO, mapping: ColumnMapping) -> list[Key]:
    """The accounts and currencies of the table in order of appearance; known at once where both are fixed."""
    if mapping.currency is not None and mapping.account_column is None:
        return [(mapping.account, mapping.currency)]
    body = _Body(mapping, _rows(stream, mapping))
    found: dict[Key, None] = {}
    for row in body.rows():
        found[body.key(row)] = None
        if len(found) > MAX_STATEMENTS:
            raise line_unreadable(f"the table has more than {MAX_STATEMENTS} accounts and currencies.", line=row.line)
    if not found:
        raise file_unreadable("the table has no row with a movement.")
    return list(found)


def _statement(stream: BinaryIO, mapping: ColumnMapping, key: Key, *, alone: bool) -> Iterator[FileRecord]:
    account, currency = key
    body = _Body(mapping, _rows(stream, mapping))
    tally = Tally(currency)
    yield FileOpened(
        line_no=1,
        format=f"table:{mapping.name}",
        source=mapping.source,
        account=account,
        currency=currency,
        statement_id=None,
    )
    line = 1
    for row in body.rows():
        line = row.line
        if alone or body.key(row) == key:
            yield tally.add(body.line(row, line_no=tally.number(row.line)))
    if body.stated_total is not None and not alone:
        raise line_unreadable("the control total is of several accounts or currencies.", line=body.total_line)
    total = body.total(currency)
    if total is not None and total != Money(body.summed, currency):
        raise totals_mismatch("total", line=body.total_line, stated=total, found=Money(body.summed, currency))
    if not tally.lines:
        raise file_unreadable("the table has no row with a movement.", line=line)
    yield FileClosed(
        line_no=max(line, body.total_line),
        lines=tally.lines,
        moved=tally.moved,
        stated_moved=total if mapping.amount_is == "net" else None,
    )


def _rows(stream: BinaryIO, mapping: ColumnMapping) -> Iterator[Row]:
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if is_workbook(head):
        return sheet_rows(stream, sheet=mapping.sheet)
    return csv_rows(stream, delimiter=mapping.delimiter or delimiter_of(head), encoding=mapping.encoding)


class _Body:
    """The rows below the header, with what each cell means."""

    def __init__(self, mapping: ColumnMapping, rows: Iterator[Row], seen: list[tuple[str, ...]] | None = None) -> None:
        self.mapping = mapping
        self.amounts = AmountFormat(mapping.decimal, mapping.thousands)
        self.stated_total: Row | None = None
        self.total_line = 1
        self.summed = 0
        self._dates = DateFormat.of(mapping.date_format, mapping.utc_offset)
        self._rows = rows
        self._seen = seen
        self._places: Mapping[str, int] = {}
        self._kinds = {word.strip().casefold(): kind for word, kind in mapping.kinds.items()}
        self._debits = frozenset(word.strip().casefold() for word in mapping.debit_words)
        self._skipped = tuple(word.strip().casefold() for word in mapping.skip_words)

    def rows(self) -> Iterator[Row]:
        """Rows that are movements: below the header, no word to skip, no total."""
        mapping = self.mapping
        first = mapping.header_row + mapping.rows_after_header
        headed = mapping.header_row == 0
        for row in self._rows:
            if self._seen is not None and len(self._seen) < PREVIEW_ROWS:
                self._seen.append(tuple(text_of(cell) for cell in row.cells))
            if not headed and row.line >= mapping.header_row:
                self._places, headed = self._header(row), True
                continue
            if row.line <= first or self._passed_over(row):
                continue
            if not self._places:
                self._places = self._numbered(row)
            yield row
        if not headed:
            raise file_unreadable(f"the table has no row {mapping.header_row}, where its header should be.")

    def _header(self, row: Row) -> Mapping[str, int]:
        if row.line != self.mapping.header_row:
            raise file_unreadable(
                f"row {self.mapping.header_row}, where the header should be, is empty.", line=row.line
            )
        names = [text_of(cell) for cell in row.cells]
        places = {name.casefold(): place for place, name in reversed(list(enumerate(names)))} | _by_number(len(names))
        found = {
            name: places[name.strip().casefold()] for name in self.mapping.columns if name.strip().casefold() in places
        }
        missing = [name for name in self.mapping.columns if name not in found]
        if missing:
            raise file_unreadable(
                f"the table has no column {', '.join(missing)}.",
                line=row.line,
                fix=f"Its columns are {', '.join(name for name in names if name)[:400]}.",
            )
        return found

    def _numbered(self, row: Row) -> Mapping[str, int]:
        places = _by_number(len(row.cells))
        missing = [name for name in self.mapping.columns if name not in places]
        if missing:
            raise line_unreadable(f"the table has no column {', '.join(missing)}.", line=row.line)
        return {name: places[name] for name in self.mapping.columns}

    def _passed_over(self, row: Row) -> bool:
        word = next((text_of(cell) for cell in row.cells if cell != ""), "").casefold()
        total_word = self.mapping.total_word
        if total_word is not None and word.startswith(total_word.strip().casefold()):
            if self.stated_total is not None:
                raise line_unreadable("the table states a second total.", line=row.line)
            self.stated_total, self.total_line = row, row.line
            return True
        return bool(self._skipped) and word.startswith(self._skipped)

    def total(self, currency: str) -> Money | None:
        """The control total; of credit and debit columns, what their totals make together."""
        row = self.stated_total
        if row is None:
            return None
        if self.mapping.amount is not None:
            return self.amounts.read(self._cell(row, self.mapping.amount), currency, line=row.line)
        return self._optional(row, self.mapping.credit, currency) - abs_money(
            self._optional(row, self.mapping.debit, currency)
        )

    def _cell(self, row: Row, column: str | None) -> Cell:
        """A row's cell, empty where the row is shorter than its header."""
        if column is None:
            return ""
        place = self._places[column]
        return row.cells[place] if place < len(row.cells) else ""

    def _text(self, row: Row, column: str | None) -> str | None:
        return text_of(self._cell(row, column))[:MAX_TEXT_CHARS].strip() or None

    def key(self, row: Row) -> Key:
        """The row's account and currency."""
        mapping = self.mapping
        account = self._text(row, mapping.account_column) if mapping.account_column else mapping.account
        currency = mapping.currency or (self._text(row, mapping.currency_column) or "").upper()
        if not currency:
            raise line_unreadable("the currency is empty.", line=row.line)
        return account, currency

    def line(self, row: Row, *, line_no: int) -> FileLine:
        """The line that a row is."""
        mapping, line = self.mapping, row.line
        currency = self.key(row)[1]
        booked = self._day(row, mapping.date)
        value = self._day(row, mapping.value_date) if self._text(row, mapping.value_date) else booked
        amount = self._amount(row, currency)
        fee, tax = self._kept(row, mapping.fee, currency), self._kept(row, mapping.tax, currency)
        net, gross = self._net_and_gross(row, amount, fee + tax)
        self.summed += amount.minor
        text = stated(" ".join(part for column in mapping.text if (part := self._text(row, column))))
        return FileLine(
            line_no=line_no,
            kind=self._kind(row, net),
            net=net,
            gross=gross,
            fee=fee,
            tax=tax,
            value_date=value.date() if isinstance(value, datetime) else value,
            booked_at=booked,
            external_id=self._text(row, mapping.id),
            batch_id=self._text(row, mapping.batch),
            references=named(
                [*(self._text(row, column) for column in mapping.references), *creditor_references(text or "")]
            ),
            original=self._text(row, mapping.original),
            payer_name=self._text(row, mapping.payer_name),
            payer_account=self._text(row, mapping.payer_account),
            payer_document=self._text(row, mapping.payer_document),
            text=text,
            code=self._text(row, mapping.kind),
            paid=self._paid(row, line),
        )

    def _day(self, row: Row, column: str | None) -> date | datetime:
        return self._dates.read(self._cell(row, column), line=row.line)

    def _amount(self, row: Row, currency: str) -> Money:
        mapping = self.mapping
        if mapping.amount is not None:
            amount = self.amounts.read(self._cell(row, mapping.amount), currency, line=row.line)
            if mapping.direction is None:
                return amount
            debit = (self._text(row, mapping.direction) or "").casefold() in self._debits
            return -abs_money(amount) if debit else amount
        credit, debit_amount = (self._optional(row, column, currency) for column in (mapping.credit, mapping.debit))
        if credit.minor and debit_amount.minor:
            raise line_unreadable("the row has both a credit and a debit.", line=row.line)
        if self._cell(row, mapping.credit) == "" and self._cell(row, mapping.debit) == "":
            raise line_unreadable("the row has neither a credit nor a debit.", line=row.line)
        return credit if not debit_amount.minor else -abs_money(debit_amount)

    def _optional(self, row: Row, column: str | None, currency: str) -> Money:
        cell = self._cell(row, column)
        return Money(0, currency) if cell in {"", "-"} else self.amounts.read(cell, currency, line=row.line)

    def _kept(self, row: Row, column: str | None, currency: str) -> Money:
        kept = self._optional(row, column, currency)
        return -kept if self.mapping.fees_negative else kept

    def _net_and_gross(self, row: Row, amount: Money, kept: Money) -> tuple[Money, Money]:
        mapping = self.mapping
        if mapping.amount_is == "gross":
            return amount - kept, amount
        gross = amount + kept
        if mapping.gross is not None:
            gross = self.amounts.read(self._cell(row, mapping.gross), amount.currency, line=row.line)
        return amount, gross

    def _kind(self, row: Row, net: Money) -> LineKind:
        if self.mapping.kind is None:
            return credit_or_debit(net)
        word = (self._text(row, self.mapping.kind) or "").casefold()
        found = self._kinds.get(word) or self._kinds.get("*")
        if found is None:
            raise line_unreadable(
                f"{word[:40]!r} is a kind that the mapping does not know.", line=row.line, fix="Add it to kinds."
            )
        return found

    def _paid(self, row: Row, line: int) -> Money | None:
        mapping = self.mapping
        currency = self._text(row, mapping.paid_currency)
        cell = self._cell(row, mapping.paid_amount)
        return None if currency is None or cell == "" else self.amounts.read(cell, currency.upper(), line=line)


def abs_money(amount: Money) -> Money:
    """The amount without its sign."""
    return Money(abs(amount.minor), amount.currency)


def _by_number(count: int) -> dict[str, int]:
    return {f"#{number}": number - 1 for number in range(1, count + 1)}
