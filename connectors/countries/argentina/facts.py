"""What Argentina's law says that has no place of its own: dignity, protected users, telephone registers, tax."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="prohibited_conduct",
        text="Treatment is dignified; a claim out of court does not look like one of a court, and an insult costs "
        "punitive damages.",
        source="Ley 24.240 art. 8 bis (text as copied in public repositories, read 2026-11-28); art. 52 bis "
        "(noetingeryarmando.com)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="city_prohibitions",
        text="In the City no lists of debtors on the web or social media and no papers like a court's.",
        source="Ley 6171 of the City of Buenos Aires, amended by Ley 6271 (noetingeryarmando.com; "
        "comercioyjusticia.info)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="assigned_portfolios",
        text="Debtors of assigned portfolios stay protected users of financial services.",
        source="BCRA, Protección de los usuarios de servicios financieros (studylib 1685620; scribd 645034189)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="no_llame",
        text="The register No Llame leaves calls about a product the person already has alone.",
        source="Ley 26.951 (palermonline.com.ar)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="transfers",
        text="Immediate transfers by interoperable QR are credited in 25 seconds and cannot be taken back.",
        source="BCRA A 7153 (ushuaia24; asteriscos.tv)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="taxes",
        text="Movements of accounts bear 0.6% on each side, interest 21% IVA.",
        source="from memory; Ley 25.413 and Ley de IVA are to be checked",
        confidence=Confidence.UNVERIFIED,
    ),
)
