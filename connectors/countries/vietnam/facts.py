"""What Vietnamese law says that has no structured place: late interest, seizure, advertising, sensitive data."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="late_interest",
        text="Overdue principal bears at most 150% of the contract's rate, and unpaid interest at most 10% a year.",
        source="Civil Code 2015 arts. 466 and 468; Circular 39/2016/TT-NHNN art. 13 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="repossession",
        text="Since 2025-10-15 credit institutions may seize the collateral of bad debt where the security contract "
        "says so, without force; the notice periods are to be read.",
        source="Law 96/2025/QH15, art. 198a of the Law on Credit Institutions (thuviennhadat.vn; vietnamnet 2415575)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="advertising",
        text="Advertising by text or call needs a brand name, consent before, a label and a way to refuse, and heeds "
        "the Do-Not-Call register; a reminder that carries an offer becomes advertising.",
        source="Decree 91/2020/ND-CP arts. 7 and 14-16, in force 2020-10-01 (lawnet.vn)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="sensitive_data",
        text="Bank accounts, cards, transactions and images of identity cards are sensitive data; silence is no "
        "consent, and Vietnamese data on a foreign cloud are a transfer.",
        source="Law 91/2025/QH15 and Decree 356/2025/ND-CP, in force 2026-01-01 (morihamada; rajahtannasia; "
        "luatvietnam; heylefty)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="withholding_tax",
        text="Interest paid abroad bears a foreign contractor tax of 5%.",
        source="foreign contractor tax circulars (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
)
