"""What Cambodian rules say that has no place of their own: collateral, data, riel."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="codes_of_the_trade",
        text="The code of conduct is kept by the members of the associations among themselves and is no law; it was "
        "tried from October 2021, final from January 2022 and signed in March 2022, and asks for collecting without "
        "molesting and for privacy. It states no hours that were found.",
        source="abc.org.kh, page of the code; phnompenhpost.com and cambodiainvestmentreview.com 2022-03-09 (read "
        "2026-11-29)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="data_protection",
        text="No comprehensive law on personal data is in force.",
        source="from memory; to be checked with the Ministry of Post and Telecommunications",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="riel",
        text="Riel are whole in practice: written and sent without decimals, kept with the two of ISO 4217; dollars "
        "are used beside them.",
        source="khqr_sdk; ISO 4217",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="bakong",
        text="A payment by KHQR is looked up by the MD5 of the whole code, 50 at a time, from Cambodian addresses "
        "only.",
        source="bakong-khqr README",
        confidence=Confidence.VERIFIED,
    ),
)
