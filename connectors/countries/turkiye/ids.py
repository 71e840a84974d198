"""Türkiye's identity numbers: people's T.C. kimlik no (also foreigners', beginning with 99) and the tax number."""

from __future__ import annotations

from typing import Final

from stdnum.tr import tckimlik, vkn

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_PERSON_LENGTH: Final = 11
_TAX_LENGTH: Final = 10


def _examine_tckn(number: str) -> IdentityFinding:
    """Eleven digits, not beginning with 0, the last two being check digits."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _PERSON_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if number.startswith("0"):
        return numbers.invalid(numbers.PART)
    found = str(tckimlik.validate(number))
    return numbers.valid(found, formatted=found)


def _examine_vkn(number: str) -> IdentityFinding:
    """Ten digits, the last being a check digit."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _TAX_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    found = str(vkn.validate(number))
    return numbers.valid(found, formatted=found)


SCHEMES: Final = (
    IdentityScheme(
        code="tckn",
        name="Kimlik number (T.C. kimlik no)",
        check=numbers.checker(_examine_tckn),
        person=True,
        company=False,
        source="python-stdnum 2.2 tr.tckimlik",
        aliases=("tckimlik",),
    ),
    IdentityScheme(
        code="vkn",
        name="Tax number (vergi kimlik no)",
        check=numbers.checker(_examine_vkn),
        person=False,
        company=True,
        source="python-stdnum 2.2 tr.vkn",
    ),
)
