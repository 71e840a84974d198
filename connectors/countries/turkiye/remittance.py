"""Money leaving Türkiye: exchanged or sent through a bank; which papers banks ask for was not found."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import Remittance

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source="from memory: the lira floats and is exchanged before it leaves; Decree 32 and its communiqués, which "
    "restrict consumers' contracts in foreign currency, are to be checked",
    confidence=Confidence.UNVERIFIED,
)
