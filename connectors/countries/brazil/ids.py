"""Brazil's identity numbers: CPF of people and CNPJ of companies, letters included since July 2026."""

from __future__ import annotations

from typing import Final

from stdnum.br import cnpj, cpf

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme

_CPF_LENGTH: Final = 11
_CNPJ_LENGTH: Final = 14


def _examine_cpf(number: str) -> IdentityFinding:
    """Eleven digits, the last two check digits; eleven equal digits pass the sums but are never issued."""
    if not number.isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(number) != _CPF_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    return numbers.valid(cpf.validate(number), formatted=cpf.format(number))


def _examine_cnpj(number: str) -> IdentityFinding:
    """Twelve letters or digits and two check digits, which count a letter as its ASCII code less 48."""
    if len(number) != _CNPJ_LENGTH:
        return numbers.invalid(numbers.LENGTH)
    if not number[12:].isdecimal():
        return numbers.invalid(numbers.CHARACTERS)
    if len(set(number)) == 1:
        return numbers.invalid(numbers.REPEATED)
    return numbers.valid(cnpj.validate(number), formatted=cnpj.format(number))


SCHEMES: Final = (
    IdentityScheme(
        code="cpf",
        name="Cadastro de Pessoas Físicas",
        check=numbers.checker(_examine_cpf),
        person=True,
        company=False,
        source="Receita Federal, CPF; python-stdnum 2.2 br.cpf",
    ),
    IdentityScheme(
        code="cnpj",
        name="Cadastro Nacional da Pessoa Jurídica",
        check=numbers.checker(_examine_cnpj),
        person=False,
        company=True,
        source="Instrução Normativa RFB 2.229/2024 (alphanumeric from July 2026); python-stdnum 2.2 br.cnpj",
    ),
)
