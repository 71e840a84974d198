"""A statement as an XLSX workbook in the reader's language: a sheet of sums with rates, and a sheet of lines.

Every text is written as text, so that none is run as a formula. A spreadsheet number keeps fifteen digits: a larger
amount is written as text, exactly.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter

from domain.account_statements import AccountStatement, ConvertedTotal, Line, Movement
from domain.errors import AfluenteError
from domain.money import Money, exponent, total, zero

EXACT_MINOR: Final = 10**15
_KEPT: Final = (Movement.FEES, Movement.TAXES_WITHHELD)


@dataclass(frozen=True, slots=True)
class StatementWords:
    """What the sheets say: headings by name, movements, kinds of entries, and why something has no rate."""

    headings: Mapping[str, str]
    movement: Callable[[Movement], str]
    kind: Callable[[str], str]
    refusal: Callable[[AfluenteError], str]

    def __getitem__(self, name: str) -> str:
        return self.headings[name]


HEADINGS: Final[Mapping[str, str]] = {
    "statement": "Statement",
    "lines": "Lines",
    "account": "Account",
    "from": "From",
    "through": "Through",
    "known_at": "As known at",
    "opening": "Opening",
    "closing": "Closing",
    "converted": "Converted",
    "rounding": "Rounding",
    "currency": "Currency",
    "rate": "Rate",
    "source": "Source",
    "day": "Day",
    "booked": "Booked",
    "kind": "Entry",
    "gross": "Gross",
    "net": "Net",
    "balance": "Balance",
    "reference": "Reference",
    "other_side": "Other side",
}
"""The headings a workbook has, in English."""

ENGLISH: Final = StatementWords(
    HEADINGS,
    lambda movement: movement.value.replace("_", " ").capitalize(),
    lambda kind: kind.replace("_", " "),
    lambda error: error.message,
)


def workbook(
    statement: AccountStatement, lines: Sequence[Line], *, words: StatementWords = ENGLISH, right_to_left: bool = False
) -> bytes:
    """The workbook's bytes. ``lines`` are in order, whole; the balance after each runs on from the opening."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheets = [book.add_worksheet(_sheet_name(words[name])) for name in ("statement", "lines")]
        writer = _Writer(book)
        for sheet in sheets:
            sheet.freeze_panes(1 if sheet is sheets[1] else 0, 0)
            if right_to_left:
                sheet.right_to_left()
        _sums(writer, sheets[0], statement, words)
        _lines(writer, sheets[1], statement, lines, words=words)
    return out.getvalue()


def _sheet_name(text: str) -> str:
    return text[:31]


class _Writer:
    """Writes cells of a workbook, with one format for each number of decimals."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self.bold = book.add_format({"bold": True})
        self._amounts: dict[int, Any] = {}

    def amount(self, sheet: Any, row: int, column: int, amount: Money) -> None:
        digits = exponent(amount.currency)
        if abs(amount.minor) >= EXACT_MINOR:
            sheet.write_string(row, column, f"{amount.decimal:f}")
            return
        if digits not in self._amounts:
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            self._amounts[digits] = self._book.add_format({"num_format": pattern})
        sheet.write_number(row, column, amount.decimal, self._amounts[digits])

    def texts(self, sheet: Any, row: int, texts: Sequence[str], *, column: int = 0, bold: bool = False) -> None:
        for offset, text in enumerate(texts):
            sheet.write_string(row, column + offset, text, self.bold if bold else None)


def _sums(writer: _Writer, sheet: Any, statement: AccountStatement, words: StatementWords) -> None:
    facts = [
        (words["account"], f"{statement.account.name} ({statement.account.id})"),
        (words["from"], statement.period.first.isoformat()),
        (words["through"], statement.period.last.isoformat()),
    ]
    if statement.known_at is not None:
        facts.append((words["known_at"], statement.known_at.isoformat()))
    for row, fact in enumerate(facts):
        writer.texts(sheet, row, fact)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 8 + len(statement.sections), 20)
    top = len(facts) + 1
    shown = [one for one in Movement if any(one in section.movements for section in statement.sections)]
    rows = [words["opening"], *map(words.movement, shown), words["closing"]]
    for offset, text in enumerate(rows, start=1):
        writer.texts(sheet, top + offset, (text,), bold=offset in {1, len(rows)})
    for column, section in enumerate(statement.sections, start=1):
        nothing = zero(section.currency)
        moved = [section.movements.get(one, nothing) for one in shown]
        figures = [section.opening, *moved, section.closing]
        _column(writer, sheet, (top, column), section.currency, figures)
    if statement.converted is not None:
        _converted(writer, sheet, statement.converted, shown, at=(top, len(statement.sections) + 1), words=words)


def _column(writer: _Writer, sheet: Any, at: tuple[int, int], title: str, figures: Sequence[Money]) -> None:
    row, column = at
    writer.texts(sheet, row, (title,), column=column, bold=True)
    for offset, amount in enumerate(figures, start=1):
        writer.amount(sheet, row + offset, column, amount)


def _converted(
    writer: _Writer,
    sheet: Any,
    shown: ConvertedTotal,
    movements: Sequence[Movement],
    *,
    at: tuple[int, int],
    words: StatementWords,
) -> None:
    """The column in the currency of account, and under it each currency's rate, or why it has none."""
    nothing = zero(shown.currency)
    moved = [shown.movements.get(one, nothing) for one in movements]
    _column(writer, sheet, at, f"{words['converted']} {shown.currency}", [shown.opening, *moved, shown.closing])
    row = at[0] + len(moved) + 4
    writer.texts(sheet, row, (words["rounding"],))
    writer.amount(sheet, row, at[1], shown.rounding)
    heads = ("currency", "closing", "converted", "rate", "source", "day")
    writer.texts(sheet, row + 2, [words[name] for name in heads], bold=True)
    for offset, line in enumerate(shown.lines, start=row + 3):
        writer.texts(sheet, offset, (line.original.currency,))
        writer.amount(sheet, offset, 1, line.original)
        if line.converted is not None:
            rate = line.converted.rate
            writer.amount(sheet, offset, 2, line.converted.amount)
            writer.texts(sheet, offset, (f"{rate.value:f}", rate.source, rate.as_of.isoformat()), column=3)
        elif line.error is not None:
            writer.texts(sheet, offset, (words.refusal(line.error),), column=2)


def _lines(
    writer: _Writer, sheet: Any, statement: AccountStatement, lines: Sequence[Line], *, words: StatementWords
) -> None:
    left = ("day", "booked", "kind", "currency", "gross")
    right = ("net", "balance", "reference", "source", "other_side")
    heads = [words[name] for name in left] + [words.movement(one) for one in _KEPT] + [words[name] for name in right]
    writer.texts(sheet, 0, heads, bold=True)
    sheet.set_column(0, len(heads), 18)
    balances = {section.currency: section.opening for section in statement.sections}
    for row, line in enumerate(lines, start=1):
        currency = line.amount.currency
        kept = [total([part.amount for part in line.parts if part.movement is one], currency) for one in _KEPT]
        balances[currency] = balances.get(currency, zero(currency)) + line.amount
        day, booked = line.effective_date.isoformat(), line.booked_at.isoformat()
        writer.texts(sheet, row, (day, booked, words.kind(line.kind), currency))
        amounts = [line.amount - total(kept, currency), *kept, line.amount, balances[currency]]
        for column, amount in enumerate(amounts, start=4):
            writer.amount(sheet, row, column, amount)
        others = "; ".join(one.name for one in line.counterparts)
        writer.texts(sheet, row, (line.entry_id, line.source, others[:32_000]), column=9)
