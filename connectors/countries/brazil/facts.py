"""What Brazil's law says that has no place of its own: interest, undue charges, calling codes, registers, data."""

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
    LegalFact(
        code="early_payment",
        text="A consumer may pay early, in whole or in part, and interest and other additions fall in proportion.",
        source="Lei 8.078/1990 art. 52 §2 (text as copied from planalto.gov.br, read 2026-11-29)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="over_indebtedness",
        text="A consumer who cannot pay all debts may have them rearranged in court, with all creditors.",
        source="Lei 8.078/1990 arts. 54-A to 54-G and 104-A, by Lei 14.181/2021 (from memory, to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="messaging",
        text="Não Me Ligue of São Paulo binds companies of the whole country who call lines of area codes 11 to 19; it "
        "takes effect 30 days after a line is entered, so the register is recorded of a debtor from then on. "
        "Before 2021 collection was left alone.",
        source="Lei estadual SP 17.334/2021 (g1.globo.com 2021-03-17; macmagazine.com.br 2021-03-16; estadao.com.br "
        "2017)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="no_register_of_collection",
        text="Não Me Perturbe is on calls of telephone companies and on loans deducted from wages, not on collection.",
        source="from memory; anatel.gov.br is to be checked",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="data_protection",
        text="Data of a debtor rest on the contract, the exercise of rights, legitimate interest or the protection of "
        "credit.",
        source="Lei 13.709/2018 art. 7 V, VI, IX and X (text as copied in public repositories, read 2026-11-29)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="data_incident",
        text="An incident that may harm people is told to the data authority and to them within three business days.",
        source="Lei 13.709/2018 art. 48; Res. CD/ANPD 15/2024 (told in public repositories, read 2026-11-29)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="pix_return",
        text="A Pix may be blocked and sent back for fraud up to about eleven days after it is contested; quarrels "
        "about the deal itself do not count.",
        source="Pix, Mecanismo Especial de Devolução 2.0, mandatory from 2026-02-02 (diario.dopovo.com.br 2025-12-30; "
        "sampi.net.br 2026-02-17)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="netting",
        text="Private netting of amounts owed across the border is forbidden; papers of eFX transfers are kept ten "
        "years.",
        source="Lei 14.286/2021; Res. BCB 277/2022 (btlaw.com.br)",
        confidence=Confidence.SECONDARY,
    ),
)
