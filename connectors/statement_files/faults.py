"""Why a file of money is refused: its own few errors, each with the line it stands on and a way out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from domain.errors import Invalid
from domain.money import Money

FILE_UNREADABLE: Final = "file_unreadable"
LINE_UNREADABLE: Final = "line_unreadable"
LINE_TOTAL_MISMATCH: Final = "line_total_mismatch"
FILE_TOTALS_MISMATCH: Final = "file_totals_mismatch"

_ASK: Final = "Ask whoever made the file for a correct one; none of its lines was taken."


def file_unreadable(message: str, *, line: int = 1, fix: str = _ASK) -> Invalid:
    """The file as a whole is not what it says it is, or it ends too early."""
    return Invalid(FILE_UNREADABLE, f"Line {line}: {message}", fix=fix, line=line)


def line_unreadable(message: str, *, line: int, fix: str = _ASK) -> Invalid:
    """One line cannot be read, so none is taken."""
    return Invalid(LINE_UNREADABLE, f"Line {line}: {message}", fix=fix, line=line)


def totals_mismatch(what: str, *, line: int, stated: Money | int, found: Money | int) -> Invalid:
    """A control total of the file does not agree with its lines."""
    return Invalid(
        FILE_TOTALS_MISMATCH,
        f"Line {line}: the file states {stated} as {what}, but its lines make {found}.",
        fix=_ASK,
        line=line,
        stated=str(stated),
        found=str(found),
    )


def cut_short(message: str, *, line: int) -> Invalid:
    """The end that the format demands is missing."""
    return file_unreadable(message, line=line, fix="The file was cut off on its way: fetch it again, whole.")


@contextmanager
def at_line(line: int) -> Iterator[None]:
    """Errors of money and its currency, which know no line, are of this line."""
    try:
        yield
    except Invalid as error:
        if "line" in error.details:
            raise
        raise line_unreadable(error.message, line=line, fix=error.fix or _ASK) from None
