"""What Egyptian law asks of collecting beyond the hour: registered collectors, their notice, complaints, data.

No charge, limitation or way to retake a vehicle is stated: the sources read name none.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.countries.egypt.rules import FRA, FRA_DAY
from connectors.shared.house_conduct import completed
from domain.conduct import AgencyRule, AsAgreed, ChargeKind, ChargeRule, Conduct, Duty, DutyKind, Manners, NameOrder
from domain.contacts import Confidence

_AGENCIES: Final = (
    AgencyRule(
        id="eg.agency",
        text="Lenders outside banking use only collectors on the authority's register, which do nothing but collect, "
        "and never in cash.",
        source=FRA,
        confidence=Confidence.SECONDARY,
        effective_from=FRA_DAY,
        may_act=True,
        may_hold_money=None,
        register="Financial Regulatory Authority (الهيئة العامة للرقابة المالية)",
    ),
)

_DUTIES: Final = (
    Duty(
        id="eg.collector_notice",
        text="The lender tells the customer who the collector is and how to verify that.",
        source=FRA,
        confidence=Confidence.SECONDARY,
        effective_from=FRA_DAY,
        kind=DutyKind.DISCLOSE,
        elements=("creditor_name", "agency_name"),
    ),
    Duty(
        id="eg.collector_reports",
        text="Collectors report customers, amounts and methods to the authority every half year.",
        source=FRA,
        confidence=Confidence.SECONDARY,
        effective_from=FRA_DAY,
        kind=DutyKind.LOG,
    ),
    Duty(
        id="eg.complaints",
        text="A bank answers a complaint within 15 working days; the customer has 15 days to object, then goes to the "
        "Central Bank. The companies that banks hire are bound too.",
        source="Central Bank instructions on customers' rights of 2019-02-19 (masress.com 207838, thebesconsult 4670)",
        confidence=Confidence.SECONDARY,
        effective_from=date(2019, 2, 19),
        kind=DutyKind.COMPLAINTS,
        days=15,
    ),
    Duty(
        id="eg.data_transfer",
        text="A law protects personal data; on what ground they may leave the country is to be checked.",
        source="Law 151/2020 on personal data; the day of effect is from memory",
        confidence=Confidence.SECONDARY,
        effective_from=date(2020, 10, 16),
        kind=DutyKind.DATA_TRANSFER,
    ),
)

CONDUCT: Final = completed(
    "eg",
    Conduct(
        charges=(
            ChargeRule(
                id="eg.late_interest",
                text="What a loan bears for delay is as the contract says, and is never taken in cash by a collector.",
                source="from memory; no ceiling was found; FRA decision 278/2025 asks for means other than cash",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2020, 1, 1),
                kind=ChargeKind.LATE_INTEREST,
                cap=AsAgreed(),
            ),
        ),
        agencies=_AGENCIES,
        duties=_DUTIES,
        manners=Manners(
            name_order=NameOrder.GIVEN_FIRST,
            formal_address={"ar": "السيد/السيدة {name}", "en": "Dear {name}"},
            source="from memory: custom; a native reader is to confirm it",
            confidence=Confidence.UNVERIFIED,
        ),
        # Custom, stated by no law that was read.
        opt_out_words={"ar": ("إيقاف", "ايقاف", "إلغاء", "الغاء", "توقف"), "en": ("STOP", "UNSUBSCRIBE")},
    ),
)
