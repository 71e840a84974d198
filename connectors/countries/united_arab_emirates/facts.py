"""What Emirati law says that has no place of its own: fees, car loans, offers, secrecy, the ombudsman, codes."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="late_fee",
        text="Fees on a consumer's car loan are capped; the figure for delay was not in the text read.",
        source="Regulation 29/2011 Appendix 2, Resolution 96/2019 (cbuae.thomsonreuters.com 4064)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="car_loan",
        text="A car loan covers at most 80% of the value for at most 60 months against a mortgage over the car; all "
        "deductions take at most half of the salary.",
        source="Regulation 29/2011 arts. 3 and 7 (cbuae.thomsonreuters.com 4064, 1793)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="offers",
        text="An offer to restructure inside a collection message is marketing: 09:00-18:00, never to numbers on the "
        "DNCR, at most once a day and twice a week unanswered, not again after a refusal, and the person is told that "
        "the call is recorded.",
        source="Cabinet Resolutions 56 and 57/2024, in force 2024-08-27 (khaleejtimes.com; thelinkinglawyer.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="sanadak",
        text="The ombudsman Sanadak acknowledges a complaint within three business days and gives a first answer "
        "within 30 calendar days; an appeal takes up to 30 business days.",
        source="sanadak.gov.ae, what to expect, resolution process",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="confidentiality",
        text="What a licensed institution knows of a customer's accounts and dealings is disclosed to no third party "
        "without the customer's written permission, also after the relationship has ended. A law of 2025 took the "
        "place of this one (from memory): its article is to be read.",
        source="Decretal Federal Law 14/2018 art. 120 (rulebook.centralbank.ae en/entiresection/837, read 2026-11-29)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="movables",
        text="Security over movables is registered (EIRC); a law and a cabinet decision govern it.",
        source="Federal Law 4/2020, Cabinet Decision 29/2021 (tamimi.com 2021-04-19)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="purpose_code",
        text="A transfer from abroad needs a purpose code of three letters (/BENEFRES/AE/XXX) or is sent back.",
        source="luminor.lv; support.aion.be",
        confidence=Confidence.VERIFIED,
    ),
)
