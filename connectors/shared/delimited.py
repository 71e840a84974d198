"""Text tables as people's spreadsheets write them: UTF-8, comma or semicolon, one header line, never guessed at."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.errors import Invalid

MAX_CELL_CHARS: Final = 131_072  # the csv module's own limit, stated
DELIMITERS: Final = (",", ";")

_NOT_TEXT: Final = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.xls, .doc)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"{", "a JSON document"),
    (b"<", "an XML or HTML document"),
)
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class TextRow:
    """One line of a table: its number in the file (the header is on line 1) and its cells, outer blanks removed."""

    line: int
    cells: tuple[str, ...]


def kind_of(content: bytes) -> str | None:
    """What a file plainly is when it is not a text table, in words; ``None`` where nothing speaks against it."""
    head = content.removeprefix(_BOM).lstrip()[:8]
    return next((name for mark, name in _NOT_TEXT if head.startswith(mark)), None)


def text_of(content: bytes, *, code: str) -> str:
    """The file's text, without its byte order mark; anything but UTF-8 raises ``Invalid(code)`` with its line."""
    if content.startswith(_UTF16_MARKS) or b"\x00" in content:
        raise Invalid(code, "The file is not UTF-8 text.", fix="Save it as “CSV UTF-8 (comma delimited)”.", line=1)
    try:
        return content.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Invalid(
            code,
            f"Line {line} holds a byte that is not UTF-8; the file may be in Latin-1 or Windows-1252.",
            fix="Save it as “CSV UTF-8 (comma delimited)”; guessing would spoil names.",
            line=line,
        ) from None


def rows(text: str, *, known: Sequence[str], code: str) -> Iterator[TextRow]:
    """The table's lines, header first, blank lines left out; broken quoting raises ``Invalid(code)`` with its line.

    ``known`` are the column names one expects: the delimiter is the one that finds more of them in the header.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, known), strict=True)
    last_line = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line = last_line + 1
            raise Invalid(
                code,
                f"Line {line} cannot be read as CSV ({error}).",
                fix="Close every quotation mark, and write one inside a value twice.",
                line=line,
            ) from None
        first_line, last_line = last_line + 1, reader.line_num
        stripped = tuple(cell.strip() for cell in cells)
        if any(stripped):
            yield TextRow(first_line, stripped)


def _delimiter(text: str, known: Sequence[str]) -> str:
    header = text.split("\n", 1)[0][:MAX_CELL_CHARS].lower()
    names = set(known)

    def found(delimiter: str) -> int:
        return len(names.intersection(cell.strip(' "\r') for cell in header.split(delimiter)))

    return max(DELIMITERS, key=found)
