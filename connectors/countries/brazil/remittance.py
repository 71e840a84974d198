"""Money leaving Brazil: exchanged at an authorised bank with a stated purpose, and taxed (IOF) as it is exchanged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from domain.contacts import Confidence
from domain.dated import Period
from domain.remittance import OutwardTax, Purpose, Remittance, RemittanceDocument

REMITTANCE: Final = Remittance(
    local_currency_leaves=False,
    source="from memory: reais are exchanged at an authorised institution before they leave; Lei 14.286/2021 and "
    "Res. BCB 277/2022 are to be checked",
    confidence=Confidence.UNVERIFIED,
    documents=(
        RemittanceDocument(
            code="exchange_operation",
            name="Exchange operation of the bank with its purpose code, which the customer states",
            source="Lei 14.286/2021; Res. BCB 277/2022 (btlaw.com.br)",
            confidence=Confidence.SECONDARY,
        ),
        RemittanceDocument(
            code="foreign_credit_registration",
            name="Report of the foreign credit to the central bank (SCE-Crédito)",
            source="Res. BCB 278/2022 (btlaw.com.br, contadores.cnt.br)",
            confidence=Confidence.SECONDARY,
            purposes=(Purpose.LOAN_SERVICE,),
            standing=True,
        ),
        RemittanceDocument(
            code="dividend_tax_proof",
            name="Proof that the tax of 10% on dividends to non-residents was paid",
            source="Lei 15.270/2025, from 2026-01-01 (number.com.br 2026-01-02, veiga.law)",
            confidence=Confidence.SECONDARY,
            purposes=(Purpose.DIVIDEND,),
        ),
    ),
    taxes=(
        OutwardTax(
            code="iof_cambio",
            name="IOF on exchange",
            rate=Decimal("0.035"),
            period=Period(date(2025, 7, 16)),
            source="Decreto 12.499/2025, restored by the Supreme Court in July 2025: 3.5% on what has no rate of its "
            "own (lp.the7.com.br, brasilemfolhas.com.br); the first day is from memory",
            confidence=Confidence.SECONDARY,
            purposes=(Purpose.OWN_FUNDS, Purpose.SERVICES),
        ),
        OutwardTax(
            code="iof_cambio",
            name="IOF on exchange, at the rate of what has none of its own",
            rate=Decimal("0.035"),
            period=Period(date(2025, 7, 16)),
            source="house policy until the zero rates of Decreto 6.306/2007 arts. 15-B and 15-C are checked",
            confidence=Confidence.POLICY,
            purposes=(Purpose.LOAN_SERVICE, Purpose.DIVIDEND),
        ),
    ),
)
