"""What Turkish law asks of collecting beyond the hour: acceleration, agencies, notice of assignment, data, senders.

The ceiling on default interest ("the contract's rate and 30 percent of it") is from memory: counsel is to read Law 6502
and its regulation.
"""

# The dotless i is a letter of its own in Turkish.
# ruff: noqa: RUF001

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from connectors.countries.turkiye.rules import GAZETTE, GAZETTE_DAY
from connectors.shared.house_conduct import completed
from connectors.shared.house_rules import HOUSE_SINCE
from connectors.shared.islamic_charges import late_amount_to_charity
from domain.conduct import (
    AgencyRule,
    ChargeKind,
    ChargeRule,
    Conduct,
    Duty,
    DutyKind,
    Manners,
    NameOrder,
    OfContractRate,
    RecoveryStep,
    SenderRule,
)
from domain.contacts import Channel, Confidence

_CHARGES: Final = (
    ChargeRule(
        id="tr.late_interest",
        text="Default interest on a consumer loan is at most the contract's rate and 30% of it, never compounded; a "
        "participation bank takes its profit share for the rate. Instalments called in early bear none.",
        source="Tüketici Kredisi Sözleşmeleri Yönetmeliği arts. 2(6) and 18(2)-(3) (avukatgorkematas.blogspot.com); "
        "the 30% and the day of effect are from memory",
        confidence=Confidence.UNVERIFIED,
        effective_from=date(2015, 5, 22),
        kind=ChargeKind.LATE_INTEREST,
        cap=OfContractRate(Decimal(130)),
    ),
    late_amount_to_charity(
        "tr.late_islamic",
        since=HOUSE_SINCE,
        text="Under an Islamic contract of a participation bank what is taken as a penalty for delay goes to charity, "
        "less the true cost.",
    ),
)

_RECOVERY: Final = (
    RecoveryStep(
        id="tr.acceleration",
        text="The whole consumer loan falls due only if the contract reserves it, the lender has performed, and two "
        "instalments in a row are unpaid, after a notice of 30 days.",
        source="Law 6502 art. 28(1) (kulacoglu.av.tr); the 30 days are from memory and to be checked",
        confidence=Confidence.UNVERIFIED,
        effective_from=date(2014, 5, 28),
        order=1,
        code="acceleration_notice",
        form="written_notice",
        wait_days=30,
        after_unpaid=2,
    ),
)

_AGENCIES: Final = (
    AgencyRule(
        id="tr.agency",
        text="An asset-management company licensed by the banking authority collects debt that it has bought.",
        source=GAZETTE,
        confidence=Confidence.SECONDARY,
        effective_from=GAZETTE_DAY,
        may_act=True,
        may_hold_money=None,
        register="Bankacılık Düzenleme ve Denetleme Kurumu (BDDK)",
    ),
)

_DUTIES: Final = (
    Duty(
        id="tr.assignment_notice",
        text="The bank tells the debtor before it assigns the debt; the company that bought it gives written notice "
        "before it collects.",
        source=GAZETTE,
        confidence=Confidence.SECONDARY,
        effective_from=GAZETTE_DAY,
        kind=DutyKind.DISCLOSE,
        channels=frozenset({Channel.LETTER}),
        elements=("creditor_name",),
    ),
    Duty(
        id="tr.data_transfer",
        text="Personal data leave by adequacy decision, binding rules or standard clauses; the clauses are notified "
        "within five business days.",
        source="Law 6698 (KVKK) art. 9 as amended in 2024 (from memory; to be checked)",
        confidence=Confidence.UNVERIFIED,
        effective_from=date(2024, 6, 1),
        kind=DutyKind.DATA_TRANSFER,
        days=5,
    ),
)

_SENDERS: Final = (
    SenderRule(
        id="tr.sms",
        text="The sender's name of a text is registered with the operators.",
        source="from memory; the operators' and BTK's rules on sender names are to be checked",
        confidence=Confidence.UNVERIFIED,
        effective_from=GAZETTE_DAY,
        channel=Channel.SMS,
        sender_registered=True,
    ),
)

CONDUCT: Final = completed(
    "tr",
    Conduct(
        charges=_CHARGES,
        recovery=_RECOVERY,
        agencies=_AGENCIES,
        duties=_DUTIES,
        senders=_SENDERS,
        manners=Manners(
            name_order=NameOrder.GIVEN_FIRST,
            formal_address={"tr": "Sayın {name}", "en": "Dear {name}"},
            source="from memory: custom; a native reader is to confirm it",
            confidence=Confidence.UNVERIFIED,
        ),
        # Custom, stated by no law that was read.
        opt_out_words={"tr": ("RET", "DUR", "İPTAL", "IPTAL", "ÇIKIŞ", "CIKIS"), "en": ("STOP", "UNSUBSCRIBE")},
    ),
)
