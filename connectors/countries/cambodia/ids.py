"""Cambodia's identity number of citizens: the number of the Khmer identity card."""

from __future__ import annotations

from typing import Final

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_LENGTH: Final = 9


def _examine_khmer_id(number: str) -> IdentityFinding:
    """Nine digits without a check digit that is known."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    return numbers.valid(number, formatted=f"{number[:3]} {number[3:6]} {number[6:]}")


SCHEMES: Final = (
    IdentityScheme(
        code="kh_national_id",
        name="Khmer identity card (អត្តសញ្ញាណប័ណ្ណ)",
        check=numbers.checker(_examine_khmer_id),
        person=True,
        company=False,
        source="from memory: nine digits; General Department of Identification is to be asked",
        aliases=("national_id",),
    ),
)
