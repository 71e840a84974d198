"""Money leaving Malaysia: the ringgit does not leave; it is exchanged by a licensed bank in the country."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import Remittance, RemittanceDocument

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source="Bank Negara Malaysia, foreign exchange policy notices 1 to 7 of 2022-06-01 under s. 214 of the Financial "
    "Services Act 2013: only licensed onshore banks exchange ringgit (hlb.com.my; publicislamicbank.com.my)",
    confidence=Confidence.SECONDARY,
    documents=(
        RemittanceDocument(
            code="transfer_evidence",
            name="Evidence of what the transfer is for, as the bank asks for it",
            source="house policy: proceeds leave freely once exchanged (notice 4, to be checked), the bank may ask why",
            confidence=Confidence.POLICY,
        ),
    ),
)
