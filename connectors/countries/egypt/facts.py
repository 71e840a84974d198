"""What Egyptian law says that has no place of its own: collectors of non-bank finance, complaints of banks."""

from __future__ import annotations

from typing import Final

from connectors.countries.egypt.rules import FRA
from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="collector_capital",
        text="A registered collector has capital of 10 million pounds and equity of 20 million or three years' "
        "activity, and trained staff without a criminal record.",
        source=FRA,
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="cash",
        text="What is collected for a lender outside banking is not paid in cash.",
        source=FRA,
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="instapay_limits",
        text="A transfer by InstaPay is of up to 70,000 pounds, 120,000 a day and 400,000 a month, as of 2023.",
        source="hsbc.com.eg, questions on the instant payment network; figures as told by the press in 2023",
        confidence=Confidence.SECONDARY,
    ),
)
