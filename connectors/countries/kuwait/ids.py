"""Kuwait's identity number of residents: the Civil ID."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_LENGTH: Final = 12
_WEIGHTS: Final = (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CENTURIES: Final = {"2": 1900, "3": 2000}


def _examine_civil_id(number: str) -> IdentityFinding:
    """Century, day of birth as YYMMDD, four digits of a series, a check digit modulo 11."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if not _is_day_of_birth(number[:7]):
        return numbers.invalid(numbers.PART)
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    # 10 and 11 are no digit: such a series is never given out.
    if 11 - total % 11 != int(number[-1]):
        return numbers.invalid(numbers.CHECK_DIGIT)
    return numbers.valid(number, formatted=number)


def _is_day_of_birth(digits: str) -> bool:
    century = _CENTURIES.get(digits[0])
    if century is None:
        return False
    try:
        date(century + int(digits[1:3]), int(digits[3:5]), int(digits[5:7]))
    except ValueError:
        return False
    return True


SCHEMES: Final = (
    IdentityScheme(
        code="civil_id",
        name="Civil ID (الرقم المدني)",
        check=numbers.checker(_examine_civil_id),
        person=True,
        company=False,
        source="Public Authority for Civil Information; idnumbers 1.22 KWT.CivilNumber, localflavor 5.1 kw (weights)",
    ),
)
