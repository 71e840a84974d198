"""Money leaving Chile: exchanged freely and reported to the central bank; pesos are not delivered abroad."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import Remittance

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source="from memory: no controls, reports under the Banco Central's CNCI, the peso trades abroad as a "
    "non-deliverable forward; to be checked at bcentral.cl",
    confidence=Confidence.UNVERIFIED,
)
