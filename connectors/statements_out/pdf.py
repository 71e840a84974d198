"""A statement as a PDF to print, sign and keep: A4, in the reader's language and direction, with the fonts inside.

The file is PDF/A-3a (for archives) and PDF/UA-1 (for screen readers). It carries its own content as ``statement.json``,
whose SHA-256 stands at the foot of each page. The same statement in the same language makes the same bytes: nothing of
the machine, its fonts or the moment of printing goes in. Texts are data to the typesetter, never its markup.

Fonts: decision 0012. A letter that none of them has is an error; nobody signs a page with boxes in it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from babel.dates import format_time, get_timezone_gmt

from connectors.statements_out import content
from connectors.statements_out.fonts import families, font_folders, letters_lacking
from connectors.statements_out.typesetter import TypesettingBusyError, TypesettingError, typeset
from connectors.statements_out.workbook import ENGLISH, HEADINGS, StatementWords
from connectors.wording import formatting
from connectors.wording.bidi import has_rtl, isolate_ltr, without_controls
from connectors.wording.catalogs import babel_locale, subtags
from connectors.wording.languages import direction
from domain.account_statements import (
    KEPT_ROLES,
    AccountStatement,
    ConvertedSection,
    Counterpart,
    Line,
    Movement,
    Section,
)
from domain.errors import Invalid, TooLarge, Unavailable
from domain.money import Money, exponent, zero

MAX_PRINTED: Final = 10_000
"""Lines that one file holds: about 400 pages, made in some 1.3 GB of memory."""
PDF_HEADINGS: Final[Mapping[str, str]] = dict(HEADINGS) | {
    "lines": "Entries",
    "creditor": "Creditor",
    "last_booked": "Last entry booked",
    "rates": "Exchange rates",
    "incomplete": "Incomplete",
    "amount": "Amount",
    "nothing": "Nothing is booked in these days.",
    "content": "SHA-256 of the attached statement.json",
    "page": "Page %(page)s of %(pages)s",
}
"""The headings a printed statement has, in English."""

_TEMPLATE: Final = Path(str(files(__package__))) / "statement.typ"
_LONGEST: Final = 300
_MINUS: Final = "\u2212"
_NOTHING: Final = "\u2013"
_COLUMNS_A_TABLE: Final = 4
_BETWEEN: Final = " \u00b7 "
_SIDES_A_LINE: Final = 3
_UNBROKEN: Final = 30  # an identifier of ours stays in one piece
_JOINERS: Final = "\u200c\u200d"
_NO_BLANKS: Final = (("\u0e00", "\u0eff"), ("\u1000", "\u109f"), ("\u1780", "\u17ff"))  # Thai, Lao, Burmese, Khmer

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PrintedWords(StatementWords):
    """What a printed statement says: a workbook's words, and what the other side of a line is called."""

    side: Callable[[Counterpart], str]


PRINTED_ENGLISH: Final = PrintedWords(
    PDF_HEADINGS, ENGLISH.movement, ENGLISH.kind, ENGLISH.refusal, lambda one: one.name
)


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom it is printed: the language, the zone whose clock moments are told by, and what all is called."""

    words: PrintedWords = PRINTED_ENGLISH
    locale: str = "en"
    zone: tzinfo = UTC

    def amount(self, amount: Money) -> str:
        """An amount's number alone: zero as a dash, negative with a real minus."""
        if not amount:
            return _NOTHING
        text = formatting.number(abs(amount.decimal), self.locale, decimals=exponent(amount.currency))
        return f"{_MINUS}{text}" if amount.minor < 0 else text

    def moment(self, moment: datetime) -> str:
        """A moment on the zone's clock, with how far that is from UTC."""
        local = moment.astimezone(self.zone)
        clock = format_time(local, "short", tzinfo=local.tzinfo, locale=babel_locale(self.locale))
        offset = get_timezone_gmt(local, "iso8601", locale="en")
        return f"{formatting.date_long(local.date(), self.locale)} {clock} (UTC{offset.replace('Z', '')})"


_ENGLISH_READER: Final = Reader()


def pdf(
    statement: AccountStatement,
    lines: Sequence[Line],
    *,
    creditor: str,
    account: str | None = None,
    reader: Reader = _ENGLISH_READER,
) -> bytes:
    """The file's bytes. ``lines`` are in order, whole; the balance after each runs on from the opening.

    ``creditor`` is whose account it is; ``account`` is what the reader calls it, its own name where left out. Raises
    ``statement_too_long`` beyond ``MAX_PRINTED`` lines, and ``letters_not_printable`` for letters that no font has.
    """
    if len(lines) > MAX_PRINTED:
        raise TooLarge(
            "statement_too_long", f"A PDF holds {MAX_PRINTED} entries.", fix="Ask for fewer days, or for XLSX."
        )
    canonical = content.canonical(statement, lines)
    page = _Printer(reader).page(
        statement, lines, name=content.name_of(canonical), titles=(creditor, account or statement.account.name)
    )
    return _typeset(page, canonical, moment=_moment_of(statement, lines))


def _moment_of(statement: AccountStatement, lines: Sequence[Line]) -> datetime:
    """The moment that the statement itself knows of: as known at, last booking, or its last day's end."""
    if statement.known_at is not None:
        return statement.known_at.astimezone(UTC)
    if lines:
        return max(line.booked_at for line in lines).astimezone(UTC)
    return datetime.combine(statement.period.last, time(23, 59, 59), tzinfo=UTC)


def _typeset(page: Fields, canonical: bytes, *, moment: datetime) -> bytes:
    at = {name: getattr(moment, name) for name in ("year", "month", "day", "hour", "minute", "second")}
    inputs = {"page": json.dumps(page | {"at": at}), "content": canonical.decode()}
    try:
        return typeset(_TEMPLATE, inputs, fonts=font_folders(), moment=moment)
    except TypesettingBusyError as error:
        raise Unavailable("printing_busy", str(error), fix="Ask again in a minute, or for fewer days.") from None
    except TypesettingError as error:
        letters = letters_lacking(str(error))
        if not letters:
            raise
        raise Invalid(
            "letters_not_printable",
            f"No font has the letters {' '.join(letters)}.",
            fix="Ask for XLSX or JSON, which hold any letter.",
            letters=letters,
        ) from None


class _Printer:
    """Makes the page's data for one reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._words = reader.words
        self._direction = direction(reader.locale)

    def page(self, statement: AccountStatement, lines: Sequence[Line], *, name: str, titles: tuple[str, str]) -> Fields:
        """All that the template prints."""
        language, _, region = subtags(self._reader.locale)
        words = self._words
        creditor, account = titles
        title = " ".join((words["statement"], account, str(statement.period.last)))
        line_heads = ("day", "kind", "reference", "amount", "balance")
        rate_heads = ("currency", "closing", "rate", "source", "day", "converted")
        return {
            "lang": language,
            "region": region or None,
            "dir": self._direction,
            "fonts": families(language),
            "name": name,
            "title": self._text(title),
            "creditor": self._text(creditor),
            "words": {
                one: words[one]
                for one in ("statement", "opening", "closing", "lines", "rates", "nothing", "content", "page")
            },
            "facts": self._facts(statement, lines, creditor=creditor, account=account),
            "sums": list(self._sums(statement)),
            "rate-heads": [words[one] for one in rate_heads],
            "rates": [] if statement.converted is None else [self._rate(one) for one in statement.converted.lines],
            "line-heads": [words[one] for one in line_heads],
            "lists": list(self._lists(statement, lines)),
        }

    def _facts(
        self, statement: AccountStatement, lines: Sequence[Line], *, creditor: str, account: str
    ) -> list[Fields]:
        words, reader = self._words, self._reader
        days = [formatting.date_long(day, reader.locale) for day in (statement.period.first, statement.period.last)]
        facts = [
            (words["creditor"], [self._text(creditor)]),
            (words["account"], [self._text(account), self._text(statement.account.id)]),
            (words["from"], [self._text(days[0])]),
            (words["through"], [self._text(days[1])]),
        ]
        if statement.known_at is not None:
            facts.append((words["known_at"], [self._text(reader.moment(statement.known_at))]))
        elif lines:
            booked = max(line.booked_at for line in lines)
            facts.append((words["last_booked"], [self._text(reader.moment(booked))]))
        return [{"label": label, "values": values} for label, values in facts]

    def _sums(self, statement: AccountStatement) -> Iterator[Fields]:
        """Tables of sums, each with as many currencies as fit side by side; the converted total comes last."""
        columns = [
            (section.currency, section.opening, section.movements, zero(section.currency), section.closing)
            for section in statement.sections
        ]
        shown = statement.converted
        if shown is not None:
            doubt = "" if shown.complete else f" ({self._words['incomplete']})"
            head = f"{self._words['converted']} {shown.currency}{doubt}"
            columns.append((head, shown.opening, shown.movements, shown.rounding, shown.closing))
        for first in range(0, len(columns), _COLUMNS_A_TABLE):
            some = columns[first : first + _COLUMNS_A_TABLE]
            moved = [one for one in Movement if any(one in movements for _, _, movements, _, _ in some)]
            rows = [self._row("opening", [opening for _, opening, _, _, _ in some], strong=True)]
            for one in moved:
                amounts = [movements.get(one, zero(opening.currency)) for _, opening, movements, _, _ in some]
                rows.append(self._row(self._words.movement(one), amounts))
            if any(rounding for _, _, _, rounding, _ in some):
                rows.append(self._row(self._words["rounding"], [rounding for _, _, _, rounding, _ in some]))
            rows.append(self._row("closing", [closing for _, _, _, _, closing in some], strong=True))
            yield {"heads": [head for head, _, _, _, _ in some], "rows": rows}

    def _row(self, label: str, amounts: Sequence[Money], *, strong: bool = False) -> Fields:
        named = self._words[label] if strong else label
        return {"label": named, "amounts": [self._reader.amount(one) for one in amounts], "strong": strong}

    def _rate(self, line: ConvertedSection) -> Fields:
        row: Fields = {"currency": line.original.currency, "closing": self._reader.amount(line.original)}
        if line.converted is None:
            return row | {"refusal": self._text("" if line.error is None else self._words.refusal(line.error))}
        rate = line.converted.rate
        return row | {
            "rate": f"{rate.value:f}",
            "source": self._text(rate.source),
            "day": formatting.date_short(rate.as_of, self._reader.locale),
            "converted": self._reader.amount(line.converted.amount),
        }

    def _lists(self, statement: AccountStatement, lines: Sequence[Line]) -> Iterator[Fields]:
        """For each currency in which something moved: its lines between opening and closing."""
        of_currency: dict[str, list[Line]] = {}
        for line in lines:
            of_currency.setdefault(line.amount.currency, []).append(line)
        for section in statement.sections:
            if section.currency in of_currency:
                yield self._list(section, of_currency[section.currency])

    def _list(self, section: Section, lines: Sequence[Line]) -> Fields:
        balance, rows = section.opening, []
        for line in lines:
            balance += line.amount
            rows.append(self._line(line, balance))
        opening, closing = self._reader.amount(section.opening), self._reader.amount(section.closing)
        words = self._words
        return {
            "currency": section.currency,
            "opening": opening,
            "closing": closing,
            "rows": rows,
            "day-letters": max(len(words["day"]), *(len(row["day"]) for row in rows)),
            "amount-letters": max(len(words["amount"]), *(len(row["amount"]) for row in rows)),
            "balance-letters": max(len(words["balance"]), len(opening), *(len(row["balance"]) for row in rows)),
        }

    def _line(self, line: Line, balance: Money) -> Fields:
        return {
            "day": formatting.date_short(line.effective_date, self._reader.locale),
            "kind": self._words.kind(line.kind),
            "notes": list(self._notes(line)),
            "references": [self._text(line.entry_id), self._text(line.source)],
            "amount": self._reader.amount(line.amount),
            "balance": self._reader.amount(balance),
        }

    def _notes(self, line: Line) -> Iterator[str | Fields]:
        """What a line is made of where that is more than one thing, and who is on its other side."""
        if len(line.parts) > 1:
            parts = [
                f"{self._words.movement(part.movement)} {self._isolated(self._reader.amount(part.amount))}"
                for part in line.parts
            ]
            yield _BETWEEN.join(parts)
        others = [one for one in line.counterparts if one.role not in KEPT_ROLES]
        yield from (self._text(self._words.side(one)) for one in others[:_SIDES_A_LINE])
        if len(others) > _SIDES_A_LINE:
            yield self._text(f"+ {len(others) - _SIDES_A_LINE}")

    def _isolated(self, amount: str) -> str:
        return isolate_ltr(amount) if self._direction == "rtl" else amount

    def _text(self, value: str) -> str | Fields:
        """A value from outside, cleaned: as it is where it runs as the page does, else with its direction and parts."""
        clean = "".join(letter if _visible(letter) else " " for letter in without_controls(value))
        clean = " ".join(unicodedata.normalize("NFC", clean).split())
        clean = clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}\u2026"
        parts, runs = list(_parts(clean)), _direction(clean)
        return clean if len(parts) == 1 and runs == self._direction else {"text": parts, "dir": runs}


def _visible(letter: str) -> bool:
    return letter in _JOINERS or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}


def _direction(text: str) -> str:
    """The direction of a text's first letter that has one."""
    for letter in text:
        if has_rtl(letter):
            return "rtl"
        if unicodedata.bidirectional(letter) == "L":
            return "ltr"
    return "ltr"


def _breaks_anywhere(letter: str) -> bool:
    """Whether a letter is of a script without blanks, of which typst itself knows where lines may end."""
    return unicodedata.east_asian_width(letter) in "WF" or any(first <= letter <= last for first, last in _NO_BLANKS)


def _parts(text: str) -> Iterator[str]:
    """The text in parts of which no word is too long; letters stay with their marks."""
    part, unbroken = "", 0
    for letter in text:
        if unbroken >= _UNBROKEN and unicodedata.category(letter)[0] != "M" and letter not in _JOINERS:
            yield part
            part, unbroken = "", 0
        part += letter
        unbroken = 0 if letter in " -/" or _breaks_anywhere(letter) else unbroken + 1
    yield part
