"""Identity numbers as people write them: any script's digits, any dashes; and what a checker found in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError
from stdnum.util import clean

from domain.identity import IdentityFinding

MAX_LENGTH: Final = 64

CHARACTERS: Final = "wrong_characters"
LENGTH: Final = "wrong_length"
CHECK_DIGIT: Final = "wrong_check_digit"
PART: Final = "wrong_part"  # a date, place or leading digit inside the number cannot be
REPEATED: Final = "repeated_digits"
CHECK_DIGIT_DOUBT: Final = "check_digit_unconfirmed"
PLACE_DOUBT: Final = "place_unknown"
PREFIX_DOUBT: Final = "prefix_unconfirmed"  # a leading part that is told of and rarely seen

_INVISIBLE: Final = dict.fromkeys(
    (0x061C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
)


def western(text: str) -> str:
    """The text with decimal digits of every script as 0 to 9, and without marks of direction.

    Arabic-Indic, Persian, Thai, Devanagari and full-width digits have a decimal value in the Unicode database.
    """
    if text.isascii():
        return text
    return "".join(
        letter if (digit := unicodedata.decimal(letter, None)) is None else str(digit)
        for letter in text.translate(_INVISIBLE)
    )


def compact(text: str) -> str:
    """The number alone: western digits, capitals, no separators (blank, dot, dash, slash)."""
    return str(clean(western(text), " -./")).strip().upper()


def invalid(reason: str) -> IdentityFinding:
    """A number that is not accepted, and why (one of this module's constants)."""
    return IdentityFinding(valid=False, normalised=None, formatted=None, reason=reason)


def valid(number: str, *, formatted: str, warnings: tuple[str, ...] = ()) -> IdentityFinding:
    """A number that is accepted, perhaps with doubts."""
    return IdentityFinding(valid=True, normalised=number, formatted=formatted, warnings=warnings)


def checker(examine: Callable[[str], IdentityFinding]) -> Callable[[str], IdentityFinding]:
    """A scheme's check from a function that examines the compact number, which is ASCII and of bounded length."""

    def check(value: str) -> IdentityFinding:
        if len(value) > MAX_LENGTH:
            return invalid(LENGTH)
        number = compact(value)
        if not number:
            return invalid(LENGTH)
        if not (number.isascii() and number.isalnum()):
            return invalid(CHARACTERS)
        try:
            return examine(number)
        except ValidationError as refusal:
            return invalid(_reason(refusal))

    return check


def _reason(refusal: ValidationError) -> str:
    match refusal:
        case InvalidChecksum():
            return CHECK_DIGIT
        case InvalidLength():
            return LENGTH
        case InvalidComponent():
            return PART
        case InvalidFormat():
            return CHARACTERS
        case _:
            return PART
