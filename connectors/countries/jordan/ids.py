"""Jordan's identity number of citizens: the national number."""

from __future__ import annotations

from typing import Final

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_LENGTH: Final = 10


def _examine_national_number(number: str) -> IdentityFinding:
    """Ten digits without a check digit that is known."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    return numbers.valid(number, formatted=number)


SCHEMES: Final = (
    IdentityScheme(
        code="jo_national_number",
        name="National number (الرقم الوطني)",
        check=numbers.checker(_examine_national_number),
        person=True,
        company=False,
        source="from memory: ten digits, no check digit; Civil Status and Passports Department is to be asked",
        aliases=("national_number", "national_id"),
    ),
)
