"""What the JSON-printing commands share: one object on standard output; an error as JSON on standard error, exit 2."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn, TextIO

import typer
from typer.exceptions import TyperException

from domain.errors import AfluenteError, Invalid

_LINE_LIMIT = 1_000_000


def emit(document: Any, *, stream: TextIO | None = None) -> None:
    """Print one JSON document on one line."""
    out = stream or sys.stdout
    out.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")
    out.flush()


def answer(work: Callable[[], Any]) -> None:
    """Print what the work returns, or its error as JSON on standard error with exit code 2."""
    try:
        emit(work())
    except AfluenteError as error:
        emit(error.as_dict(), stream=sys.stderr)
        raise typer.Exit(2) from None


def run(app: typer.Typer, **call: Any) -> NoReturn:
    """Run a command line; a wrong call is an error as JSON, like any other."""
    try:
        code = app(standalone_mode=False, **call)
    except typer.Abort:
        raise SystemExit(130) from None
    except TyperException as error:
        said = error.format_message() if isinstance(error, typer.BadParameter) else str(error)
        wrong = Invalid("usage_wrong", said, fix="Add --help to see how it is called.")
        emit(wrong.as_dict(), stream=sys.stderr)
        raise SystemExit(2) from None
    raise SystemExit(code if isinstance(code, int) else 0)


def each_line(work: Callable[[str], Any]) -> None:
    """Answer every line of standard input with one JSON object a line; a bad line's error stands in its place."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(
            newline="\n"
        )  # a carriage return inside a line belongs to it: Thai bill barcodes have them
    for line in _lines(sys.stdin):
        try:
            if len(line) > _LINE_LIMIT:
                raise Invalid("line_too_long", f"A line has at most {_LINE_LIMIT} characters.")
            emit(work(line))
        except AfluenteError as error:
            emit({"error": error.as_dict()})


def _lines(stream: TextIO) -> Iterator[str]:
    for line in stream:
        yield line.rstrip("\r\n")


def document(text: str) -> dict[str, Any]:
    """A JSON object, or ``json_malformed``."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Invalid("json_malformed", f"This is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise Invalid("json_malformed", "A JSON object is expected.")
    return value


def file_bytes(path: Path) -> bytes:
    """A file's content, or ``file_unreadable``; ``-`` is standard input."""
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid("file_unreadable", f"{path} cannot be read: {error.strerror}.", fix="Check the path.") from None


def day_of(text: str) -> date:
    """The day that a command line names, or ``day_malformed``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("day_malformed", f"{text!r} is not a day.", fix="Write it as 2026-11-01.") from None


def moment_of(text: str) -> datetime:
    """The moment that a command line names, with its offset, or ``moment_malformed``."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise Invalid(
            "moment_malformed",
            f"{text!r} is no moment with an offset.",
            fix="Write it as 2026-11-01T08:00:00+00:00.",
        )
    return moment
