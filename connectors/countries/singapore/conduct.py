"""What Singapore's law asks of collecting: a licence or own employees, and registered sender names."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_conduct import completed
from domain.conduct import (
    AgencyRule,
    AsAgreed,
    ChargeKind,
    ChargeRule,
    Conduct,
    Duty,
    DutyKind,
    LimitationRule,
    Manners,
    NameOrder,
    RecoveryStep,
    SenderRule,
)
from domain.contacts import Channel, Confidence

CONDUCT: Final = completed(
    "sg",
    Conduct(
        charges=(
            ChargeRule(
                id="sg.late_interest",
                text="What a car loan bears for delay is as the contract says.",
                source="from memory; no ceiling outside the Moneylenders Rules was found",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2020, 1, 1),
                kind=ChargeKind.LATE_INTEREST,
                cap=AsAgreed(),
            ),
        ),
        limitation=(
            LimitationRule(
                id="sg.limitation",
                claim="contract",
                years=6,
                text="A claim under a contract lapses after 6 years.",
                source="Limitation Act 1959 (magnuscredit); what begins the time anew is to be read",
                confidence=Confidence.SECONDARY,
                effective_from=date(1959, 1, 1),
            ),
        ),
        recovery=(
            RecoveryStep(
                id="sg.recovery.notice",
                text="Under hire purchase a car is taken back after a notice in the prescribed form that gives at "
                "least seven business days to pay; the Debt Collection Act leaves that alone.",
                source="Hire-Purchase Act 1969 s. 15 (singaporelegaladvice.com, read 2026-11-29; the section itself is "
                "to be read), of 1969-10-15 by its revised edition",
                confidence=Confidence.SECONDARY,
                effective_from=date(1969, 10, 15),
                order=1,
                code="repossession_notice",
                form="written_notice",
                wait_days=7,
                working_days=True,
                products=frozenset({"loan", "lease"}),
            ),
        ),
        agencies=(
            AgencyRule(
                id="sg.agency",
                may_act=True,
                may_hold_money=None,
                register="licence under the Debt Collection Act 2022",
                text="Who collects for others or buys debt holds a licence; who collects its own, a class licence, and "
                "by its own employees only.",
                source="Debt Collection Act 2022 (No. 27 of 2022) and class licence S 725/2023 (sso.agc.gov.sg)",
                confidence=Confidence.VERIFIED,
                effective_from=date(2023, 12, 1),
            ),
        ),
        duties=(
            Duty(
                id="sg.data_transfer",
                kind=DutyKind.DATA_TRANSFER,
                text="Personal data go abroad where they are protected as well as here.",
                source="Personal Data Protection Act 2012 s. 26(1) (text as copied from sso.agc.gov.sg, read "
                "2026-11-28)",
                confidence=Confidence.VERIFIED,
                effective_from=date(2014, 7, 2),
            ),
        ),
        senders=(
            SenderRule(
                id="sg.sender",
                channel=Channel.SMS,
                sender_registered=True,
                text="A sender's name is registered, with a UEN, before a text message carries it.",
                source="SMS Sender ID Registry (sgnic.sg; imda.gov.sg)",
                confidence=Confidence.VERIFIED,
                effective_from=date(2023, 1, 31),
            ),
        ),
        manners=Manners(
            name_order=NameOrder.FAMILY_FIRST,
            formal_address={"en": "Mr/Ms {name}", "ms": "Encik/Puan {name}", "zh_CN": "{name}先生/女士"},
            source="custom, from memory: Chinese names begin with the family's, Malay and Indian names have none",
            confidence=Confidence.UNVERIFIED,
        ),
        # Custom: no list of words in law was found.
        opt_out_words={"en": ("STOP", "UNSUBSCRIBE", "CANCEL"), "zh_CN": ("停止", "退订"), "ms": ("HENTI", "STOP")},
    ),
)
