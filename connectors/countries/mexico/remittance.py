"""Money leaving Mexico: the peso is freely converted and delivered abroad."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import Remittance

REMITTANCE: Final = Remittance(
    local_currency_leaves=True,
    source="from memory: no exchange control and a deliverable currency; Ley Monetaria and Banxico are to be checked",
    confidence=Confidence.UNVERIFIED,
)
