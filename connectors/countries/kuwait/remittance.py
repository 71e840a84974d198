"""Money leaving Kuwait: free of exchange control; the dinar follows an undisclosed basket and leaves as it is."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import Remittance

REMITTANCE: Final = Remittance(
    local_currency_leaves=True,
    source="from memory: no exchange control; the Central Bank of Kuwait's instructions are to be checked",
    confidence=Confidence.UNVERIFIED,
)
