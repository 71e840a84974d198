"""What Kuwaiti law says that has no place of its own: limits on loans to people, fair dealing, cards."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="consumer_loan",
        text="A consumer loan is of at most 25 net salaries and 25,000 dinars, for at most five years.",
        source="Central Bank of Kuwait, supervision FAQ (cbk.gov.kw)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="instalment",
        text="An instalment takes at most 40% of the net salary, of a pensioner at most 30%.",
        source="Central Bank of Kuwait, press release of 2008-03-24 (cbk.gov.kw)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="prohibited_conduct",
        text="A bank uses no unethical means when it asks for repayment.",
        source="Central Bank of Kuwait (aljarida.com 1462436357036534500)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="client_information",
        text="The guide of October 2025 asks banks for more secrecy and privacy and regulates how a customer's "
        "information is shared with third parties.",
        source="Central Bank of Kuwait, customer protection guide of October 2025 (alanba.com.kw 1328194, "
        "colorsnewslive 2025-10-14)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="appeal",
        text="Who is not content with the answer to a complaint goes to the Central Bank with a copy of it.",
        source="Central Bank of Kuwait, customer protection unit (cbk.gov.kw, read 2026-11-29)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="fils",
        text="Amounts have three decimals everywhere; providers take 1000 minor units as one dinar.",
        source="ISO 4217; checkout.com documentation of KNET",
        confidence=Confidence.VERIFIED,
    ),
)
