"""What Chile's law says beyond contact and conduct: conduct that is forbidden, promotional contact, tax."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="prohibited_conduct",
        text="No paper that is, looks like or refers to an act of a court; collecting is proportionate and reasonable.",
        source="Ley 19.496 art. 37 as amended by Ley 21.320 (its wording as reported by "
        "actualidadjuridica.doe.cl, read 2026-11-29; chocale.cl)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="useful_action",
        text="At least one free and useful action in the first 15 days after each unpaid due date.",
        source="Ley 19.496 art. 37 (sernac.cl; fullcob.cl; another page of SERNAC says 20 days)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="messaging",
        text="The register No Molestar is on promotional contact only.",
        source="SERNAC (from memory, to be checked at sernac.cl)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="tax_withholding",
        text="Services bear 19% IVA; interest paid abroad bears additional tax of 35% or 4%.",
        source="from memory; Ley sobre Impuesto a la Renta art. 59 is to be checked",
        confidence=Confidence.UNVERIFIED,
    ),
)
