"""What Qatari law asks of collecting beyond the hour: no interest for who holds no licence, Arabic, data, senders.

Of licensed lenders no charge is stated, and nothing of limitation, retaking a vehicle and agencies: none was found.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_conduct import completed
from connectors.shared.house_rules import HOUSE_SINCE
from connectors.shared.islamic_charges import late_amount_to_charity
from domain.conduct import (
    ChargeKind,
    ChargeRule,
    Conduct,
    Duty,
    DutyKind,
    Manners,
    NameOrder,
    NotAllowed,
    SenderRule,
)
from domain.contacts import Channel, Confidence, LenderType

_SINCE: Final = date(2004, 9, 8)  # from memory, to be checked with the source

CONDUCT: Final = completed(
    "qa",
    Conduct(
        charges=(
            ChargeRule(
                id="qa.no_interest",
                text="Who is no licensed institution takes nothing for a loan; the contract stands without it.",
                source="Civil Code 22/2004 art. 568 (iflr.com 3556456); the day of effect is from memory",
                confidence=Confidence.SECONDARY,
                effective_from=_SINCE,
                kind=ChargeKind.LATE_INTEREST,
                cap=NotAllowed(),
                lender_types=frozenset({LenderType.VEHICLE_DEALER}),
            ),
            late_amount_to_charity(
                "qa.late_islamic",
                since=HOUSE_SINCE,
                text="Under an Islamic contract of a licensed lender what is taken for delay goes to charity, less the "
                "true cost.",
                lender_types=frozenset({LenderType.BANK, LenderType.FINANCE_COMPANY}),
            ),
        ),
        duties=(
            Duty(
                id="qa.language",
                text="Contracts with customers are in Arabic; where they are in another language too, the Arabic text "
                "decides.",
                source="Qatar Central Bank, instructions to banks, 15th edition (mubasher.info 2591669 quoting "
                "Al-Watan, read 2026-11-29); the day of effect is to be read",
                confidence=Confidence.SECONDARY,
                effective_from=HOUSE_SINCE,
                kind=DutyKind.LANGUAGE,
            ),
            Duty(
                id="qa.data_transfer",
                text="A law protects personal data, the Financial Centre has its own; grounds of transfer are to be "
                "read.",
                source="Law 13/2016 on personal data privacy; the day of effect is from memory",
                confidence=Confidence.SECONDARY,
                effective_from=date(2017, 1, 1),
                kind=DutyKind.DATA_TRANSFER,
            ),
        ),
        senders=(
            SenderRule(
                id="qa.sms",
                text="The sender's name of a text is registered first.",
                source="from memory; the operators' and the regulator's (CRA) rules on sender names are to be checked",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2020, 1, 1),
                channel=Channel.SMS,
                sender_registered=True,
            ),
        ),
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
