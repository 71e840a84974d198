"""Argentina's numbers: CUIT and CUIL of taxpayers and workers, DNI of citizens, CBU and CVU of accounts."""

from __future__ import annotations

from typing import Final

from stdnum.ar import cbu, cuit

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

CBU_LENGTH: Final = 22
_CUIT_LENGTH: Final = 11
_DNI_LENGTHS: Final = (7, 8)
_PEOPLE: Final = frozenset({"20", "23", "24", "25", "26", "27"})
_COMPANIES: Final = frozenset({"30", "33", "34"})
_ABROAD: Final = frozenset({"50", "51", "55"})
_RARE: Final = frozenset({"25", "26"})  # python-stdnum knows none of them; they are told of, rarely seen


def _examine_cuit(number: str, prefixes: frozenset[str]) -> IdentityFinding:
    """Two digits of a kind, eight of a document, one check digit modulo 11."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _CUIT_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if number[:2] not in prefixes:
        return numbers.invalid(numbers.PART)
    if cuit.calc_check_digit(number[:-1]) != number[-1]:
        return numbers.invalid(numbers.CHECK_DIGIT)
    doubts = (numbers.PREFIX_DOUBT,) if number[:2] in _RARE else ()
    return numbers.valid(number, formatted=cuit.format(number), warnings=doubts)


def _examine_any_cuit(number: str) -> IdentityFinding:
    """A CUIT of a person, a company or somebody abroad."""
    return _examine_cuit(number, _PEOPLE | _COMPANIES | _ABROAD)


def _examine_cuil(number: str) -> IdentityFinding:
    """A CUIL, which only people have."""
    return _examine_cuit(number, _PEOPLE)


def _examine_dni(number: str) -> IdentityFinding:
    """Seven or eight digits without a check digit."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) not in _DNI_LENGTHS:
        return numbers.invalid(numbers.LENGTH)
    if number.startswith("0"):
        return numbers.invalid(numbers.PART)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    return numbers.valid(number, formatted=f"{int(number):,}".replace(",", "."))


def _examine_cbu(number: str) -> IdentityFinding:
    """Bank 3, branch 4, check digit, account 13, check digit; 000 begins a CVU, the account of a wallet."""
    checked: str = cbu.validate(number)
    if len(set(checked)) == 1:
        return numbers.invalid(numbers.REPEATED)
    return numbers.valid(checked, formatted=cbu.format(checked))


CBU: Final = IdentityScheme(
    code="cbu",
    name="Clave Bancaria o Virtual Uniforme (CBU, CVU)",
    check=numbers.checker(_examine_cbu),
    person=True,
    company=True,
    source="BCRA A 7533 and A 8303, consolidated (regalert.today); python-stdnum 2.2 ar.cbu",
    aliases=("cvu",),
)

SCHEMES: Final = (
    IdentityScheme(
        code="cuit",
        name="Clave Única de Identificación Tributaria",
        check=numbers.checker(_examine_any_cuit),
        person=True,
        company=True,
        source="ARCA; python-stdnum 2.2 ar.cuit; prefixes 25 and 26 as told in the country's research",
    ),
    IdentityScheme(
        code="cuil",
        name="Código Único de Identificación Laboral",
        check=numbers.checker(_examine_cuil),
        person=True,
        company=False,
        source="ANSES; the CUIT's rule with prefixes of people",
    ),
    IdentityScheme(
        code="dni",
        name="Documento Nacional de Identidad",
        check=numbers.checker(_examine_dni),
        person=True,
        company=False,
        source="RENAPER; seven or eight digits, no check digit",
    ),
    CBU,
)
