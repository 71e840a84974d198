"""What Qatari law says that has no place of its own: limits on loans and fees, clients' data, complaints."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="retail_limits",
        text="A resident foreigner's loan is of up to 400,000 riyals and 48 months, with at most half of the salary "
        "and 6.5 percent; no cheques dated ahead; it is substandard after three months. The page is old.",
        source="Qatar Central Bank's retail limits as told by marhaba.qa",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="fee_limits",
        text="The Central Bank sets the most that banks may take as commission, fee or expense on personal accounts "
        "and services; the figures were not read.",
        source="Qatar Central Bank, instructions to banks, 15th edition, after art. 121 of its law (mubasher.info "
        "2591669 quoting Al-Watan, read 2026-11-29)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="client_information",
        text="A financial institution processes and uses a client's data and credit information only for the purpose "
        "that they were given for; what is known of a client's debts is kept confidential.",
        source="Law 13/2012 arts. 152 and 153 (almeezan.qa, law 4782, section 14741, read 2026-11-29)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="complaints",
        text="A complaint goes to the institution first; the Central Bank tries to settle within seven working days "
        "what the institution did not.",
        source="qcb.gov.qa, customer protection, introduction (read 2026-11-29)",
        confidence=Confidence.VERIFIED,
    ),
)
