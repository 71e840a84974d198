"""Money leaving Argentina: through the exchange market only, against papers, by the Central Bank's communications."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import APPROVAL, Purpose, Remittance, RemittanceDocument

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source="BCRA A 8226 (2025-04-14), A 8230 and A 8161; Decreto 269/2025 (eternitylaw.com; abogados.com.ar 36627; "
    "iprofesional.com 419396); the peso is not delivered abroad",
    confidence=Confidence.SECONDARY,
    documents=(
        RemittanceDocument(
            code="foreign_loan",
            name="Foreign loan settled in the exchange market, principal of a related lender with 180 days or more",
            source="BCRA A 8230 and A 8161: interest accrued from 2025-01-01; punitive interest to a related party "
            "needs the Central Bank's approval (abogados.com.ar 36627)",
            confidence=Confidence.SECONDARY,
            purposes=(Purpose.LOAN_SERVICE,),
            standing=True,
        ),
        RemittanceDocument(
            code="audited_statements",
            name="Audited statements of a year that began on 2025-01-01 or later",
            source="BCRA A 8226 (eternitylaw.com; misionesaldia): earlier profits leave by BOPREAL only",
            confidence=Confidence.SECONDARY,
            purposes=(Purpose.DIVIDEND,),
        ),
        APPROVAL,
    ),
)
