"""What Philippine law says that has no structured place: small loans, deficiency, fines, data."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="small_loans",
        text="BSP Circular 1133 caps interest and fees of unsecured loans of at most PHP 10,000 and 4 months; it "
        "neither caps car loans nor sets hours of contact.",
        source="SEC MC 3 s. 2022, loans from 2022-03-03 (bworldonline.com 2022-03-02; ocamposuralvo.com 2022-03-11)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="deficiency",
        text="Paying, cancelling and foreclosing exclude one another: after foreclosure of a vehicle sold by "
        "instalments nothing more is claimed, whatever was agreed. A bank's direct loan may fall outside.",
        source="Civil Code art. 1484 (Recto Law); Zayas v. Luneta (scribd; legal.forumtl.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="fines",
        text="Unfair collection costs lending companies PHP 25,000 and 50,000, financing companies 50,000 and 100,000, "
        "then up to 1 million and the licence.",
        source="SEC Memorandum Circular 18 s. 2019 (bongpico.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="phone_contacts",
        text="Contacts read from a borrower's telephone are not used to harass, nor to collect from others than "
        "guarantors; references and guarantors are asked for apart, with a notice at that moment.",
        source="NPC Circular 20-01 as amended by 2022-02 (privacy.gov.ph; syciplaw)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="pending_bills",
        text="Bills on fair debt collection (HB 7736 and the Senate's) are pending.",
        source="cibacpartylist.org",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="sim_registration",
        text="Every SIM is registered to its holder; operators block harmful links in texts.",
        source="RA 11934; NTC memorandum of September 2022 (abs-cbn.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="foreign_exchange_people",
        text="A person buys up to USD 500,000 a day without papers for payments that are no trade.",
        source="BSP FX Manual, FAQ of June 2019 and Guide to FX (bsp.gov.ph)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="breach_notice",
        text="A breach of personal data is notified within 72 hours.",
        source="Data Privacy Act 2012 (RA 10173) and its rules (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="withholding_tax",
        text="Interest paid abroad bears a withholding tax of 20%, unless a treaty says less.",
        source="National Internal Revenue Code (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
)
