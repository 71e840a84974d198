"""Mexico's numbers: RFC of taxpayers, CURP of people, and the CLABE of bank accounts."""

from __future__ import annotations

import re
from typing import Final

from stdnum.exceptions import InvalidFormat, InvalidLength, ValidationError
from stdnum.mx import curp, rfc

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

CLABE_LENGTH: Final = 18
_GENERIC: Final = frozenset({"XAXX010101000", "XEXX010101000"})  # the public at large; foreigners without RFC
_RFC_FULL: Final = (12, 13)  # company, person
GENERIC_RFC: Final = "generic_number"  # tells nobody apart


def _check_rfc(value: str) -> IdentityFinding:
    """Letters (Ñ and & among them), a date and a homoclave. About 1.5% of real ones break the check digit: a doubt."""
    number = numbers.compact(value[: numbers.MAX_LENGTH + 1])
    if len(value) > numbers.MAX_LENGTH or len(number) not in _RFC_FULL:
        return numbers.invalid(numbers.LENGTH)
    if re.fullmatch(r"[A-ZÑ&0-9]+", number) is None:
        return numbers.invalid(numbers.CHARACTERS)
    if number in _GENERIC:
        return numbers.valid(number, formatted=rfc.format(number), warnings=(GENERIC_RFC,))
    try:
        rfc.validate(number)
    except (InvalidFormat, InvalidLength):
        return numbers.invalid(numbers.CHARACTERS)
    except ValidationError:
        return numbers.invalid(numbers.PART)
    doubts = () if rfc.is_valid(number, validate_check_digits=True) else (numbers.CHECK_DIGIT_DOUBT,)
    return numbers.valid(number, formatted=rfc.format(number), warnings=doubts)


def _examine_curp(number: str) -> IdentityFinding:
    """Eighteen characters: name, date of birth, sex, state, and a check digit."""
    return numbers.valid(curp.validate(number), formatted=number)


def clabe_check_digit(body: str) -> str:
    """The digit behind the first 17: weights 3, 7, 1, each product modulo 10 (Banxico's rule for CLABE)."""
    total = sum(int(digit) * (3, 7, 1)[place % 3] % 10 for place, digit in enumerate(body))
    return str(-total % 10)


def clabe_shown(number: str) -> str:
    """Bank, place, account and check digit, as printed."""
    return f"{number[:3]} {number[3:6]} {number[6:17]} {number[17:]}"


def _examine_clabe(number: str) -> IdentityFinding:
    """Bank 3, place 3, account 11, check digit 1."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != CLABE_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    if clabe_check_digit(number[:-1]) != number[-1]:
        return numbers.invalid(numbers.CHECK_DIGIT)
    return numbers.valid(number, formatted=clabe_shown(number))


CLABE: Final = IdentityScheme(
    code="clabe",
    name="Clave Bancaria Estandarizada",
    check=numbers.checker(_examine_clabe),
    person=True,
    company=True,
    source="cuenca-mx/clabe-python@c4826227; center-key/clabe-validator@a96c3561; es.wikipedia.org CLABE",
)

SCHEMES: Final = (
    IdentityScheme(
        code="rfc",
        name="Registro Federal de Contribuyentes",
        check=_check_rfc,
        person=True,
        company=True,
        source="python-stdnum 2.2 mx.rfc, which notes that about 1.5% of real numbers break the check digit",
    ),
    IdentityScheme(
        code="curp",
        name="Clave Única de Registro de Población",
        check=numbers.checker(_examine_curp),
        person=True,
        company=False,
        source="python-stdnum 2.2 mx.curp",
    ),
    CLABE,
)
