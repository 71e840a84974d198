"""Money leaving Saudi Arabia: free of exchange control; the riyal is pegged and leaves as it is."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import Purpose, Remittance, RemittanceDocument

_MEMORY: Final = "from memory: no exchange control; what banks ask for is to be checked with SAMA's rulebook"

REMITTANCE: Final = Remittance(
    local_currency_leaves=True,
    source=_MEMORY,
    confidence=Confidence.UNVERIFIED,
    documents=(
        RemittanceDocument(
            code="finance_contract",
            name="Finance contract whose instalments are remitted",
            source=_MEMORY,
            confidence=Confidence.UNVERIFIED,
            purposes=(Purpose.LOAN_SERVICE,),
            standing=True,
        ),
    ),
)
