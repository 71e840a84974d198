"""Singapore's identity numbers: NRIC and FIN of people, UEN of companies and other bodies."""

from __future__ import annotations

import re
from typing import Final

from stdnum.sg import uen

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_LENGTH: Final = 9
_WEIGHTS: Final = (2, 7, 6, 5, 4, 3, 2)
_LATER: Final = 4  # added for those issued from 2000 on: T and G
_CITIZEN_LETTERS: Final = "JZIHGFEDCBA"
_FOREIGN_LETTERS: Final = "XWUTRQPNMLK"


def _check_letter(series: str, digits: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    total += _LATER if series in "TG" else 0
    letters = _CITIZEN_LETTERS if series in "ST" else _FOREIGN_LETTERS
    return letters[total % len(letters)]


def _examine_nric(number: str) -> IdentityFinding:
    """A series letter, seven digits and a check letter; the table of the M series is not known for sure."""
    if len(number) != _LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if re.fullmatch(r"[A-Z][0-9]{7}[A-Z]", number) is None:
        return numbers.invalid(numbers.CHARACTERS)
    series, digits, letter = number[0], number[1:-1], number[-1]
    if series == "M":
        return numbers.valid(number, formatted=number, warnings=(numbers.CHECK_DIGIT_DOUBT,))
    if series not in "STFG":
        return numbers.invalid(numbers.PART)
    if letter != _check_letter(series, digits):
        return numbers.invalid(numbers.CHECK_DIGIT)
    return numbers.valid(number, formatted=number)


def _examine_uen(number: str) -> IdentityFinding:
    """Business (8 digits and a letter), local company (9 and a letter) or other body (T01FC6132D)."""
    checked: str = uen.validate(number)
    return numbers.valid(checked, formatted=checked)


SCHEMES: Final = (
    IdentityScheme(
        code="nric",
        name="NRIC or FIN",
        check=numbers.checker(_examine_nric),
        person=True,
        company=False,
        source="from memory: weights 2 7 6 5 4 3 2 and letters of the S, T, F and G series; M is not confirmed",
        aliases=("fin",),
    ),
    IdentityScheme(
        code="uen",
        name="Unique Entity Number",
        check=numbers.checker(_examine_uen),
        person=False,
        company=True,
        source="Accounting and Corporate Regulatory Authority; python-stdnum 2.2 sg.uen",
    ),
)
