"""Money leaving Cambodia: the economy is dollarised and debt service is free of exchange control."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import Purpose, Remittance, RemittanceDocument

_MEMORY: Final = "from memory: no exchange control on debt service; the Law on Foreign Exchange (1997) is to be checked"

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source=_MEMORY,
    confidence=Confidence.UNVERIFIED,
    documents=(
        RemittanceDocument(
            code="loan_agreement",
            name="Loan agreement whose instalments are remitted",
            source=_MEMORY,
            confidence=Confidence.UNVERIFIED,
            purposes=(Purpose.LOAN_SERVICE,),
            standing=True,
        ),
    ),
)
