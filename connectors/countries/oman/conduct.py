"""What Omani law asks of collecting beyond the hour: what is abusive, written guidelines, agents, data."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.countries.oman.rules import FRAMEWORK, FRAMEWORK_SINCE
from connectors.shared.house_conduct import completed
from connectors.shared.islamic_charges import late_amount_to_charity
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
)
from domain.contacts import Confidence

CONDUCT: Final = completed(
    "om",
    Conduct(
        charges=(
            ChargeRule(
                id="om.late_charge",
                text="A late charge is owed as the contract says; rates of loans to people have a ceiling (6% from "
                "memory).",
                source="from memory; the Central Bank of Oman's circulars on rates of loans to people are to be read",
                confidence=Confidence.UNVERIFIED,
                effective_from=FRAMEWORK_SINCE,
                kind=ChargeKind.LATE_FEE,
                cap=AsAgreed(),
                products=frozenset({"loan", "lease"}),
            ),
            late_amount_to_charity("om.late_islamic", since=FRAMEWORK_SINCE),
        ),
        limitation=(
            LimitationRule(
                id="om.limitation",
                text="A commercial obligation lapses after ten years.",
                source="from memory; Law of Commerce (RD 55/90) is to be checked, and what begins the time anew",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(1991, 1, 1),
                claim="contract",
                years=10,
            ),
        ),
        agencies=(
            AgencyRule(
                id="om.agency",
                text="A third party may collect for a bank, finance or leasing company and is bound as it is.",
                source=FRAMEWORK,
                confidence=Confidence.SECONDARY,
                effective_from=FRAMEWORK_SINCE,
                may_act=True,
                may_hold_money=None,
            ),
        ),
        duties=(
            Duty(
                id="om.guidelines",
                text="The lender writes down which practices of collecting are appropriate and which are not.",
                source=FRAMEWORK,
                confidence=Confidence.SECONDARY,
                effective_from=FRAMEWORK_SINCE,
                kind=DutyKind.LOG,
            ),
            Duty(
                id="om.data_transfer",
                text="A law protects personal data and has executive rules; grounds of transfer are to be read.",
                source="Royal Decree 6/2022 and its executive regulation (kennedyslaw; dataguidance)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2023, 2, 13),
                kind=DutyKind.DATA_TRANSFER,
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
