"""The United Arab Emirates' identity number of residents: the Emirates ID."""

from __future__ import annotations

from typing import Final

from stdnum import luhn

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_LENGTH: Final = 15
_COUNTRY: Final = "784"


def _examine_emirates_id(number: str) -> IdentityFinding:
    """784, four digits, seven digits, one digit.

    The authority has not published the last one as a check digit: a number that fails Luhn is accepted with a doubt.
    """
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if not number.startswith(_COUNTRY):
        return numbers.invalid(numbers.PART)
    formatted = f"{number[:3]}-{number[3:7]}-{number[7:14]}-{number[14]}"
    doubts = () if luhn.is_valid(number) else (numbers.CHECK_DIGIT_DOUBT,)
    return numbers.valid(number, formatted=formatted, warnings=doubts)


SCHEMES: Final = (
    IdentityScheme(
        code="emirates_id",
        name="Emirates ID (رقم الهوية)",
        check=numbers.checker(_examine_emirates_id),
        person=True,
        company=False,
        source="Federal Authority for Identity and Citizenship; localflavor 5.1 ae (structure), idnumbers 1.22 (Luhn)",
        aliases=("eid",),
    ),
)
