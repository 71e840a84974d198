"""What Jordanian law asks of collecting beyond the hour: objections in ten days, contracts in Arabic."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.countries.jordan.rules import GUIDELINES, GUIDELINES_SINCE
from connectors.shared.house_conduct import completed
from connectors.shared.islamic_charges import late_amount_to_charity
from domain.conduct import (
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
from domain.contacts import Channel, Confidence

CONDUCT: Final = completed(
    "jo",
    Conduct(
        charges=(
            ChargeRule(
                id="jo.late_charge",
                text="A late charge is owed as the contract says, within the Central Bank's tables of commissions.",
                source="from memory; the Central Bank of Jordan's tables of commissions are to be read",
                confidence=Confidence.UNVERIFIED,
                effective_from=GUIDELINES_SINCE,
                kind=ChargeKind.LATE_FEE,
                cap=AsAgreed(),
                products=frozenset({"loan", "lease"}),
            ),
            late_amount_to_charity("jo.late_islamic", since=GUIDELINES_SINCE),
        ),
        limitation=(
            LimitationRule(
                id="jo.limitation",
                text="A commercial obligation lapses after ten years.",
                source="from memory; Commercial Law 12/1966 art. 58 is to be checked, and what begins the time anew",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(1966, 5, 1),
                claim="contract",
                years=10,
            ),
        ),
        duties=(
            Duty(
                id="jo.objection",
                text="An objection is registered and answered in ten days.",
                source=GUIDELINES,
                confidence=Confidence.SECONDARY,
                effective_from=GUIDELINES_SINCE,
                kind=DutyKind.COMPLAINTS,
                days=10,
            ),
            Duty(
                id="jo.contact_before_court",
                text="Contact is tried and documented before a court is asked; a visit only after all else was tried.",
                source=GUIDELINES,
                confidence=Confidence.SECONDARY,
                effective_from=GUIDELINES_SINCE,
                kind=DutyKind.LOG,
            ),
            Duty(
                id="jo.visit_last",
                text="A debtor is visited only once every other means was exhausted and that is documented.",
                source=GUIDELINES,
                confidence=Confidence.SECONDARY,
                effective_from=GUIDELINES_SINCE,
                kind=DutyKind.PLACE,
                channels=frozenset({Channel.VISIT}),
            ),
            Duty(
                id="jo.language",
                text="Contracts are in Arabic, in letters of 12 points or more.",
                source="Financial Consumer Protection Instructions 14/2024 (almamlakatv 153357; jordantimes "
                "2024-10-21, whose day stands for the day of effect)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2024, 10, 21),
                kind=DutyKind.LANGUAGE,
            ),
            Duty(
                id="jo.data_transfer",
                text="A law protects personal data; on what ground they may leave the country is to be checked.",
                source="Law 24/2023 on personal data, in force 2024-03-17 (dataguidance)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2024, 3, 17),
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
