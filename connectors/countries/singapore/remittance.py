"""Money leaving Singapore: the Singapore dollar leaves freely; the bank may ask what a transfer is for."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import Remittance, RemittanceDocument

REMITTANCE: Final = Remittance(
    local_currency_leaves=True,
    source="from memory: no exchange control; the Monetary Authority's notices are to be checked",
    confidence=Confidence.UNVERIFIED,
    documents=(
        RemittanceDocument(
            code="transfer_evidence",
            name="Evidence of what the transfer is for, as the bank asks for it",
            source="house policy: no paper in law was found; banks ask why money leaves",
            confidence=Confidence.POLICY,
        ),
    ),
)
