"""Money leaving Oman: free of exchange control; the rial is pegged and leaves as it is."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import Remittance

REMITTANCE: Final = Remittance(
    local_currency_leaves=True,
    source="from memory: no exchange control; the Central Bank of Oman's instructions are to be checked",
    confidence=Confidence.UNVERIFIED,
)
