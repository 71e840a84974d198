"""Values in people's tables: days in a stated format, amounts with a stated decimal mark, in any script's digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from connectors.shared.numbers import western
from connectors.statement_files.faults import at_line, line_unreadable
from connectors.statement_files.records import CENTURY_PIVOT, day
from connectors.statement_files.table_rows import Cell, text_of
from domain.iso4217 import CURRENCIES
from domain.money import Money

BUDDHIST_YEARS: Final = 543
_BLANKS: Final = re.compile(r"[\s\u00a0\u202f\u2009]+")
_AROUND: Final = re.compile(r"([^\d.,'+\-()]{0,6}\.?)\s*([+-]?)\s*([\d.,' ]*\d)\s*([+-]?)\s*([^\d.,'+\-()]{0,6})")
_DEBIT_MARKS: Final = frozenset({"D", "DB", "DR"})
_CREDIT_MARKS: Final = frozenset({"C", "CR"})
_ARABIC_DECIMAL: Final = "\u066b"
_ARABIC_THOUSANDS: Final = "\u066c"
_TYPED_MARKS: Final = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2019": "'"})  # minus, dash, apostrophe
_CODE_LETTERS: Final = 3

MONTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        name: number
        for names in (
            "jan feb mar apr may jun jul aug sep oct nov dec",
            "jan fev mar abr mai jun jul ago set out nov dez",
            "ene feb mar abr may jun jul ago sep oct nov dic",
            "jan feb mar apr mei jun jul agu sep okt nov des",
            "ม.ค ก.พ มี.ค เม.ย พ.ค มิ.ย ก.ค ส.ค ก.ย ต.ค พ.ย ธ.ค",
        )
        for number, name in enumerate(names.split(), start=1)
    }
)
"""Months by the first letters of their names: English, Portuguese, Spanish, Indonesian, Thai."""

_TOKENS: Final = re.compile(r"yyyy|bbbb|yy|mmm|mm|m|dd|d|hh|h|ss|.", re.DOTALL)
_PATTERNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "yyyy": r"(?P<year>\d{4})",
        "bbbb": r"(?P<buddhist>\d{4})",
        "yy": r"(?P<short>\d{2})",
        "mmm": r"(?P<name>[^\W\d_]{3}[^\W\d_]*\.?|[^\d\s]{3,6})",
        "hh": r"(?P<hour>\d{1,2})",
        "h": r"(?P<hour>\d{1,2})",
        "ss": r"(?P<second>\d{2})(?:\.\d+)?",
    }
)


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A format of days, such as ``dd/mm/yyyy``, ready to read with."""

    text: str
    pattern: re.Pattern[str] | None  # none for iso
    zone: timezone | None = None

    @classmethod
    def of(cls, text: str, utc_offset: str | None = None) -> DateFormat:
        """The format of a text that ``problem`` finds nothing wrong with."""
        zone = None if utc_offset is None else cls.offset(utc_offset)
        return cls(text, None if text == "iso" else re.compile(_pattern(text)), zone)

    @staticmethod
    def problem(text: str) -> str | None:
        """Why a text is no format, to follow its name; ``None`` where it is one."""
        if text == "iso":
            return None
        groups = re.findall(r"\?P<(\w+)>", _pattern(text))
        years = [one for one in groups if one in {"year", "short", "buddhist"}]
        months = [one for one in groups if one in {"month", "name"}]
        if len(years) != 1 or len(months) != 1 or groups.count("day") != 1 or len(set(groups)) != len(groups):
            return "needs one day, one month and one year, such as dd/mm/yyyy"
        return None

    @staticmethod
    def offset(text: str) -> timezone | None:
        """The zone of an offset such as ``+08:00`` or ``Z``, or ``None``."""
        match = re.fullmatch(r"([+-])(\d{2}):(\d{2})|Z", text)
        if match is None:
            return None
        if match[1] is None:
            return timezone(timedelta(0))
        minutes = int(match[2]) * 60 + int(match[3])
        if minutes >= 24 * 60:
            return None
        return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))

    def read(self, cell: Cell, *, line: int) -> date | datetime:
        """The day, or the moment where the table states a time and its offset is known."""
        if isinstance(cell, datetime):
            return cell.replace(tzinfo=self.zone) if self.zone else cell.date()
        if isinstance(cell, date):
            return cell
        text = _BLANKS.sub(" ", _digits_western(text_of(cell))).strip()
        return self._iso(text, line) if self.pattern is None else self._matched(text, line)

    def _iso(self, text: str, line: int) -> date | datetime:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise line_unreadable(f"{text[:40]!r} is no day in ISO 8601.", line=line) from None
        if len(text) <= len("2026-11-23"):
            return found.date()
        if found.tzinfo is None:
            return found.replace(tzinfo=self.zone) if self.zone else found.date()
        return found

    def _matched(self, text: str, line: int) -> date | datetime:
        match = self.pattern.fullmatch(text) if self.pattern else None
        if match is None:
            raise line_unreadable(f"{text[:40]!r} is no day written as {self.text}.", line=line)
        parts = match.groupdict()
        found = day(_year(parts), _month(parts, text, line), int(parts["day"]), line=line)
        if parts.get("hour") is None or self.zone is None:
            return found
        try:
            return datetime(
                found.year,
                found.month,
                found.day,
                int(parts["hour"]),
                int(parts.get("minute") or 0),
                int(parts.get("second") or 0),
                tzinfo=self.zone,
            )
        except ValueError:
            raise line_unreadable(f"{text[:40]!r} is no time of day.", line=line) from None


def _pattern(text: str) -> str:
    """The regular expression of a format; ``mm`` after an hour are minutes. One digit may stand where marks part."""
    made, hours = "", False
    parted = any(mark in text for mark in "/-. ")
    digits = r"\d{1,2}" if parted else r"\d{2}"
    for part in _TOKENS.findall(text.strip()):
        if part in {"mm", "m"} and hours:
            made += r"(?P<minute>\d{2})"
        elif part in {"mm", "m"}:
            made += f"(?P<month>{digits})"
        elif part in {"dd", "d"}:
            made += f"(?P<day>{digits})"
        else:
            hours = hours or part in {"hh", "h"}
            made += _PATTERNS.get(part, re.escape(part))
    return made


def _year(parts: Mapping[str, str | None]) -> int:
    if parts.get("buddhist"):
        return int(parts["buddhist"] or 0) - BUDDHIST_YEARS
    if parts.get("short"):
        year = int(parts["short"] or 0)
        return year + (1900 if year >= CENTURY_PIVOT else 2000)
    return int(parts["year"] or 0)


def _month(parts: Mapping[str, str | None], text: str, line: int) -> int:
    if parts.get("month"):
        return int(parts["month"] or 0)
    name = (parts.get("name") or "").lower().rstrip(".")
    found = MONTHS.get(name) or MONTHS.get(name[:3])
    if found is None:
        raise line_unreadable(f"{text[:40]!r} names no month.", line=line)
    return found


@dataclass(frozen=True, slots=True)
class AmountFormat:
    """How amounts are written: the decimal mark and the separator of thousands, which may be none."""

    decimal: str
    thousands: str

    def read(self, cell: Cell, currency: str, *, line: int) -> Money:
        """The signed amount; negative with a minus before or behind, in brackets, or with DB, DR or D behind.

        A currency's code beside it must be the line's own. A number of a spreadsheet stands for itself.
        """
        with at_line(line):
            if isinstance(cell, Decimal):
                return Money.parse(cell, currency)
            negative, digits = self._digits(text_of(cell), currency, line=line)
            amount = Money.parse(digits, currency)
        return -amount if negative else amount

    def _digits(self, cell: str, currency: str, *, line: int) -> tuple[bool, str]:
        text = _BLANKS.sub(" ", _digits_western(self._western_marks(cell))).strip()
        bracketed = text.startswith("(") and text.endswith(")")
        match = _AROUND.fullmatch(text[1:-1].strip() if bracketed else text)
        if match is None:
            raise self._unreadable(cell, line)
        before, sign, body, behind, after = match.groups()
        mark = after.strip().upper().rstrip(".")
        _check_code(before, currency, line=line)
        if mark not in _DEBIT_MARKS | _CREDIT_MARKS:
            _check_code(after, currency, line=line)
        if (sign and behind) or (bracketed and (sign or behind)):
            raise self._unreadable(cell, line)
        negative = bracketed or "-" in (sign, behind) or mark in _DEBIT_MARKS
        return negative, self._plain(body, cell, line)

    def _western_marks(self, cell: str) -> str:
        if cell.isascii():
            return cell
        marked = cell.replace(_ARABIC_DECIMAL, self.decimal).replace(_ARABIC_THOUSANDS, self.thousands)
        return marked.translate(_TYPED_MARKS)

    def _plain(self, body: str, cell: str, line: int) -> str:
        whole, _, fraction = body.partition(self.decimal)
        separator = re.escape(self.thousands)
        grouped = rf"\d{{1,3}}(?:{separator}\d{{2,3}})*{separator}\d{{3}}" if separator else r"\d+"
        fits = re.fullmatch(rf"{grouped}|\d+", whole)
        if not fits or (fraction and not fraction.isascii()) or not (fraction or "0").isdigit():
            raise self._unreadable(cell, line)
        plain = whole.replace(self.thousands, "") if self.thousands else whole
        return f"{plain}.{fraction}" if fraction else plain

    def _unreadable(self, cell: str, line: int) -> Exception:
        return line_unreadable(
            f"{cell[:40]!r} is no amount with {self.decimal!r} before decimals and {self.thousands!r} "
            "between thousands.",
            line=line,
            fix="Correct the cell or the mapping.",
        )


def _digits_western(text: str) -> str:
    """The text with western digits; nothing to do for plain text, which most is."""
    return text if text.isascii() else western(text)


def _check_code(text: str, currency: str, *, line: int) -> None:
    """Letters beside an amount: another currency's code is refused, symbols and abbreviations are let pass."""
    if not text:
        return
    word = unicodedata.normalize("NFKC", text).strip(" .").upper()
    if len(word) == _CODE_LETTERS and word in CURRENCIES and word != currency:
        raise line_unreadable(f"the amount is in {word}, the line in {currency}.", line=line)
