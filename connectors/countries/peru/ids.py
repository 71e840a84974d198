"""Peru's numbers: DNI of citizens, RUC of taxpayers, and the CCI of bank accounts, whose check is a warning only."""

from __future__ import annotations

from typing import Final

from stdnum.pe import cui, ruc

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

CCI_LENGTH: Final = 20
_DNI_LENGTH: Final = 8


def _examine_dni(number: str) -> IdentityFinding:
    """Eight digits, and where given the check digit or letter behind them."""
    checked = cui.validate(number)
    digits, check = checked[:_DNI_LENGTH], checked[_DNI_LENGTH:]
    if len(set(digits)) == 1:
        return numbers.invalid(numbers.REPEATED)
    return numbers.valid(checked, formatted=f"{digits}-{check}" if check else digits)


def _examine_ruc(number: str) -> IdentityFinding:
    """Eleven digits beginning with 10, 15, 17 or 20, the last a check digit modulo 11."""
    checked = ruc.validate(number)
    return numbers.valid(checked, formatted=checked)


def cci_check_digits(body: str) -> str:
    """The two digits behind the first 18: one over bank and office, one over the account.

    Weights 1, 2, 1, 2 from the left, digits of products summed, to the next ten. Never published officially.
    """
    return _ten_less(body[:6]) + _ten_less(body[6:])


def _ten_less(digits: str) -> str:
    total = sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(digits))
    return str(-total % 10)


def cci_shown(number: str) -> str:
    """Bank, office, account and check digits, as printed."""
    return f"{number[:3]}-{number[3:6]}-{number[6:18]}-{number[18:]}"


def _examine_cci(number: str) -> IdentityFinding:
    """Bank 3, office 3, account 12, check digits 2; these may only raise a doubt."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != CCI_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    doubts = () if cci_check_digits(number[:18]) == number[18:] else (numbers.CHECK_DIGIT_DOUBT,)
    return numbers.valid(number, formatted=cci_shown(number), warnings=doubts)


CCI: Final = IdentityScheme(
    code="cci",
    name="Código de Cuenta Interbancario",
    check=numbers.checker(_examine_cci),
    person=True,
    company=True,
    source="docs.v3.localpayment.com; slash.com; check digits worked out from two published examples",
)

SCHEMES: Final = (
    IdentityScheme(
        code="dni",
        name="Documento Nacional de Identidad",
        check=numbers.checker(_examine_dni),
        person=True,
        company=False,
        source="RENIEC; python-stdnum 2.2 pe.cui",
    ),
    IdentityScheme(
        code="ruc",
        name="Registro Único de Contribuyentes",
        check=numbers.checker(_examine_ruc),
        person=True,
        company=True,
        source="SUNAT; python-stdnum 2.2 pe.ruc",
    ),
    CCI,
)
