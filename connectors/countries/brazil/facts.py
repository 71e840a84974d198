"""What Brazil's law says that has no place of its own: interest not agreed on, undue charges, calling codes."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="late_interest_not_agreed",
        text="Where nothing is agreed, debts are corrected by IPCA and bear Selic less IPCA, never below zero.",
        source="Código Civil arts. 389 and 406 after Lei 14.905/2024; CMN Res. 5.171/2024 (ayresribeiro.com.br)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="undue_charge",
        text="What a consumer is charged without owing it is refunded double.",
        source="Lei 8.078/1990 art. 42, sole paragraph (text as copied from planalto.gov.br, read 2026-11-28)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="calling_code",
        text="Anatel set the code 0304 apart for collecting in November 2022; whether it binds today is to be read "
        "in its acts.",
        source="correio24horas.com.br",
        confidence=Confidence.VERIFIED,
    ),
)
