"""What Vietnamese law says that has no structured place: advertising, sensitive data."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
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
