"""What Bahraini law says that has no place of its own: the schedule at signing, texts, instant transfers."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="payment_schedule",
        text="The borrower gets the schedule of payments at signing, with principal, profit and other charges for each "
        "month, and such information free of charge at least every half year.",
        source="CBB rulebook BC-4.2.24 (cbben.thomsonreuters.com entiresection/211291, read 2026-11-29) and BC-4.3 "
        "(entiresection/503849)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="fils",
        text="Card transactions are billed without rounding off fils; the house rounds no fils anywhere.",
        source="CBB rulebook BC-4.2.25A of January 2019 (cbben.thomsonreuters.com entiresection/211291, read "
        "2026-11-29) and BC-4.3.25A",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="messaging",
        text="Texts need no registered sender with the operators and keep no quiet hours; the house keeps its own.",
        source="docs.bird.com, country information guide for the Middle East",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="instant_transfers",
        text="Fawri+ reaches an account within 30 seconds up to 1,000 dinars a day (another bank says 3,000); Fawri "
        "carries any amount and credits about 10:00 and 14:30 on business days.",
        source="bisb.com; icicibank.com.bh",
        confidence=Confidence.VERIFIED,
    ),
)
