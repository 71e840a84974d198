"""Oman's identity number of residents: the civil number."""

from __future__ import annotations

from typing import Final

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_MAX_LENGTH: Final = 8
_MIN_LENGTH: Final = 5


def _examine_civil_number(number: str) -> IdentityFinding:
    """Up to eight digits without a check digit; it does not begin with 0."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if not _MIN_LENGTH <= len(number) <= _MAX_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if number.startswith("0"):
        return numbers.invalid(numbers.PART)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    return numbers.valid(number, formatted=number)


SCHEMES: Final = (
    IdentityScheme(
        code="om_civil_number",
        name="Civil number (الرقم المدني)",
        check=numbers.checker(_examine_civil_number),
        person=True,
        company=False,
        source="from memory: up to eight digits, no check digit; Royal Oman Police, civil status, is to be asked",
        aliases=("civil_number", "civil_id"),
    ),
)
