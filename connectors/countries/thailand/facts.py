"""What Thai law says beyond contact hours: fees, hire purchase, conduct, agencies, data, limitation."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="late_fee",
        text="Collection fee per billing cycle: none while arrears are up to THB 1,000, THB 50 for one instalment "
        "overdue, THB 100 for more.",
        source="Committee notification 2021-08-09, in force 2021-09-12 (gam-legalalliance.com, thebestcenter.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="visit_fee",
        text="A field visit for hire purchase or leasing costs at most THB 400 per cycle, if two or more are due.",
        source="annex of the committee notification 2021-08-09 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="late_interest",
        text="Late charge of at most 5% a year on the principal of the overdue instalment.",
        source="OCPB notification B.E. 2565; CCC s. 224/1; Bank of Thailand rules of 2025-12-03 are to be read first",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="repossession",
        text="Hire purchase ends only after three consecutive instalments are missed and a written notice was given.",
        source="OCPB contract committee notification B.E. 2565, in force 2023-01-10 (dharmniti.co.th)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="disclosure",
        text="A collector says name, agency, creditor and amount, shows authority in person and gives receipts.",
        source="Debt Collection Act B.E. 2558 s. 9 (harwell-legal.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="agency",
        text="Agencies may collect when registered.",
        source="Debt Collection Act B.E. 2558 (zicolaw.com 2019-11-28)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="limitation",
        text="Hire-purchase instalments 2 years, loans repaid by instalments 5 years, other loans 10 years.",
        source="Civil and Commercial Code ss. 193/34(6), 193/33(2), 193/30 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="data_protection",
        text="Data go abroad on adequacy, safeguards or consent.",
        source="PDPA B.E. 2562 ss. 28-29 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="messaging",
        text="Sender names are registered, links in texts are whitelisted, shared shorteners are banned.",
        source="operators' rules since 2025-01-01 (clicksend.com, twilio.com, sinch.com)",
        confidence=Confidence.SECONDARY,
    ),
)
