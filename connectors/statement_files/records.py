"""What every reader of files of money shares: plain lines, adding them up, and holding the last record back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Final

from stdnum import iso11649

from connectors.statement_files.faults import line_unreadable, totals_mismatch
from domain.errors import Invalid
from domain.money import Money
from domain.statement_files import FileClosed, FileLine, FileRecord, LineKind

MAX_TEXT_CHARS: Final = 2_000
CENTURY_PIVOT: Final = 80  # SWIFT: years 80 to 99 are 1980 to 1999, 00 to 79 are 2000 to 2079

_PRINTED_RF = re.compile(r"\bRF\d{2}(?: ?[0-9A-Z]{1,4}){1,6}\b")
_NOTHING: Final = frozenset({"", "NONREF", "NOTPROVIDED", "NOT PROVIDED", "NONE", "NOREF"})


class Tally:
    """The lines of one statement as they pass: how many, and what they move; they must stay in one currency."""

    __slots__ = ("currency", "last_line", "lines", "minor")

    def __init__(self, currency: str | None) -> None:
        self.currency = currency
        self.lines = 0
        self.minor = 0
        self.last_line = 0

    def add(self, line: FileLine) -> FileLine:
        """Count the line and give it back."""
        if line.net.currency != self.currency:
            if self.currency is not None:
                raise line_unreadable(
                    f"the amount is in {line.net.currency}, the statement in {self.currency}.", line=line.line_no
                )
            self.currency = line.net.currency
        self.lines += 1
        self.minor += line.net.minor
        return line

    def number(self, line: int) -> int:
        """The line's number in the file, raised where needed so that no two records of a statement share one.

        A file may stand on one physical line, and one line may state two movements.
        """
        self.last_line = max(line, self.last_line + 1)
        return self.last_line

    @property
    def moved(self) -> Money | None:
        """What the lines so far moved the account by."""
        return None if self.currency is None else Money(self.minor, self.currency)

    def check_balances(self, opening: Money | None, closing: Money | None, *, line: int) -> None:
        """Opening balance and lines must make the closing balance, where the file states both."""
        if opening is None or closing is None:
            return
        found = opening if self.moved is None else opening + self.moved
        if found != closing:
            raise totals_mismatch("closing balance", line=line, stated=closing, found=found)


def plain_line(  # noqa: PLR0913 - a line states this much
    *,
    line_no: int,
    kind: LineKind,
    net: Money,
    value_date: date,
    booked_at: date | None = None,
    external_id: str | None = None,
    batch_id: str | None = None,
    references: Iterable[str | None] = (),
    original: str | None = None,
    payer_name: str | None = None,
    payer_account: str | None = None,
    payer_document: str | None = None,
    text: str | None = None,
    code: str | None = None,
    paid: Money | None = None,
) -> FileLine:
    """A line of which nothing was kept: net is gross."""
    nothing = Money(0, net.currency)
    return FileLine(
        line_no=line_no,
        kind=kind,
        net=net,
        gross=net,
        fee=nothing,
        tax=nothing,
        value_date=value_date,
        booked_at=booked_at,
        external_id=external_id,
        batch_id=batch_id,
        references=named(references),
        original=original,
        payer_name=payer_name,
        payer_account=payer_account,
        payer_document=payer_document,
        text=text,
        code=code,
        paid=paid,
    )


def credit_or_debit(amount: Money) -> LineKind:
    """What an amount alone says."""
    return LineKind.DEBIT if amount.minor < 0 else LineKind.CREDIT


def named(references: Iterable[str | None]) -> tuple[str, ...]:
    """Those that name something, each once, in order: ``NONREF``, zeros and their like name nothing."""
    given = (reference.strip() for reference in references if reference)
    return tuple(dict.fromkeys(one for one in given if one.strip("0") and one.upper() not in _NOTHING))


def stated(text: str) -> str | None:
    """The text without outer blanks and with single ones inside; ``None`` where nothing is left."""
    return " ".join(text.split())[:MAX_TEXT_CHARS] or None


def creditor_references(text: str) -> tuple[str, ...]:
    """Valid ISO 11649 references (``RF18 5390 0754 7034``) inside free text, without blanks."""
    found = []
    for match in _PRINTED_RF.finditer(text):
        groups = match.group().split(" ")
        candidates = ("".join(groups[:count]) for count in range(len(groups), 0, -1))
        valid = next((candidate for candidate in candidates if iso11649.is_valid(candidate)), None)
        if valid is not None:
            found.append(valid)
    return tuple(found)


def day_of_six(digits: str, *, line: int) -> date:
    """The day of ``YYMMDD``; SWIFT's rule for the century."""
    found = _of_six(digits)
    if found is None:
        raise line_unreadable(f"{digits!r} is no day (YYMMDD).", line=line)
    return found


@lru_cache(maxsize=4096)
def _of_six(digits: str) -> date | None:
    if not (digits.isascii() and digits.isdigit() and len(digits) == len("YYMMDD")):
        return None
    year = int(digits[:2])
    century = 1900 if year >= CENTURY_PIVOT else 2000
    try:
        return date(century + year, int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return None


def day(year: int, month: int, day_of_month: int, *, line: int) -> date:
    """A day of the calendar, or ``line_unreadable``."""
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise line_unreadable(f"{year:04}-{month:02}-{day_of_month:02} is no day.", line=line) from None


def last_held_back(records: Iterator[FileRecord]) -> Iterator[FileRecord]:
    """The records, but a close only when the next record or the sound end of the file has been reached.

    So a file that is cut off after its last statement never gives that statement's close. A fault that knows no line
    is of the line after the last record.
    """
    held: FileClosed | None = None
    line = 1
    try:
        for record in records:
            line = record.line_no
            if held is not None:
                yield held
                held = None
            if isinstance(record, FileClosed):
                held = record
            else:
                yield record
    except Invalid as error:
        if "line" in error.details:
            raise
        raise line_unreadable(error.message, line=line) from None  # a sum too large for any account, say
    if held is not None:
        yield held
