"""Colombia's numbers: the NIT of taxpayers with its check digit, and the cédula of citizens, which has none."""

from __future__ import annotations

from typing import Final

from stdnum.co import nit

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_CEDULA_LENGTHS: Final = range(5, 11)  # old ones are short; those since 2003 (NUIP) have ten digits


def _examine_nit(number: str) -> IdentityFinding:
    """Up to fifteen digits and one check digit: weights 3, 7, 13, … from the right, modulo 11."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    checked = nit.validate(number)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    return numbers.valid(checked, formatted=nit.format(checked))


def _examine_cedula(number: str) -> IdentityFinding:
    """Five to ten digits, the first not zero; nothing in it tells a mistyped one."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) not in _CEDULA_LENGTHS:
        return numbers.invalid(numbers.LENGTH)
    if number.startswith("0"):
        return numbers.invalid(numbers.PART)
    return numbers.valid(number, formatted=f"{int(number):,}".replace(",", "."))


SCHEMES: Final = (
    IdentityScheme(
        code="nit",
        name="Número de Identificación Tributaria",
        check=numbers.checker(_examine_nit),
        person=True,
        company=True,
        source="DIAN; python-stdnum 2.2 co.nit",
    ),
    IdentityScheme(
        code="cedula",
        name="Cédula de ciudadanía",
        check=numbers.checker(_examine_cedula),
        person=True,
        company=False,
        source="from memory: no check digit, five to ten digits; to be checked at registraduria.gov.co",
        aliases=("cc",),
    ),
)
