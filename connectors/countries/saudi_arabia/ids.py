"""Saudi Arabia's identity number of people: the citizen's national ID and the resident's Iqama."""

from __future__ import annotations

from typing import Final

from stdnum import luhn

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_LENGTH: Final = 10
_CITIZEN_OR_RESIDENT: Final = ("1", "2")


def _examine_saudi_id(number: str) -> IdentityFinding:
    """Ten digits; 1 begins a citizen's, 2 a resident's.

    No authority has published the last one as a check digit: a number that fails Luhn is accepted with a doubt.
    """
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if not number.startswith(_CITIZEN_OR_RESIDENT):
        return numbers.invalid(numbers.PART)
    doubts = () if luhn.is_valid(number) else (numbers.CHECK_DIGIT_DOUBT,)
    return numbers.valid(number, formatted=number, warnings=doubts)


SCHEMES: Final = (
    IdentityScheme(
        code="saudi_id",
        name="National ID or Iqama (رقم الهوية)",
        check=numbers.checker(_examine_saudi_id),
        person=True,
        company=False,
        source="idnumbers 1.22 SAU.NationalID (structure; NPHIES BV-00797, BV-00798); Luhn as widely used",
        aliases=("national_id", "iqama"),
    ),
)
