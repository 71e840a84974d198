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
        text="The Hire-Purchase Act covers vehicles up to a value of SGD 55,000, the certificate of entitlement left "
        "out.",
        source="Hire-Purchase Act 1969 (Ministry of Trade and Industry, questions on the Act, mti.gov.sg, read "
        "2026-11-29)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="hire_purchase_sale",
        text="Within seven business days of the notice that follows the taking, the hirer may ask for the vehicle back "
        "or name a buyer.",
        source="Hire-Purchase Act 1969 ss. 15(3) and 17(1) (laws.sg, read 2026-11-29)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="scope",
        text="Debts with and without security are covered, where the collecting is done in Singapore.",
        source="Debt Collection Act 2022 (No. 27 of 2022) (sso.agc.gov.sg); wrap-up speech of the Ministry of Home "
        "Affairs",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="moneylenders",
        text="Licensed moneylenders take at most 4% a month of late interest and SGD 60 a month of late fee; banks and "
        "finance companies are not meant.",
        source="Moneylenders Rules (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="identity_numbers",
        text="NRIC numbers are collected only where law asks for them or nothing else proves who somebody is.",
        source="Personal Data Protection Commission, advisory guidelines on NRIC (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="do_not_call",
        text="The Do Not Call register does not reach messages about a running contract.",
        source="Personal Data Protection Act 2012, part 9 (to be checked)",
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
