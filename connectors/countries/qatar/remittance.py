"""Money leaving Qatar: the riyal is pegged; nothing was found that keeps it from leaving, nothing that lets it."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import APPROVAL, Remittance

REMITTANCE: Final = Remittance(
    local_currency_leaves=True,
    source="from memory: no exchange control; the Central Bank's instructions are to be checked",
    confidence=Confidence.UNVERIFIED,
    documents=(APPROVAL,),
)
