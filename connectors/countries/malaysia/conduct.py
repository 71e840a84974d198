"""What Malaysian law asks of collecting: hire-purchase notices, who may collect, what a text message may not carry."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from connectors.shared.house_conduct import completed
from domain.conduct import (
    AgencyRule,
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
    RecoveryStep,
    Restart,
    SenderRule,
)
from domain.contacts import Channel, Confidence

_HPA: Final = date(1968, 4, 11)  # P.U. (B) 150/1968, as printed at the head of the Act (mylaw.my)
_HPA_SOURCE: Final = (
    "Hire-Purchase Act 1967 (Act 212) ss. 16-18 (summaries at cyberessays.com, scribd LAW; studylib.net)"
)
_PDPA_SOURCE: Final = "PDPA (Amendment) Act 2024 (bakermckenzie.com; stpartners.my; tmi.gr.jp)"
_CREDIT_ACT: Final = date(2026, 1, 1)
_CREDIT_ACT_SOURCE: Final = (
    "Consumer Credit Act 2025 (legal500.com; ringgitplus.com 2025-07-22; bernama.com 2493367: expected in the first "
    "quarter of 2026); the order that brings it into force was not found, so its first possible day is taken"
)
_PURCHASED: Final = frozenset({"loan", "lease"})
_INSTALMENTS: Final = 2
_INSTALMENTS_OF_THE_DEAD: Final = 4


def _steps(route: str, unpaid: int, order: int) -> tuple[RecoveryStep, ...]:
    """The two notices before a vehicle is taken back, of hirers alive and dead."""
    return (
        RecoveryStep(
            id=f"my.recovery.{route}.fourth_schedule",
            order=order,
            code="fourth_schedule_notice",
            form="written_notice_fourth_schedule",
            wait_days=14,
            after_unpaid=unpaid,
            route=route,
            products=_PURCHASED,
            text=f"After {unpaid} instalments missed in a row, or the last one, the hirer is served the notice of the "
            "Fourth Schedule.",
            source=_HPA_SOURCE,
            confidence=Confidence.SECONDARY,
            effective_from=_HPA,
        ),
        RecoveryStep(
            id=f"my.recovery.{route}.second_notice",
            order=order + 1,
            code="second_notice",
            form="written_notice",
            wait_days=21,
            route=route,
            products=_PURCHASED,
            text="A second notice follows 14 days after the first; 21 days pass from service before the vehicle is "
            "taken, counted here from the second notice, as the sources leave open from which.",
            source=_HPA_SOURCE,
            confidence=Confidence.SECONDARY,
            effective_from=_HPA,
        ),
        RecoveryStep(
            id=f"my.recovery.{route}.fifth_schedule",
            order=order + 2,
            code="fifth_schedule_notice",
            form="written_notice_fifth_schedule",
            wait_days=21,
            route=route,
            products=_PURCHASED,
            text="Within 21 days of taking the vehicle the notice of the Fifth Schedule goes to hirer and guarantors; "
            "it is not sold for 21 days, and paying in that time brings it back.",
            source=_HPA_SOURCE,
            confidence=Confidence.SECONDARY,
            effective_from=_HPA,
        ),
    )


CONDUCT: Final = completed(
    "my",
    Conduct(
        charges=(
            ChargeRule(
                id="my.late_interest",
                kind=ChargeKind.LATE_INTEREST,
                cap=Percent(Decimal(8), Per.YEAR, Basis.OVERDUE),
                products=_PURCHASED,
                text="A late charge on hire purchase is at most 8% a year of the overdue instalments.",
                source="from memory; Hire-Purchase Act 1967 s. 34 and its regulations are to be read",
                confidence=Confidence.UNVERIFIED,
                effective_from=_HPA,
            ),
        ),
        limitation=(
            LimitationRule(
                id="my.limitation",
                claim="contract",
                years=6,
                restarts=frozenset({Restart.ACKNOWLEDGEMENT, Restart.PART_PAYMENT}),
                text="A claim under a contract lapses after 6 years in Peninsular Malaysia; Sabah and Sarawak have "
                "ordinances of their own.",
                source="Limitation Act 1953 (Act 254) s. 6(1) (told in public repositories, read 2026-11-28; the "
                "Act and the ordinances of Sabah and Sarawak are to be read)",
                confidence=Confidence.SECONDARY,
                effective_from=date(1953, 1, 1),
            ),
        ),
        recovery=(
            *_steps("default", _INSTALMENTS, 1),
            *_steps("deceased", _INSTALMENTS_OF_THE_DEAD, 1),
            RecoveryStep(
                id="my.recovery.judicial",
                order=1,
                code="court_order",
                form="court_order",
                wait_days=0,
                route="judicial",
                products=_PURCHASED,
                text="Once more than 75% of the price is paid a vehicle is taken back by order of a court only.",
                source="from memory; Hire-Purchase Act 1967 s. 16(1A) is to be read",
                confidence=Confidence.UNVERIFIED,
                effective_from=_HPA,
            ),
        ),
        agencies=(
            AgencyRule(
                id="my.agency",
                may_act=True,
                may_hold_money=None,
                register="Consumer Credit Commission",
                text="Whoever collects for others or buys bad debt is registered with the Consumer Credit Commission.",
                source=_CREDIT_ACT_SOURCE,
                confidence=Confidence.SECONDARY,
                effective_from=_CREDIT_ACT,
            ),
            AgencyRule(
                id="my.repossession_agent",
                may_act=True,
                may_hold_money=None,
                register="permit of repossession agents",
                text="Whoever takes vehicles back under hire purchase holds a permit.",
                source="from memory; Hire-Purchase Act 1967 s. 17A is to be read",
                confidence=Confidence.UNVERIFIED,
                effective_from=_HPA,
            ),
        ),
        duties=(
            Duty(
                id="my.disclosure",
                kind=DutyKind.DISCLOSE,
                channels=frozenset({Channel.PHONE, Channel.VISIT}),
                elements=("agent_name", "creditor_name"),
                text="A bank's collector shows a card of authority and makes sure who the person is before naming a "
                "debt.",
                source="Bank Negara Malaysia, Fair Debt Collection Practices, 2007 (stableoption.com; RHB training "
                "deck)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2007, 1, 1),
            ),
            Duty(
                id="my.complaints",
                kind=DutyKind.COMPLAINTS,
                text="The lender answers for its collectors and handles complaints about them.",
                source=_CREDIT_ACT_SOURCE,
                confidence=Confidence.SECONDARY,
                effective_from=_CREDIT_ACT,
            ),
            Duty(
                id="my.data_transfer",
                kind=DutyKind.DATA_TRANSFER,
                text="Personal data go to countries of similar law or adequate protection.",
                source=f"{_PDPA_SOURCE}, s. 129",
                confidence=Confidence.SECONDARY,
                effective_from=date(2025, 4, 1),
            ),
            Duty(
                id="my.breach_records",
                kind=DutyKind.RETENTION,
                days=731,
                text="Records of breaches of personal data are kept for two years.",
                source=_PDPA_SOURCE,
                confidence=Confidence.SECONDARY,
                effective_from=date(2025, 6, 1),
            ),
        ),
        senders=(
            SenderRule(
                id="my.sms_content",
                channel=Channel.SMS,
                links=False,
                phone_numbers=False,
                personal_data=False,
                text="A text message with a link, a number to call or a request for personal data is blocked.",
                source="Malaysian Communications and Multimedia Commission (thestar.com.my 2024-09-02; scoop.my; "
                "soyacincau.com)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2024, 9, 1),
            ),
            SenderRule(
                id="my.sms_prefix",
                channel=Channel.SMS,
                prefix="RM0.00",
                text="A text message begins with RM0.00 and names the brand.",
                source="operators' rule (whispir.com); its first day was not stated, so the oldest day is taken",
                confidence=Confidence.SECONDARY,
                effective_from=date(2020, 1, 1),
            ),
        ),
        manners=Manners(
            name_order=NameOrder.SINGLE,
            formal_address={"ms": "Encik/Puan {name}", "en": "Mr/Ms {name}", "zh_CN": "{name}先生/女士"},
            source="custom, from memory: Encik, Puan, Cik or Tuan; titles such as Datuk and Dato' are kept",
            confidence=Confidence.UNVERIFIED,
        ),
        # Custom: no list of words in law was found.
        opt_out_words={
            "ms": ("HENTI", "BERHENTI", "BATAL", "STOP"),
            "en": ("STOP", "UNSUBSCRIBE", "CANCEL"),
            "zh_CN": ("停止", "退订"),
        },
    ),
)
