"""Money leaving Thailand: the baht is delivered abroad into limited accounts; a loan is repaid against its papers."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.remittance import Purpose, Remittance, RemittanceDocument

REMITTANCE: Final = Remittance(
    local_currency_leaves=True,
    source="non-residents' baht accounts hold at most THB 200 million each at a day's end, since 2019-07-22 "
    "(uob.co.th; bakermckenzie 2019)",
    confidence=Confidence.SECONDARY,
    documents=(
        RemittanceDocument(
            code="transfer_evidence",
            name="Evidence of what the transfer is for, as the bank asks for it",
            source="house policy: only companies that qualify under the scheme of 2023 (NRQC) are spared it",
            confidence=Confidence.POLICY,
        ),
        RemittanceDocument(
            code="inward_loan_advice",
            name="Credit advice of the inward loan with its agreement",
            source="conventuslaw.com 2017",
            confidence=Confidence.SECONDARY,
            purposes=(Purpose.LOAN_SERVICE,),
            standing=True,
        ),
    ),
)
