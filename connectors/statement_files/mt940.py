"""Bank statements in SWIFT MT940, with the dialects of banks: one pass, one statement at a time.

Sources: SWIFT User Handbook, MT 940 and field 61 (``6!n[4!n]2a[1!a]15d1!a3!c16x[//16x]`` with ``[34x]`` on a second
line; marks C, D, RC for a credit taken back and RD for a debit taken back; code T53 for the kinds of movement), and
the published MT940 descriptions of Dutch, German and Polish banks. The mt-940 package was tried as a peer: it holds
a whole file in memory and checks no balance, so this reader is the project's own and is compared with it in tests.

A statement ends with field 62; where a file wraps statements in SWIFT's block 4, or ends earlier statements with a
line ``-``, the last one must end so too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO, Final

from stdnum import iban

from connectors.statement_files.faults import at_line, cut_short, file_unreadable, line_unreadable
from connectors.statement_files.mt940_details import Details, details_of
from connectors.statement_files.records import Tally, day, day_of_six, last_held_back, named, plain_line, stated
from connectors.statement_files.text_lines import NumberedLine, head_text, lines
from domain.errors import Invalid
from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileOpened, FileReader, FileRecord, FileSource, LineKind

FORMAT: Final = "mt940"
MAX_FIELD_LINES: Final = 500

_TAG = re.compile(r":(\d{2}[A-Z]?|NS):(.*)")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,20}(?:[,.]\d{0,5})?)")
_MOVEMENT = re.compile(
    r"(\d{6})(\d{4}|\s{4})?(R?[CD])([A-Z])?(\d{1,20}(?:[,.]\d{0,5})?)([A-Z][A-Z0-9 ]{3})((?:(?!//).)*)(?://(.*))?"
)
_INSTRUCTED = re.compile(r"([A-Z]{3})(\d{1,15}(?:[,.]\d{0,5})?)")
_FEES: Final = frozenset({"CHG", "COM", "BRF"})  # charges, commission, brokerage
_TOLD_ELSEWHERE: Final = frozenset({"EREF", "PREF", "MARF", "KREF", "KREF+"})
_FEBRUARY: Final = 2
_DAYS_OF_A_BANK_MONTH: Final = 30


@dataclass(slots=True)
class _Field:
    line: int
    tag: str
    lines: list[str]


@dataclass(slots=True)
class _Statement:
    """What has been read of the statement at hand."""

    line: int
    reference: str
    account: str | None = None
    number: str | None = None
    opening: Money | None = None
    closed_on: int | None = None
    tally: Tally = field(default_factory=lambda: Tally(None))
    movement: _Field | None = None
    details: _Field | None = None


def _sniff(head: bytes) -> bool:
    text = head_text(head)
    starts = re.search(r"^\s*(?:\{.*\{4:\s*)?:20:", text, re.MULTILINE)
    return starts is not None and re.search(r"^:60[FM]:", text, re.MULTILINE) is not None


def _read(stream: BinaryIO) -> Iterator[FileRecord]:
    return last_held_back(_Messages().records(lines(stream)))


class _Messages:
    """A walk over the fields of a file's messages."""

    def __init__(self) -> None:
        self._statement: _Statement | None = None
        self._statements = 0
        self._dashes = False
        self._enveloped = False
        self._last_line = 1

    def records(self, source: Iterator[NumberedLine]) -> Iterator[FileRecord]:
        for found in self._fields(source):
            yield from self._field(found)
        if self._statement is not None and (self._dashes or self._enveloped):
            raise cut_short("the last statement has no end mark.", line=self._last_line)
        self._end(self._last_line)
        if not self._statements:
            raise file_unreadable("the file holds no MT940 statement.", line=self._last_line)

    def _fields(self, source: Iterator[NumberedLine]) -> Iterator[_Field]:
        """Fields with their continuation lines; a line of a single dash, and what stands between messages, ends one."""
        current: _Field | None = None
        for number, text in source:
            self._last_line = number
            line = text.rstrip()
            if line.startswith("{"):
                self._enveloped = "{4:" in line
                line = line.partition("{4:")[2]
            match = _TAG.match(line)
            if match or line == "-" or line.startswith(("-}", "-XXX")):
                if current is not None:
                    yield current
                current = _Field(number, match[1], [match[2]]) if match else _Field(number, "-", [])
            elif current is not None and current.tag != "-" and line:
                current.lines.append(line)
                if len(current.lines) > MAX_FIELD_LINES:
                    raise line_unreadable(f"field {current.tag} has more than {MAX_FIELD_LINES} lines.", line=number)
        if current is not None:
            yield current

    def _field(self, found: _Field) -> Iterator[FileRecord]:
        match found.tag:
            case "20":
                self._end(found.line)
                self._statement = _Statement(found.line, found.lines[0].strip())
                self._statements += 1
            case "-":
                self._dashes = self._dashes or self._statement is not None
                self._end(found.line)
                self._enveloped = False
            case _ if self._statement is not None:
                yield from self._inner(self._statement, found)

    def _inner(self, statement: _Statement, found: _Field) -> Iterator[FileRecord]:
        """A field of a statement; other balances and remarks of the bank move no money."""
        match found.tag:
            case "25" | "25P":
                statement.account = stated(found.lines[0])
            case "28" | "28C":
                statement.number = stated(found.lines[0])
            case "60F" | "60M":
                yield self._opened(statement, found)
            case "61":
                yield from self._flushed(statement)
                self._inside(statement, found)
                statement.movement = found
            case "86" if statement.movement is not None and statement.details is None:
                statement.details = found
            case "NS" if statement.movement is not None and statement.details is None:
                statement.details = _Field(found.line, "86", [line[2:] for line in found.lines])
            case "62F" | "62M":
                yield from self._flushed(statement)
                yield self._closed(statement, found)

    def _end(self, line: int) -> None:
        if self._statement is not None and self._statement.closed_on is None:
            raise cut_short(f"the statement that begins on line {self._statement.line} has no field 62.", line=line)
        self._statement = None

    def _opened(self, statement: _Statement, found: _Field) -> FileOpened:
        if statement.opening is not None:
            raise line_unreadable("the statement has a second opening balance.", line=found.line)
        statement.opening, _ = _balance(found)
        statement.tally = Tally(statement.opening.currency)
        return FileOpened(
            line_no=statement.line,
            format=FORMAT,
            source=FileSource.BANK,
            account=statement.account,
            currency=statement.opening.currency,
            statement_id=statement.number or statement.reference or None,
            opening=statement.opening,
        )

    def _inside(self, statement: _Statement, found: _Field) -> None:
        if statement.opening is None or statement.closed_on is not None:
            raise line_unreadable("the movement stands outside of opening and closing balance.", line=found.line)

    def _flushed(self, statement: _Statement) -> Iterator[FileLine]:
        if statement.movement is not None:
            found = _movement(statement, statement.movement, details_of(_lines_of(statement.details)))
            statement.movement = statement.details = None
            yield statement.tally.add(found)

    def _closed(self, statement: _Statement, found: _Field) -> FileClosed:
        self._inside(statement, found)
        closing, _ = _balance(found)
        with at_line(found.line):
            statement.tally.check_balances(statement.opening, closing, line=found.line)
        statement.closed_on = found.line
        return FileClosed(line_no=found.line, lines=statement.tally.lines, moved=statement.tally.moved, closing=closing)


def _lines_of(found: _Field | None) -> list[str]:
    return [] if found is None else found.lines


def _balance(found: _Field) -> tuple[Money, date]:
    match = _BALANCE.fullmatch(found.lines[0].strip())
    if match is None:
        raise line_unreadable(f"field {found.tag} is no balance.", line=found.line)
    mark, day_text, currency, digits = match.groups()
    amount = _amount(digits, currency, line=found.line)
    return (amount if mark == "C" else -amount), day_of_six(day_text, line=found.line)


def _amount(digits: str, currency: str, *, line: int) -> Money:
    with at_line(line):
        return Money.parse(digits.replace(",", ".").rstrip("."), currency)


def _movement(statement: _Statement, found: _Field, details: Details) -> FileLine:
    match = _MOVEMENT.fullmatch(found.lines[0].rstrip())
    if match is None or statement.opening is None:
        raise line_unreadable("field 61 is no movement.", line=found.line, fix="It begins as 2611231123C1500,00NTRF.")
    value_text, entry_text, mark, _funds, digits, code, own_reference, bank_reference = match.groups()
    amount = _amount(digits, statement.opening.currency, line=found.line)
    value_date = _value_date(value_text, line=found.line)
    net = amount if mark in {"C", "RD"} else -amount
    payer = net.minor > 0 or mark == "RC"
    supplement = found.lines[1] if len(found.lines) > 1 else ""
    references = named([*details.references, _told(own_reference), _reference_in(supplement)])
    return plain_line(
        line_no=statement.tally.number(found.line),
        kind=_kind(mark, code),
        net=net,
        value_date=value_date,
        booked_at=_entry_date(entry_text, value_date, line=found.line),
        external_id=next(iter(named([bank_reference])), None),
        references=references,
        original=(references[0] if references else None) if mark in {"RC", "RD"} else None,
        payer_name=details.name if payer else None,
        payer_account=(details.account or _account_in(supplement)) if payer else None,
        text=details.text or stated(" ".join(found.lines[1:])),
        code=code.strip(),
        paid=_instructed(details.instructed),
    )


def _kind(mark: str, code: str) -> LineKind:
    if mark == "RC":
        return LineKind.RETURNED
    if mark == "D" and code[1:] in _FEES:
        return LineKind.FEE
    return LineKind.DEBIT if mark == "D" else LineKind.CREDIT


def _told(reference: str) -> str | None:
    """The reference on field 61 itself; banks write ``EREF`` there to say that field 86 has it."""
    return None if reference.strip() in _TOLD_ELSEWHERE else reference


def _reference_in(supplement: str) -> str | None:
    """A reference that stands alone on the second line of field 61."""
    alone = re.fullmatch(r"[A-Za-z0-9./_-]{6,34}", supplement)
    return supplement if alone and not supplement.isalpha() and not iban.is_valid(supplement) else None


def _account_in(supplement: str) -> str | None:
    return supplement if iban.is_valid(supplement) else None


def _value_date(digits: str, *, line: int) -> date:
    """The value date; banks that count thirty days a month write 30 February, which is its last day."""
    month, day_of_month = int(digits[2:4]), int(digits[4:6])
    if month == _FEBRUARY and day_of_month <= _DAYS_OF_A_BANK_MONTH:
        first_of_march = day_of_six(f"{digits[:2]}0301", line=line)
        last = date.fromordinal(first_of_march.toordinal() - 1)
        return last.replace(day=min(day_of_month, last.day)) if day_of_month else day_of_six(digits, line=line)
    return day_of_six(digits, line=line)


def _entry_date(digits: str | None, value_date: date, *, line: int) -> date | None:
    """``MMDD`` in the year that puts it nearest to the value date: an entry of January may have value in December."""
    if digits is None or not digits.strip():
        return None
    month, day_of_month = int(digits[:2]), int(digits[2:])
    near = []
    for year in (value_date.year - 1, value_date.year, value_date.year + 1):
        try:
            near.append(date(year, month, day_of_month))
        except ValueError:
            continue
    if not near:
        return day(value_date.year, month, day_of_month, line=line)
    return min(near, key=lambda found: abs((found - value_date).days))


def _instructed(text: str | None) -> Money | None:
    """The amount in the payer's currency, where field 86 states one that can be read."""
    match = _INSTRUCTED.match(text or "")
    if match is None:
        return None
    try:
        return Money.parse(match[2].replace(",", ".").rstrip("."), match[1])
    except Invalid:
        return None  # a remark of the bank; what was booked does not depend on it


READER: Final = FileReader(format=FORMAT, name="SWIFT MT940", sniff=_sniff, read=_read)
