"""Qatar's identity number of residents: the QID."""

from __future__ import annotations

from typing import Final

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_LENGTH: Final = 11
_CENTURIES: Final = ("2", "3")
_NO_COUNTRY: Final = "000"


def _examine_qid(number: str) -> IdentityFinding:
    """Century, two digits of a birth year, three of a nationality (ISO 3166-1 numeric), five of a series.

    There is no check digit.
    """
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if not number.startswith(_CENTURIES) or number[3:6] == _NO_COUNTRY:
        return numbers.invalid(numbers.PART)
    return numbers.valid(number, formatted=number)


SCHEMES: Final = (
    IdentityScheme(
        code="qid",
        name="QID (الرقم الشخصي)",
        check=numbers.checker(_examine_qid),
        person=True,
        company=False,
        source="localflavor 5.1 qa (structure; no check digit)",
    ),
)
