"""What Emirati law says that has no place of its own: fees, car loans, offers in messages, purpose codes."""

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
        "DNCR, at most once a day and twice a week unanswered.",
        source="Cabinet Resolutions 56 and 57/2024, in force 2024-08-27 (khaleejtimes.com; thelinkinglawyer.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="purpose_code",
        text="A transfer from abroad needs a purpose code of three letters (/BENEFRES/AE/XXX) or is sent back.",
        source="luminor.lv; support.aion.be",
        confidence=Confidence.VERIFIED,
    ),
)
