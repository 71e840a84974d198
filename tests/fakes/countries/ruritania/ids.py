"""Ruritania's identity number, which does not exist: the Crown number."""

from __future__ import annotations

from typing import Final

from stdnum import luhn

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_LENGTH: Final = 8


def _examine_crown_number(number: str) -> IdentityFinding:
    """R, six digits and a Luhn digit over them."""
    if not number.startswith("R"):
        return numbers.invalid(numbers.PART)
    if len(number) != _LENGTH:
        return numbers.invalid(numbers.LENGTH)
    luhn.validate(number[1:])
    return numbers.valid(number, formatted=f"R-{number[1:4]}-{number[4:]}")


SCHEMES: Final = (
    IdentityScheme(
        code="crown_number",
        name="Crown number",
        check=numbers.checker(_examine_crown_number),
        person=True,
        company=True,
        source="Fiction: Anthony Hope, The Prisoner of Zenda (1894), names the country; the number is invented",
    ),
)
