"""What Brazil's law says beyond contact: charges, limitation, repossession, agencies, data."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="late_fee",
        text="A consumer pays at most 2% of the instalment as late fine, plus late interest of up to 1% a month.",
        source="Lei 8.078/1990 art. 52 §1; Súmula 379 STJ (to be checked on planalto.gov.br and stj.jus.br)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="late_interest_not_agreed",
        text="Where nothing is agreed, debts are corrected by IPCA and bear Selic less IPCA, never below zero.",
        source="Código Civil arts. 389 and 406 after Lei 14.905/2024; CMN Res. 5.171/2024 (ayresribeiro.com.br)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="undue_charge",
        text="What a consumer is charged without owing it is refunded double.",
        source="Lei 8.078/1990 art. 42, sole paragraph (to be checked on planalto.gov.br)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="disclosure",
        text="Every collection document names the supplier with address and CPF or CNPJ.",
        source="Lei 8.078/1990 art. 42-A (to be checked on planalto.gov.br)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="recording",
        text="In Rio de Janeiro calls are recorded, the consumer is told so in every contact, the recording is handed "
        "over within 7 business days, and every amount is itemised.",
        source="Lei estadual RJ 6.854/2014, art. 3 §4, as amended by Lei 7.868/2018 (normasbrasil.com.br)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="limitation",
        text="Five years for a liquid debt in writing; three for executing a bank credit note.",
        source="Código Civil art. 206 §5 I; Lei 10.931/2004 art. 44 (to be checked on planalto.gov.br)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="negative_listing",
        text="Negative data are kept for at most five years, and the debtor is told in writing before being listed.",
        source="Lei 8.078/1990 art. 43 §§1-2 (to be checked on planalto.gov.br)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="repossession",
        text="Default is proved by a registered letter sent to the contract's address; its receipt need not be proved.",
        source="Decreto-Lei 911/1969 art. 2 §2; STJ Tema 1.132 (REsp 1.951.662/RS)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="repossession_extrajudicial",
        text="With an express clause the registry of deeds gives the debtor 20 days to pay or object; then ownership "
        "consolidates, and a vehicle not handed over costs a 5% fine.",
        source="Decreto-Lei 911/1969 arts. 8-B to 8-E, by Lei 14.711/2023 (legjur.com, jurishand.com)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="agency",
        text="Agencies may collect and may receive money; no national licence for them was found.",
        source="no rule found; to be confirmed by counsel",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="data_protection",
        text="Personal data leave the country on adequacy, standard clauses, binding rules or seals; the notice names "
        "the countries of destination.",
        source="Lei 13.709/2018 art. 33; Res. CD/ANPD 19/2024 (mosello.com.br, camposthomaz.com)",
        confidence=Confidence.VERIFIED,
    ),
)
