"""Settlement reports of platforms as tables: one row a movement, columns by name, batches that come to their payout.

A platform states a ``ReportTable``; what it yields is what every file of money yields. Rows of several accounts or
currencies are one statement for each, in order of appearance, and the table is then read once for each. Columns that
a platform's folder does not name are never read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import BinaryIO, Final

from connectors.statement_files.faults import at_line, file_unreadable, line_unreadable, totals_mismatch
from connectors.statement_files.records import MAX_TEXT_CHARS, Tally, last_held_back, named
from connectors.statement_files.table_rows import DELIMITERS, csv_rows, text_of
from connectors.statement_files.text_lines import head_text, seekable
from domain.money import Money, exponent
from domain.statement_files import FileClosed, FileLine, FileOpened, FileReader, FileRecord, FileSource, LineKind

MAX_STATEMENTS: Final = 100  # accounts and currencies in one report
MAX_BATCHES: Final = 100_000
_HEAD_BYTES: Final = 64 * 1024
_AMOUNT: Final = re.compile(r"[+-]?\d{1,18}(\.\d{1,9})?", re.ASCII)

Key = tuple[str | None, str]
"""The account and currency of a row."""

Kinds = Mapping[str, LineKind | tuple[LineKind, LineKind]]
"""What a platform's own words mean; a pair is what one means as money out and in."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row by the names of its columns, in capitals; ``line`` is its number in the file."""

    line: int
    cells: Mapping[str, str]

    def text(self, name: str) -> str | None:
        """What stands in a column; ``None`` where it is empty or the report has no such column."""
        return self.cells.get(name.upper(), "").strip()[:MAX_TEXT_CHARS] or None

    def required(self, name: str) -> str:
        """What stands in a column, or ``line_unreadable``."""
        found = self.text(name)
        if found is None:
            raise line_unreadable(f"{name} is empty.", line=self.line)
        return found

    def money(self, name: str, currency: str) -> Money:
        """An amount in major units; nothing where the column is empty or missing."""
        with at_line(self.line):
            return Money.parse(self.decimal(name), currency)

    def decimal(self, name: str) -> Decimal:
        """A number; zero where the column is empty or missing."""
        stated = self.text(name) or "0"
        if not _AMOUNT.fullmatch(stated):
            raise line_unreadable(f"{name} is {stated[:40]!r}, which is no amount such as -1500.00.", line=self.line)
        return Decimal(stated)

    def currency(self, name: str) -> str:
        """The ISO 4217 code in a column, in capitals."""
        code = self.required(name).upper()
        with at_line(self.line):
            exponent(code)
        return code

    def moment(self, name: str, *, utc: bool = False) -> datetime | date:
        """A moment with its offset (or of UTC where the column says so), else the day that stands in a column."""
        stated = self.required(name)
        try:
            found = datetime.fromisoformat(stated)
        except ValueError:
            raise line_unreadable(
                f"{name} is {stated[:40]!r}, which is no day or time by ISO 8601.",
                line=self.line,
                fix="Export the report anew, not through a spreadsheet.",
            ) from None
        if found.tzinfo is not None:
            return found
        return found.replace(tzinfo=UTC) if utc else found.date()


def day_of(moment: datetime | date) -> date:
    """The day of a moment as its source states it."""
    return moment.date() if isinstance(moment, datetime) else moment


class Totals:
    """What a report says of its own sums; a report without any checks nothing here."""

    def beside(self, row: ReportRow, currency: str) -> bool:
        """Take a row that is no movement (a balance, a total) and say so."""
        del row, currency
        return False

    def check(self, tally: Tally, *, line: int) -> None:
        """Raise ``file_totals_mismatch`` where the lines do not come to what the report says."""

    @property
    def opening(self) -> Money | None:
        """The balance that the report begins with, once it has been read."""
        return None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """How a platform's report is read.

    ``columns`` are those that it is known by and cannot do without; ``lacks`` those that make it another report.
    ``key`` tells the account and currency of a row; ``line`` reads it. ``totals`` makes what checks one statement.
    """

    format: str
    name: str
    columns: tuple[str, ...]
    key: Callable[[ReportRow], Key]
    line: Callable[[ReportRow, str], FileLine]
    lacks: tuple[str, ...] = ()
    join: Callable[[FileLine, FileLine], FileLine | None] = lambda _first, _second: None
    totals: Callable[[], Totals] = Totals

    @property
    def reader(self) -> FileReader:
        """The reader of these reports."""
        return FileReader(format=self.format, name=self.name, sniff=self._sniff, read=self._read)

    def _sniff(self, head: bytes) -> bool:
        first = next((line for line in head_text(head).splitlines() if line.strip()), "")
        names = {cell.strip(' "').upper() for cell in first.split(_delimiter(first, self.columns))}
        wanted = {name.upper() for name in self.columns}
        return wanted <= names and not names & {name.upper() for name in self.lacks}

    def _read(self, stream: BinaryIO) -> Iterator[FileRecord]:
        return last_held_back(self._records(stream))

    def _records(self, stream: BinaryIO) -> Iterator[FileRecord]:
        with seekable(stream) as whole:
            keys = self._keys(whole)
            for key in keys:
                yield from self._statement(whole, key)

    def _keys(self, stream: BinaryIO) -> list[Key]:
        found: dict[Key, None] = {}
        for row in _rows(stream, self.columns):
            found[self.key(row)] = None
            if len(found) > MAX_STATEMENTS:
                raise line_unreadable(f"more than {MAX_STATEMENTS} accounts and currencies.", line=row.line)
        if not found:
            raise file_unreadable("the report has no row with a movement.", fix="Export days with movements.")
        return list(found)

    def _statement(self, stream: BinaryIO, key: Key) -> Iterator[FileRecord]:
        account, currency = key
        totals, tally, batches = self.totals(), Tally(currency), Batches(currency)
        opened: FileOpened | None = FileOpened(
            line_no=1,
            format=self.format,
            source=FileSource.PLATFORM,
            account=account,
            currency=currency,
            statement_id=None,
        )
        held: FileLine | None = None
        line = 1
        for row in _rows(stream, self.columns):
            if self.key(row) != key:
                continue
            line = row.line
            if totals.beside(row, currency):
                continue
            found = self.line(row, currency)
            joined = None if held is None else self.join(held, found)
            if joined is None and held is not None:
                if opened is not None:
                    yield _with_opening(opened, totals)
                    opened = None
                yield tally.add(batches.add(held))
            held = joined or found
        if opened is not None:
            yield _with_opening(opened, totals)
        if held is not None:
            yield tally.add(batches.add(held))
        batches.check()
        totals.check(tally, line=line)
        yield FileClosed(line_no=line, lines=tally.lines, moved=tally.moved)


def _with_opening(opened: FileOpened, totals: Totals) -> FileOpened:
    return FileOpened(
        **{name: getattr(opened, name) for name in opened.__dataclass_fields__} | {"opening": totals.opening}
    )


@dataclass(slots=True)
class Batches:
    """What each batch of a report came to beside its payout: the lines of a batch and its payout make nothing.

    A batch whose payout stands in another report, or a payout whose lines do, cannot be checked by this one.
    """

    currency: str
    _sums: dict[str, int] = field(default_factory=dict)
    _payouts: dict[str, tuple[int, int]] = field(default_factory=dict)  # line and net of the last, for each batch

    def add(self, line: FileLine) -> FileLine:
        """Count a line and give it back."""
        batch = line.batch_id
        if batch is None:
            return line
        if line.kind in _PAYOUTS:
            sent = self._payouts.get(batch, (0, 0))[1]
            self._payouts[batch] = (line.line_no, sent + line.net.minor)
        else:
            self._sums[batch] = self._sums.get(batch, 0) + line.net.minor
        if len(self._sums) + len(self._payouts) > 2 * MAX_BATCHES:
            raise line_unreadable(f"the report has more than {MAX_BATCHES} batches.", line=line.line_no)
        return line

    def check(self) -> None:
        """Raise ``file_totals_mismatch`` at the payout of the first batch that does not come to it."""
        for batch, (line, paid) in self._payouts.items():
            summed = self._sums.get(batch)
            if summed is not None and summed + paid != 0:
                raise totals_mismatch(
                    f"payout of batch {batch[:60]}",
                    line=line,
                    stated=Money(-paid, self.currency),
                    found=Money(summed, self.currency),
                )


_PAYOUTS: Final = frozenset({LineKind.PAYOUT, LineKind.PAYOUT_RETURNED})


def movement(  # noqa: PLR0913 - a line states this much
    row: ReportRow,
    *,
    kind: LineKind,
    net: Money,
    at: datetime | date,
    gross: Money | None = None,
    fee: Money | None = None,
    tax: Money | None = None,
    external_id: str | None = None,
    batch_id: str | None = None,
    references: Iterable[str | None] = (),
    original: str | None = None,
    payer_name: str | None = None,
    payer_document: str | None = None,
    text: str | None = None,
    code: str | None = None,
    paid: Money | None = None,
) -> FileLine:
    """A line of a report; ``gross`` is what ``net`` was before fee and tax where it is not stated."""
    nothing = Money(0, net.currency)
    fee, tax = fee or nothing, tax or nothing
    with at_line(row.line):
        return FileLine(
            line_no=row.line,
            kind=kind,
            net=net,
            gross=net + fee + tax if gross is None else gross,
            fee=fee,
            tax=tax,
            value_date=day_of(at),
            booked_at=at,
            external_id=external_id,
            batch_id=batch_id,
            references=named(references),
            original=original,
            payer_name=payer_name,
            payer_document=payer_document,
            text=text,
            code=code,
            paid=paid,
        )


def kind_of(code: str, kinds: Kinds, net: Money) -> LineKind:
    """What a platform's own word means of an amount.

    A word that the platform does not document is a ``debit`` or a ``credit``, and stands in the line's ``code``.
    """
    found = kinds.get(code, (LineKind.DEBIT, LineKind.CREDIT))
    if isinstance(found, tuple):
        return found[0] if net.minor < 0 else found[1]
    return found


def _rows(stream: BinaryIO, columns: tuple[str, ...]) -> Iterator[ReportRow]:
    """The rows below the header, which must name ``columns``; every row has as many cells as the header."""
    stream.seek(0)
    first = next((line for line in head_text(stream.read(_HEAD_BYTES)).splitlines() if line.strip()), "")
    stream.seek(0)
    names: tuple[str, ...] | None = None
    for row in csv_rows(stream, delimiter=_delimiter(first, columns)):
        values = [text_of(cell) for cell in row.cells]
        if names is None:
            names = _header(values, columns, line=row.line)
        elif len(values) != len(names):
            raise line_unreadable(f"{len(values)} values under {len(names)} columns.", line=row.line)
        else:
            yield ReportRow(row.line, dict(zip(names, values, strict=True)))
    if names is None:
        raise file_unreadable("the report has no header.")


def _header(values: list[str], columns: tuple[str, ...], *, line: int) -> tuple[str, ...]:
    names = tuple(value.strip().upper() for value in values)
    missing = [name for name in columns if name.upper() not in names]
    double = sorted({name for name in names if name and names.count(name) > 1})
    if missing or double:
        wrong = (("missing", missing), ("there twice", double))
        raise line_unreadable(
            "; ".join(f"columns {word}: {', '.join(found)}" for word, found in wrong if found) + ".",
            line=line,
            fix="Choose these columns in the report's settings and export it again.",
        )
    return names


def _delimiter(first: str, columns: tuple[str, ...]) -> str:
    names = {name.upper() for name in columns}
    return max(DELIMITERS, key=lambda mark: len(names & {cell.strip(' "').upper() for cell in first.split(mark)}))
