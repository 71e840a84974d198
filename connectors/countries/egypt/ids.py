"""Egypt's identity numbers: the national number of people and the tax registration number."""

from __future__ import annotations

from datetime import date
from typing import Final

from stdnum.eg import tn

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_LENGTH: Final = 14
_CENTURIES: Final = {"2": 1900, "3": 2000}
# Governorates of birth; 88 is born abroad. From memory, as localflavor 5.1 lists them.
_PLACES: Final = frozenset({*range(1, 5), *range(11, 20), *range(21, 30), *range(31, 36), 88})


def _examine_national_number(number: str) -> IdentityFinding:
    """Century, six digits of a birth date, two of a governorate, four of a series and a check digit.

    How the check digit is made has not been published: it is not checked.
    """
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if not _is_born(number):
        return numbers.invalid(numbers.PART)
    doubts = () if int(number[7:9]) in _PLACES else (numbers.PLACE_DOUBT,)
    return numbers.valid(number, formatted=number, warnings=doubts)


def _is_born(number: str) -> bool:
    century = _CENTURIES.get(number[0])
    if century is None:
        return False
    try:
        date(century + int(number[1:3]), int(number[3:5]), int(number[5:7]))
    except ValueError:
        return False
    return True


def _examine_tax_number(number: str) -> IdentityFinding:
    """Nine digits; no check digit is known."""
    found = str(tn.validate(number))
    return numbers.valid(found, formatted=str(tn.format(found)))


SCHEMES: Final = (
    IdentityScheme(
        code="eg_national_id",
        name="National number (الرقم القومي)",
        check=numbers.checker(_examine_national_number),
        person=True,
        company=False,
        source="Executive regulations of Civil Status Law 143/1994 art. 3 (layout); idnumbers 1.22 EGY",
        aliases=("national_id",),
    ),
    IdentityScheme(
        code="eg_tax_number",
        name="Tax registration number (الرقم الضريبي)",
        check=numbers.checker(_examine_tax_number),
        person=False,
        company=True,
        source="python-stdnum 2.2 eg.tn",
        aliases=("tax_number",),
    ),
)
