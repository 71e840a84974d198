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
        source="Ley 29571 art. 62 a to e (quoted word for word at elegirservicio.pe, read 2026-11-29); its further "
        "letters are to be read at indecopi.gob.pe",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="late_interest",
        text="The ceiling of late interest is 15% of that of compensatory interest; more is usury.",
        source="BCRP circular; Código Penal art. 214 (from memory, to be checked at bcrp.gob.pe)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="compensatory_ceiling",
        text="The ceiling of compensatory interest of consumer credit in soles, a year: 83.40% from May 2021, 83.64% "
        "from November 2021, 83.70% from May 2022, 87.91% from November 2022, 113.16% from November 2025. It is stated "
        "anew each May and November; that of late interest is another one.",
        source="BCRP (larepublica.pe 2022-04-15, 2022-11-01 and 2025-10-14; consultasproveedores.bcrp.gob.pe on the "
        "periods; read 2026-11-28)",
        confidence=Confidence.SECONDARY,
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
