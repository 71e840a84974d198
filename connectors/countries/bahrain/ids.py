"""Bahrain's identity number of residents: the personal number (CPR)."""

from __future__ import annotations

from typing import Final

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_LENGTH: Final = 9
_MONTHS: Final = range(1, 13)


def _examine_cpr(number: str) -> IdentityFinding:
    """Year and month of birth, four digits of a series, one check digit whose rule is not public."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if int(number[2:4]) not in _MONTHS:
        return numbers.invalid(numbers.PART)
    return numbers.valid(number, formatted=number)


SCHEMES: Final = (
    IdentityScheme(
        code="cpr",
        name="Personal number (الرقم الشخصي)",
        check=numbers.checker(_examine_cpr),
        person=True,
        company=False,
        source="idnumbers 1.22 BHR (structure); the check digit's rule is not public",
    ),
)
