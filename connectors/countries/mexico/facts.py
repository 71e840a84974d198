"""What Mexico's law says beyond contact and conduct: tax on charges, vehicles sold otherwise, crimes, registers."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="charges_tax",
        text="Interest and fees of consumers bear 16% IVA.",
        source="LIVA (from memory, to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="prohibited_conduct",
        text="No threats, no papers that look like a court's, no names like those of public bodies, no public lists or "
        "exposure on social media.",
        source="Disposiciones en materia de despachos de cobranza, DOF 2014-10-07 (idconline.mx; expansion.mx "
        "2025-12-10; dondinero.mx)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="crime",
        text="Collecting by violence or intimidation outside the courts is a crime; a general law on extortion of 2025 "
        "adds 15 to 25 years for who forces others without right.",
        source="CPF art. 284 Bis (from memory); Ley General contra la Extorsión (eleconomista.com.mx 2025-11-26)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="repossession_other",
        text="Vehicles are also sold under reservation of title or with the endorsed invoice held back; REPUVE shows "
        "what is registered.",
        source="from memory; Código Civil Federal and Ley del Registro Público Vehicular are to be checked",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="messaging",
        text="The register REPEP does not apply to financial services nor to collecting; REUS is on marketing only.",
        source="PROFECO (pulsoslp.com.mx 2020); REUS from memory",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="data_protection",
        text="The data authority is the Secretaría Anticorrupción y Buen Gobierno; the INAI no longer exists.",
        source="LFPDPPP, DOF 2025-03-20 (tenaabogados, basham, santoselizondo)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="tax_withholding",
        text="Interest paid to non-residents bears a withholding tax of 4.9% to 35%; services from abroad bear IVA.",
        source="LISR arts. 153-175 (from memory, to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
)
