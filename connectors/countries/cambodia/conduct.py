"""What Cambodian rules ask of collecting: a ceiling on microfinance rates, codes of the trade against harassment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from connectors.countries.cambodia.rules import CODE, CODE_SINCE
from connectors.shared.house_conduct import completed
from domain.conduct import (
    Basis,
    ChargeKind,
    ChargeRule,
    Conduct,
    Duty,
    DutyKind,
    LimitationRule,
    Manners,
    NameOrder,
    Per,
    Percent,
)
from domain.contacts import Confidence, LenderType

_PRAKAS: Final = date(2017, 4, 1)
_PRAKAS_SOURCE: Final = "Prakas B7-017-109 Pr.K of 2017-03-13, for loans from 2017-04-01 (srlaw.asia)"
_MICROFINANCE: Final = frozenset({LenderType.FINANCE_COMPANY})

CONDUCT: Final = completed(
    "kh",
    Conduct(
        charges=(
            ChargeRule(
                id="kh.rate_ceiling",
                text="A microfinance loan bears at most 18% a year, late interest included.",
                source=_PRAKAS_SOURCE,
                confidence=Confidence.SECONDARY,
                effective_from=_PRAKAS,
                kind=ChargeKind.LATE_INTEREST,
                cap=Percent(Decimal(18), Per.YEAR, Basis.OVERDUE),
                lender_types=_MICROFINANCE,
            ),
            ChargeRule(
                id="kh.rate_ceiling_of_others",
                text="Banks and dealers take no more late interest than microfinance may.",
                source=f"house policy, after {_PRAKAS_SOURCE}",
                confidence=Confidence.POLICY,
                effective_from=_PRAKAS,
                kind=ChargeKind.LATE_INTEREST,
                cap=Percent(Decimal(18), Per.YEAR, Basis.OVERDUE),
                lender_types=frozenset(LenderType) - _MICROFINANCE,
            ),
        ),
        limitation=(
            LimitationRule(
                id="kh.limitation",
                text="A claim under a contract lapses after five years.",
                source="from memory; Civil Code 2007 on extinctive prescription is to be checked",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2011, 12, 21),
                claim="contract",
                years=5,
            ),
        ),
        duties=(
            Duty(
                id="kh.no_harassment",
                text="Credit officers keep confidence and do not harass; nobody is pressed into selling what secures "
                "a loan and no identity papers are taken as security.",
                source=f"{CODE}; rules of ABC and CMA of August 2024 (vietstock)",
                confidence=Confidence.SECONDARY,
                effective_from=CODE_SINCE,
                kind=DutyKind.VULNERABLE,
            ),
            Duty(
                id="kh.standard_contract",
                text="Loans are made on the standard contract.",
                source="Standard Loan Contract of ABC, CMA and CAFT, 2023-08-30 (cma-network.org)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2023, 8, 30),
                kind=DutyKind.DISCLOSE,
                elements=("creditor_name", "contract", "amount"),
            ),
        ),
        manners=Manners(
            name_order=NameOrder.FAMILY_FIRST,
            formal_address={"km": "លោក/លោកស្រី {name}", "en": "Mr/Ms {name}"},
            source="custom, from memory: lok for men, lok srey for women; a native reader is to confirm it",
            confidence=Confidence.UNVERIFIED,
        ),
        # Custom, stated by no law that was read.
        opt_out_words={"km": ("ឈប់", "បោះបង់", "STOP"), "en": ("STOP", "UNSUBSCRIBE")},
    ),
)
