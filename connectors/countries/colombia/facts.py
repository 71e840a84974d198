"""What Colombia's law says beyond contact and conduct: forbidden questions, usury, tax."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="prohibited_conduct",
        text="A debtor may not be asked for the reason of the default; ways to pay that they can bear may be offered.",
        source="Ley 2300 de 2023, art. 7 (quoted word for word from funcionpublica.gov.co norma 213990 in a public "
        "repository, read 2026-11-29; bluradio.com 2023-10)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="direct_contact",
        text="The supervisor of banks is said to count a call to an authorised channel as direct contact though nobody "
        "answers.",
        source="SFC, concept 2023111476, as told in a public repository, read 2026-11-29 (ochgroup.co; "
        "ambitojuridico.com); the concept is to be read",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="contact_law",
        text="The constitutional court upheld the law on contact.",
        source="Corte Constitucional, Comunicado 29/2024 (jimenezduarte.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="late_interest",
        text="Who takes more than the usury rate loses interest and may be punished; it covers late interest too.",
        source="C.Co. art. 884, Ley 45 de 1990 art. 72, Código Penal art. 305 (from memory, to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="tax_withholding",
        text="Interest, services and dividends paid abroad bear withholding tax of 15% to 20%.",
        source="Estatuto Tributario (from memory, to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
)
