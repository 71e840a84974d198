"""What Singapore's law says that has no structured place: repossession, late fees, harassment, messages, data."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="repossession",
        text="Taking back the car itself is no debt collection under the Act.",
        source="Debt Collection Bill, wrap-up speech of the Ministry of Home Affairs",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="harassment",
        text="Threats, insults and publishing who somebody is are offences.",
        source="Protection from Harassment Act ss. 3 and 4 (icon.sg)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="unlicensed",
        text="Collecting without a licence costs a person up to SGD 10,000 or 12 months, twice that when repeated.",
        source="Debt Collection Act 2022 (laws.sg, clause 17)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="hire_purchase",
        text="The Hire-Purchase Act covers vehicles up to a price of SGD 55,000.",
        source="Hire-Purchase Act 1969 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="breach_notice",
        text="A breach of personal data is notified within 3 calendar days of its assessment.",
        source="Personal Data Protection Act 2012 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="withholding_tax",
        text="Interest paid abroad bears a withholding tax of 15%, unless a treaty says less.",
        source="Income Tax Act 1947 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
)
