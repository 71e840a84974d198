"""Money leaving Peru: exchange is free; the sol is not delivered abroad; a small tax is due on each movement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from domain.contacts import Confidence
from domain.dated import Period
from domain.remittance import OutwardTax, Remittance

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source="from memory: free exchange, the sol trades abroad as a non-deliverable forward; check at bcrp.gob.pe",
    confidence=Confidence.UNVERIFIED,
    taxes=(
        OutwardTax(
            code="itf",
            name="Tax on financial transactions (ITF)",
            rate=Decimal("0.00005"),
            period=Period(date(2011, 4, 1)),
            source="from memory; ITF of 0.005% is to be checked at sunat.gob.pe",
            confidence=Confidence.UNVERIFIED,
        ),
    ),
)
