"""Money leaving Indonesia: above a threshold the bank asks for the underlying; rupiah are not delivered abroad."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.money import Money
from domain.remittance import Purpose, Remittance, RemittanceDocument

_THRESHOLD: Final = Money(5_000_000, "USD")

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source="the rupiah is a currency without delivery abroad (gfigroup.com, list of NDF currencies)",
    confidence=Confidence.SECONDARY,
    documents=(
        RemittanceDocument(
            code="underlying_document",
            name="Underlying of the transfer: invoice, agreement or statement of the money's origin",
            source="Bank Indonesia, thresholds from April 2026: USD 50,000 (egindo.com; CNBC Indonesia 2026-04-23)",
            confidence=Confidence.SECONDARY,
            above=_THRESHOLD,
        ),
        RemittanceDocument(
            code="foreign_loan_report",
            name="Agreement of the foreign loan and its reports (KPPK)",
            source="from memory; Bank Indonesia's rules on foreign loans (ULN) are to be checked",
            confidence=Confidence.UNVERIFIED,
            purposes=(Purpose.LOAN_SERVICE,),
            standing=True,
        ),
    ),
)
