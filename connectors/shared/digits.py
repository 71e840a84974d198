"""Numbers that are typed: the digits of a text with their places in it, and check digits that several schemes share."""

from __future__ import annotations

import re
from itertools import cycle
from typing import Final

from domain.errors import Invalid

_SEPARATORS: Final = re.compile(r"[\s.-]")


def compact(text: str) -> str | None:
    """The digits alone, without blanks, dots and hyphens; ``None`` where anything else stands among them."""
    number = _SEPARATORS.sub("", text)
    return number if number.isascii() and number.isdecimal() else None


def offset(text: str, place: int) -> int:
    """Where the digit of a place (from 0) stands in the text as it was given."""
    places = [index for index, letter in enumerate(text) if letter.isdecimal()]
    return places[place] if place < len(places) else len(text)


def letter_offset(text: str, place: int) -> int:
    """Where the letter or digit of a place (from 0) stands in the text as it was given, separators counted."""
    places = [index for index, letter in enumerate(text) if letter.isalnum()]
    return places[place] if place < len(places) else len(text)


def placed(error: Invalid, *, tag: str, offset: int) -> Invalid:
    """A part's refusal that points into the whole text: the part's name, and where it stands there."""
    details = {"reason": error.message, **error.details, "tag": tag, "offset": offset}
    return Invalid(error.code, error.message, fix=error.fix, **details)


def modulo_10(number: str) -> str:
    """The digit that fills up to the next ten: weights 2, 1 from the right, digits of products summed (Luhn)."""
    total = sum(
        sum(divmod(int(digit) * weight, 10)) for digit, weight in zip(reversed(number), cycle((2, 1)), strict=False)
    )
    return str(-total % 10)


def modulo_11(number: str) -> int:
    """Eleven less the remainder, 1 to 11: weights 2 to 9 from the right. Each scheme says what 10 and 11 become."""
    weights = cycle(range(2, 10))
    return 11 - sum(int(digit) * weight for digit, weight in zip(reversed(number), weights, strict=False)) % 11
