"""The cells of a portfolio row, read as text, choices, amounts, counts and days; what is wrong is noted, not raised."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from domain.errors import Invalid
from domain.money import Money, exponent
from domain.portfolio import BY_NAME, FieldError

EARLIEST: Final = date(1990, 1, 1)
LATEST: Final = date(2099, 12, 31)
MAX_TEXT_CHARS: Final = 200
NUMBERS_AS_TEXT: Final = frozenset(
    {"contract_no", "id_value", "phone", "postal_code", "guarantor_id_value", "guarantor_phone"}
)

_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,4})?")
_COUNT = re.compile(r"\d{1,4}")
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")


class Cells:
    """The cells of one row by column name; every method gives a value, or notes an error and gives ``None``."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.cells = cells
        self.errors: list[FieldError] = []

    def given(self, field: str) -> bool:
        """Whether the column is filled."""
        return bool(self.cells.get(field, "").strip())

    def text(self, field: str, *, limit: int = MAX_TEXT_CHARS) -> str | None:
        """The value in Unicode NFC with single blanks; an empty required one and an overlong one are errors."""
        value = " ".join(unicodedata.normalize("NFC", self.cells.get(field, "")).split())
        if not value:
            if BY_NAME[field].required:
                example = BY_NAME[field].example
                self.wrong(field, "value_missing", "The column must be filled.", f"Fill it in, such as {example}.")
            return None
        if len(value) > limit:
            self.wrong(field, "value_too_long", f"It has {len(value)} characters.", f"Use at most {limit}.")
            return None
        if any(unicodedata.category(letter) in {"Cc", "Cs", "Co"} for letter in value):
            self.wrong(field, "value_unprintable", "It holds a control character.", "Type the value again.")
            return None
        if field in NUMBERS_AS_TEXT and _SCIENTIFIC.fullmatch(value):
            fix = "Format the column as text in the spreadsheet, then enter the number again."
            self.wrong(field, "number_mangled", "A spreadsheet shortened this number.", fix)
            return None
        return value

    def choice(self, field: str, allowed: tuple[str, ...]) -> str | None:
        """One of the allowed words, in lower case."""
        value = self.text(field)
        if value is None or value.lower() in allowed:
            return None if value is None else value.lower()
        self.wrong(field, "choice_unknown", "It is none of the choices.", f"Use one of: {', '.join(allowed)}.")
        return None

    def matched(self, field: str, pattern: re.Pattern[str], fix: str) -> str | None:
        """A value of a pattern; another is ``<field>_malformed``."""
        value = self.text(field)
        if value is None or pattern.fullmatch(value):
            return value
        self.wrong(field, f"{field}_malformed", "It is not written as it should be.", fix)
        return None

    def amount(self, field: str, currency: str | None, *, zero: bool = False) -> Money | None:
        """An amount above zero, or from zero on; without a currency only its shape is checked."""
        value = self.text(field)
        if value is None:
            return None
        if not _AMOUNT.fullmatch(value):
            self.wrong(field, "amount_malformed", "It is no amount.", "Write digits and a dot, such as 2500.00.")
            return None
        found = None if currency is None else self.money(field, value, currency)
        if found is None or found or zero:
            return found
        self.wrong(field, "amount_zero", "It must be more than zero.", "Give the amount, or leave the row out.")
        return None

    def money(self, field: str, value: str, currency: str) -> Money | None:
        """The amount of a number with no more decimals than its currency has, zeros included."""
        digits = exponent(currency)
        if len(value.partition(".")[2]) > digits:  # 2.500 may be two thousand five hundred, with a separator
            fix = "Write 2500.00, without separators of thousands."
            self.wrong(field, "amount_too_precise", f"It has more than the {digits} decimals of {currency}.", fix)
            return None
        try:
            return Money.parse(value, currency)
        except Invalid as error:
            self.refused(field, error)
            return None

    def count(self, field: str, allowed: range) -> int | None:
        """A whole number of a range."""
        value = self.text(field)
        if value is None:
            return None
        if not _COUNT.fullmatch(value) or int(value) not in allowed:
            bounds = f"from {allowed[0]} to {allowed[-1]}"
            self.wrong(field, "number_out_of_range", f"It is no whole number {bounds}.", f"Use a number {bounds}.")
            return None
        return int(value)

    def day(self, field: str) -> date | None:
        """A calendar day written as YYYY-MM-DD."""
        value = self.text(field)
        if value is None:
            return None
        try:
            found = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            self.wrong(field, "date_malformed", "It is no date.", "Write it as 2026-11-23.")
            return None
        if not EARLIEST <= found <= LATEST:
            message = f"It lies outside {EARLIEST} to {LATEST}."
            self.wrong(field, "date_out_of_range", message, "Correct the year.")
            return None
        return found

    def wrong(self, field: str, code: str, message: str, fix: str) -> None:
        """Note an error of a column."""
        self.errors.append(FieldError(field, self.cells.get(field, "").strip()[:MAX_TEXT_CHARS], code, message, fix))

    def refused(self, field: str, error: Invalid) -> None:
        """Note an error that the domain raised about a column."""
        self.wrong(field, error.code, error.message, error.fix or "Correct the value.")
