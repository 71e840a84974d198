"""Whether an XLSX archive may be unpacked: a few kilobytes can claim cells and text without end, and are refused first.

The sheet reader holds the whole rectangle from A1 to the last cell and a copy of each shared string per cell: one
cell in the last corner of a sheet would take 550 GB and end the process (seen with python-calamine 0.9.1). So every
part is unpacked once here, in pieces, and what it claims is measured before the reader sees the file.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final
from xml.parsers import expat

MAX_UNPACKED_BYTES: Final = 512 * 1024 * 1024
MAX_TEXT_BYTES: Final = 2 * 1024 * 1024 * 1024
MAX_PARTS: Final = 2_000
MAX_COLUMNS: Final = 200

_WORKBOOK: Final = "xl/workbook.xml"
_CHUNK: Final = 1 << 20
_OVERLAP: Final = 16  # no mark is longer
_MARKS: Final = (b"sheetData", b"<si", b":si")


@dataclass(slots=True)
class _Claims:
    """What the parts unpacked so far claim."""

    last_row: int = 0
    last_column: int = 0
    cells: int = 0
    longest_string: int = 0


def objection(content: bytes, *, max_rows: int) -> str | None:
    """Why the workbook must not be read, as a sentence, or ``None``; ``max_rows`` includes the header."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _parts_objection(archive) or _claims_objection(_measured(archive), max_rows)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        return "The workbook is damaged or locked with a password."


def _parts_objection(archive: zipfile.ZipFile) -> str | None:
    parts = archive.infolist()
    if _WORKBOOK not in archive.namelist():
        return "The file is a ZIP archive, but no XLSX workbook."
    declared = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or declared > MAX_UNPACKED_BYTES:
        return f"The workbook unpacks to {declared} bytes in {len(parts)} parts, which is too much."
    return None


def _claims_objection(claims: _Claims, max_rows: int) -> str | None:
    if claims.last_row > max_rows or claims.last_column > MAX_COLUMNS:
        return (
            f"A sheet reaches row {claims.last_row} and column {claims.last_column}; "
            f"{max_rows} rows and {MAX_COLUMNS} columns are read."
        )
    if claims.longest_string * claims.cells > MAX_TEXT_BYTES:
        return (
            f"A text of {claims.longest_string} bytes stands in a workbook of {claims.cells} cells, which is too much."
        )
    return None


def _measured(archive: zipfile.ZipFile) -> _Claims:
    """Read every part to its end; ``zipfile`` stops at the size declared and then fails a liar on its checksum."""
    claims = _Claims()
    for part in archive.infolist():
        with archive.open(part) as stream:
            _measure(stream, claims)
    return claims


def _measure(stream: IO[bytes], claims: _Claims) -> None:
    """Add what one part claims; a part that is no sound XML may be a picture, but neither a sheet nor its strings."""
    meter: _Meter | None = _Meter(claims)
    tail, speaks_of_cells = b"", False
    while chunk := stream.read(_CHUNK):
        window = tail + chunk
        speaks_of_cells = speaks_of_cells or any(mark in window for mark in _MARKS)
        tail = window[-_OVERLAP:]
        meter = meter if meter is not None and meter.feed(chunk) else None
        if meter is None and speaks_of_cells:
            raise ValueError  # a laxer reader would see cells here that cannot be counted
    if meter is not None:
        meter.close()


class _Meter:
    """Counts rows, columns, cells and the longest shared string of one part, placing cells as the reader does."""

    def __init__(self, claims: _Claims) -> None:
        self._claims = claims
        self._row = self._column = 0
        self._string_start: int | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start

    def feed(self, chunk: bytes) -> bool:
        """Whether the part still is sound XML."""
        try:
            self._parser.Parse(chunk, False)
        except expat.ExpatError:
            return False
        return True

    def close(self) -> None:
        """The last string ends with its part."""
        self._end_string()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            case "c":
                self._place(attributes.get("r"))
            case "si":
                self._end_string()
                self._string_start = self._parser.CurrentByteIndex
            case _:
                return
        self._claims.last_row = max(self._claims.last_row, self._row)
        self._claims.last_column = max(self._claims.last_column, self._column)

    def _place(self, place: str | None) -> None:
        self._claims.cells += 1
        if place is None:
            self._column += 1
            return
        letters = place.rstrip("0123456789")
        self._column, self._row = _column(letters.encode()), int(place[len(letters) :])

    def _end_string(self) -> None:
        if self._string_start is not None:
            length = self._parser.CurrentByteIndex - self._string_start
            self._claims.longest_string = max(self._claims.longest_string, length)


def _column(letters: bytes) -> int:
    """The number of a column from its letters: A is 1, XFD is 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
