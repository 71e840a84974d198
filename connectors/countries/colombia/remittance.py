"""Money leaving Colombia: through the exchange market with a declaration; pesos are not delivered abroad."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from domain.contacts import Confidence
from domain.dated import Period
from domain.remittance import OutwardTax, Purpose, Remittance, RemittanceDocument

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source="from memory: the peso trades abroad as a non-deliverable forward only; Res. Externa 1/2018 to be checked",
    confidence=Confidence.UNVERIFIED,
    documents=(
        RemittanceDocument(
            code="exchange_declaration",
            name="Exchange declaration (declaración de cambio)",
            source="BanRep DCIP-83, September 2023; Res. Externa 1/2018 (compilacionjuridica.shd.gov.co)",
            confidence=Confidence.VERIFIED,
        ),
        RemittanceDocument(
            code="foreign_credit_report",
            name="Report of the foreign credit to the central bank",
            source="BanRep DCIP-83, September 2023 (compilacionjuridica.shd.gov.co)",
            confidence=Confidence.VERIFIED,
            purposes=(Purpose.LOAN_SERVICE,),
            standing=True,
        ),
    ),
    taxes=(
        OutwardTax(
            code="gmf",
            name="Tax on financial movements (4 per thousand)",
            rate=Decimal("0.004"),
            period=Period(date(2007, 1, 1)),
            source="Estatuto Tributario arts. 870 ff. (from memory, to be checked)",
            confidence=Confidence.UNVERIFIED,
        ),
    ),
)
