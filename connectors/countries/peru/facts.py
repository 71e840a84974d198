"""What Peru's law says beyond contact and conduct: forbidden methods, usury, promotional contact, tax."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="prohibited_conduct",
        text="No papers like those of a court, no posters at the home or elsewhere, nobody with signs or in unusual "
        "dress, no lists of debtors without a court's order.",
        source="Ley 29571 art. 62 (elegirservicio.pe); its further letters are to be read at indecopi.gob.pe",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="late_interest",
        text="The ceiling of late interest is 15% of that of compensatory interest; more is usury.",
        source="BCRP circular; Código Penal art. 214 (from memory, to be checked at bcrp.gob.pe)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="messaging",
        text="The law against unwanted promotion, with its code for telemarketing, is not aimed at collecting.",
        source="Ley 32323, 2025-05-09 (cms.law)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="tax_withholding",
        text="Services from abroad bear 18% IGV; interest paid abroad bears withholding tax of 30% or 4.99%; movements "
        "of money bear ITF of 0.005%.",
        source="from memory; to be checked at sunat.gob.pe",
        confidence=Confidence.UNVERIFIED,
    ),
)
