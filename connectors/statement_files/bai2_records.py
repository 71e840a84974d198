"""BAI2 records: fields between commas, ended by a slash, continued on lines that begin with 88."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from connectors.statement_files.faults import line_unreadable
from connectors.statement_files.text_lines import NumberedLine

CODES: Final = frozenset({"01", "02", "03", "16", "49", "88", "98", "99"})
MAX_CONTINUATIONS: Final = 2_000

_WHOLE: Final = re.compile(r"[+-]?\d{1,19}")
_TYPE_CODE: Final = re.compile(r"\d{3}")
_MAX_DISTRIBUTIONS: Final = 31
_DISTRIBUTION_FIELDS: Final = 2


@dataclass(frozen=True, slots=True)
class Record:
    """A logical record: its code, the fields of its first line, and the rest of each continuation, as they stand."""

    line: int
    code: str
    content: str
    continued: tuple[str, ...] = ()

    @property
    def physical(self) -> int:
        """How many lines it takes."""
        return 1 + len(self.continued)

    @property
    def last_line(self) -> int:
        """The number of its last line."""
        return self.line + len(self.continued)

    @property
    def fields(self) -> list[str]:
        """Its fields and those of its continuations, for a record without free text."""
        return [field.strip() for part in (self.content, *self.continued) for field in _unslashed(part).split(",")]

    def get(self, index: int) -> str:
        """A field by its place after the code; empty where the record ends before it."""
        fields = self.fields
        return fields[index] if index < len(fields) else ""


@dataclass(frozen=True, slots=True)
class Detail:
    """A movement (record 16): unsigned amount in the currency's minor unit, value date as ``YYMMDD``."""

    code: str
    amount: int | None
    value_date: str | None
    bank_reference: str
    customer_reference: str
    text: str


def records(source: Iterator[NumberedLine]) -> Iterator[Record]:
    """Logical records in order; blank lines are left out. A line of an unknown code is ``line_unreadable``."""
    current: tuple[int, str, str] | None = None
    continued: list[str] = []
    for number, text in source:
        line = text.strip()
        if not line:
            continue
        code, comma, content = line.partition(",")
        if code not in CODES or not comma:
            raise line_unreadable("the line is no BAI2 record.", line=number)
        if code != "88":
            if current is not None:
                yield Record(*current, tuple(continued))
            current, continued = (number, code, content), []
            continue
        if current is None or number - current[0] > MAX_CONTINUATIONS:
            raise line_unreadable("a continuation (88) continues nothing, or too much.", line=number)
        continued.append(content)
    if current is not None:
        yield Record(*current, tuple(continued))


def summaries(record: Record) -> Iterator[tuple[str, int]]:
    """The status and summary amounts of an account (record 03) with their type codes, signed."""
    fields, place = record.fields, 2
    while place < len(fields):
        code = fields[place]
        amount = fields[place + 1] if place + 1 < len(fields) else ""
        funds = fields[place + 3] if place + 3 < len(fields) else ""
        if code and not _TYPE_CODE.fullmatch(code):
            raise line_unreadable(f"{code!r} is no type code.", line=record.line)
        if amount:
            yield code, whole_number(amount, line=record.line)
        place += 4 + _funds_fields(fields, place + 3, funds, line=record.line)


def detail(record: Record) -> Detail:
    """The movement that a record 16 states; its text is what remains after the fields that the funds type asks for."""
    fields = _unslashed(record.content).split(",")
    rest = list(record.continued)
    text_at = None
    while text_at is None:
        text_at = _text_place(fields, line=record.line)
        if text_at is None and rest:
            fields += _unslashed(rest.pop(0)).split(",")
        elif text_at is None:
            fields.append("")
            if len(fields) > _MAX_DISTRIBUTIONS * _DISTRIBUTION_FIELDS + 6:
                raise line_unreadable("the movement has too few fields.", line=record.line)
    code, amount = fields[0].strip(), fields[1].strip()
    if not _TYPE_CODE.fullmatch(code):
        raise line_unreadable(f"{code!r} is no type code.", line=record.line)
    value_date = fields[3].strip() if fields[2].strip() == "V" else ""
    return Detail(
        code=code,
        amount=whole_number(amount, line=record.line) if amount else None,
        value_date=value_date or None,
        bank_reference=fields[text_at - 2].strip(),
        customer_reference=fields[text_at - 1].strip(),
        text=" ".join([",".join(fields[text_at:]), *(_unslashed(part) for part in rest)]),
    )


def whole_number(text: str, *, line: int) -> int:
    """A whole number with or without sign, or ``line_unreadable``."""
    if not _WHOLE.fullmatch(text.strip()):
        raise line_unreadable(f"{text.strip()!r} is no whole number.", line=line)
    return int(text)


def _text_place(fields: list[str], *, line: int) -> int | None:
    """Where the text begins: after code, amount, funds with what they ask for, and two references; or not yet."""
    if len(fields) < 3:  # noqa: PLR2004 - code, amount, funds type
        return None
    place = 3 + _funds_fields(fields, 2, fields[2].strip(), line=line) + 2
    return place if len(fields) >= place else None


def _funds_fields(fields: list[str], place: int, funds: str, *, line: int) -> int:
    """How many fields the funds type at a place brings with it."""
    match funds:
        case "" | "0" | "1" | "2" | "Z":
            return 0
        case "V":
            return 2
        case "S":
            return 3
        case "D":
            count = fields[place + 1].strip() if place + 1 < len(fields) else "0"
            if not (count.isdecimal() and int(count) <= _MAX_DISTRIBUTIONS):
                raise line_unreadable(f"{count!r} is no number of distributions.", line=line)
            return 1 + int(count) * _DISTRIBUTION_FIELDS
        case _:
            raise line_unreadable(f"{funds!r} is no type of funds.", line=line)


def _unslashed(content: str) -> str:
    """The content without the slash that ends it."""
    stripped = content.rstrip()
    return stripped.removesuffix("/")
