"""Money leaving Vietnam: no dong abroad; debt service, dividends and agreed fees go in foreign money, with papers."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import Purpose, Remittance, RemittanceDocument

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source="the dong is a currency without delivery abroad (gfigroup.com, list of NDF currencies)",
    confidence=Confidence.SECONDARY,
    documents=(
        RemittanceDocument(
            code="sbv_loan_registration",
            name="Registration of the foreign loan with the State Bank, served through the loan's account",
            source="Circular 12/2022/TT-NHNN as amended by Circular 80/2025 of 2025-12-31 (luatvietnam; "
            "asemconnectvietnam): loans of more than a year",
            confidence=Confidence.VERIFIED,
            purposes=(Purpose.LOAN_SERVICE,),
            standing=True,
        ),
        RemittanceDocument(
            code="transfer_evidence",
            name="Papers of the current or one-way transfer: contract, resolution, tax papers",
            source="Circular 20/2022/TT-NHNN",
            confidence=Confidence.VERIFIED,
            purposes=(Purpose.DIVIDEND, Purpose.SERVICES),
        ),
        RemittanceDocument(
            code="transfer_approval",
            name="Approval of transfers of own funds",
            source="house policy: collected dong stay in the country; no basis for taking own funds out was found",
            confidence=Confidence.POLICY,
            purposes=(Purpose.OWN_FUNDS,),
            standing=True,
        ),
    ),
)
