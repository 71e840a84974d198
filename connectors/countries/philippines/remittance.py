"""Money leaving the Philippines: pesos are not delivered abroad; a bank sells currency against papers above a limit."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.money import Money
from domain.remittance import Purpose, Remittance, RemittanceDocument

_COMPANY_DAY_LIMIT: Final = Money(100_000_000, "USD")

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source="the peso is a currency without delivery abroad (gfigroup.com, list of NDF currencies)",
    confidence=Confidence.SECONDARY,
    documents=(
        RemittanceDocument(
            code="fx_purchase_documents",
            name="Application to buy foreign exchange, with the papers of the transaction",
            source="BSP FX Manual, FAQ of June 2019 and Guide to FX (bsp.gov.ph): a company buys up to USD 1 million a "
            "day without papers",
            confidence=Confidence.VERIFIED,
            above=_COMPANY_DAY_LIMIT,
        ),
        RemittanceDocument(
            code="bsp_registration",
            name="BSP registration document of the foreign loan (BSRD)",
            source="BSP FX Manual, FAQ of June 2019 and Guide to FX (bsp.gov.ph)",
            confidence=Confidence.VERIFIED,
            purposes=(Purpose.LOAN_SERVICE,),
            standing=True,
        ),
    ),
)
