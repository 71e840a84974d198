"""Money leaving Egypt: the pound floats under management; it is exchanged at a bank against papers."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import APPROVAL, Remittance

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source="from memory: transfers abroad need documents; the Central Bank's foreign exchange rules are to be checked",
    confidence=Confidence.UNVERIFIED,
    documents=(APPROVAL,),
)
