"""Fields of Brazilian return files (CNAB): fixed places counted from 1, amounts in centavos, days without marks.

Files end their lines with CRLF, LF or nothing after the last one, and some end with the control byte 1A.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Final

from connectors.statement_files.faults import file_unreadable, line_unreadable
from connectors.statement_files.records import day
from connectors.statement_files.text_lines import lines
from domain.money import Money

CURRENCY: Final = "BRL"
_END_OF_FILE: Final = "\x1a"
_CPF_DIGITS: Final = 11
_CNPJ_CHARS: Final = 14
_YEAR_PIVOT: Final = 80

Place = tuple[int, int]
"""The first and last position of a field, from 1, as the banks' manuals count them."""


@dataclass(frozen=True, slots=True)
class FixedRecord:
    """One line of a fixed length."""

    line: int
    text: str

    def at(self, place: Place) -> str:
        """The field as it stands."""
        return self.text[place[0] - 1 : place[1]]

    def word(self, place: Place) -> str | None:
        """The field without outer blanks and, where it is all zeros, nothing."""
        found = self.at(place).strip()
        return found if found.strip("0") else None

    def number(self, place: Place) -> int:
        """A field of digits, all of it; one of blanks alone is zero."""
        found = self.at(place)
        if not found.strip():
            return 0
        if not (found.isascii() and found.isdigit()):
            raise line_unreadable(f"positions {place[0]} to {place[1]} hold {found!r}, no number.", line=self.line)
        return int(found)

    def reais(self, place: Place) -> Money:
        """An amount with two decimals that are not marked."""
        return Money(self.number(place), CURRENCY)

    def day(self, place: Place) -> date | None:
        """``DDMMAAAA`` or ``DDMMAA``; zeros and blanks are none. Of two digits, years 80 to 99 are 1980 to 1999."""
        if not self.number(place):
            return None
        digits = self.at(place)
        year = int(digits[4:])
        if len(digits) == len("DDMMAA"):
            year += 1900 if year >= _YEAR_PIVOT else 2000
        return day(year, int(digits[2:4]), int(digits[:2]), line=self.line)


def fixed_records(stream: BinaryIO, *, length: int) -> Iterator[FixedRecord]:
    """The file's records; one of another length is ``line_unreadable``, but for blanks that were cut from its end."""
    line = 0
    ended = False
    for line, text in lines(stream):
        record = text.rstrip(_END_OF_FILE)
        if not record.strip():
            ended = True
            continue
        if ended:
            raise line_unreadable("a record stands after an empty line.", line=line)
        if len(record.rstrip()) > length:
            raise line_unreadable(f"the record has {len(record)} characters, not {length}.", line=line)
        yield FixedRecord(line, record.ljust(length))
    if not line:
        raise file_unreadable("the file is empty.")


def document(text: str | None) -> str | None:
    """CPF or CNPJ out of a field that is filled up with zeros from the left; CNPJ may hold letters since 2026."""
    if text is None:
        return None
    found = text.lstrip("0")
    if not found:
        return None
    return found.rjust(_CPF_DIGITS, "0") if len(found) <= _CPF_DIGITS else found.rjust(_CNPJ_CHARS, "0")
