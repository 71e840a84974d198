"""What Indonesian law asks of collecting beyond the hour: no self-help, certified collectors, place, data."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.countries.indonesia.rules import POJK
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
)
from domain.contacts import Channel, Confidence

_DATA_LAW: Final = date(2024, 10, 17)
_TAKING: Final = "POJK 22/2023 art. 64 (harianbengkuluekspress 2024-01-11; guguahse 2024-01-10)"
_COURT: Final = "MK 18/PUU-XVII/2019 and 2/PUU-XIX/2021 on UU 42/1999 art. 15 (hukumonline.com)"


def _step(order: int, code: str, *, form: str, route: str, text: str, source: str) -> RecoveryStep:
    return RecoveryStep(
        id=f"id.recovery.{route}.{code}",
        order=order,
        code=code,
        form=form,
        wait_days=0,
        route=route,
        text=text,
        source=source,
        confidence=Confidence.SECONDARY,
        effective_from=POJK,
    )


def _warned(route: str) -> RecoveryStep:
    return _step(
        1,
        "warning_letter",
        form="written_notice",
        route=route,
        text="A warning letter is given; the lender holds the fiducia certificate.",
        source=_TAKING,
    )


CONDUCT: Final = completed(
    "id",
    Conduct(
        charges=(
            ChargeRule(
                id="id.late_fee",
                text="A late fine is owed as the contract says; no ceiling for banks and finance companies was found.",
                source="from memory: no rule was found; SEOJK 19/SEOJK.06/2023 binds peer-to-peer lenders only "
                "(inews.id)",
                confidence=Confidence.UNVERIFIED,
                effective_from=POJK,
                kind=ChargeKind.LATE_FEE,
                cap=AsAgreed(),
            ),
        ),
        limitation=(
            LimitationRule(
                id="id.limitation",
                text="A claim lapses after thirty years.",
                source="KUHPerdata art. 1967 (told in a public repository, read 2026-11-28; the text is to be read)",
                confidence=Confidence.SECONDARY,
                effective_from=date(1848, 5, 1),
                claim="contract",
                years=30,
            ),
        ),
        recovery=(
            _warned("default"),
            _step(
                2,
                "surrender_agreed",
                form="written_agreement",
                route="default",
                text="The debtor admits default and hands the vehicle over by written agreement; principal, fines, "
                "costs and the way of selling are explained and the taking is minuted. There is no self-help.",
                source=f"{_TAKING}; {_COURT}",
            ),
            _warned("judicial"),
            _step(
                2,
                "court_execution",
                form="court_order",
                route="judicial",
                text="Where default is disputed or the vehicle is not handed over, a court or dispute body decides "
                "first.",
                source=f"{_TAKING}; {_COURT}",
            ),
        ),
        agencies=(
            AgencyRule(
                id="id.agency",
                text="Agencies may collect with certified staff; the lender answers for what they do.",
                source="POJK 35/2018 art. 65 (motorplus-online; finance.detik.com 2020-03-12); POJK 46/2024 may have "
                "replaced it",
                confidence=Confidence.SECONDARY,
                effective_from=date(2018, 12, 27),
                may_act=True,
                may_hold_money=None,
            ),
        ),
        duties=(
            Duty(
                id="id.place",
                text="Collecting takes place at the billing address or the debtor's domicile; elsewhere by prior "
                "consent only.",
                source="POJK 22/2023 art. 62(2)(e) and (3) (okezone.com 2024-07-13)",
                confidence=Confidence.SECONDARY,
                effective_from=POJK,
                kind=DutyKind.PLACE,
                channels=frozenset({Channel.VISIT}),
            ),
            Duty(
                id="id.visit_papers",
                text="A field collector carries a letter of authority, the fiducia certificate, the notice and a "
                "certificate.",
                source="OJK as quoted at medcom.id 2021-07-28",
                confidence=Confidence.SECONDARY,
                effective_from=date(2021, 7, 28),
                kind=DutyKind.DISCLOSE,
                channels=frozenset({Channel.VISIT}),
                elements=("creditor_name", "agency_name", "agent_name"),
            ),
            Duty(
                id="id.complaints",
                text="A complaint is answered within ten working days, once extendable by ten.",
                source="APPK rules (infobanknews.com 2024-08-09)",
                confidence=Confidence.SECONDARY,
                effective_from=POJK,
                kind=DutyKind.COMPLAINTS,
                days=10,
            ),
            Duty(
                id="id.data_transfer",
                text="Data go abroad to a country of equal protection, else under binding instruments, else by "
                "consent.",
                source="UU 27/2022 art. 56, in force 2024-10-17 (smartlawyer.id; periskop.id)",
                confidence=Confidence.SECONDARY,
                effective_from=_DATA_LAW,
                kind=DutyKind.DATA_TRANSFER,
            ),
        ),
        manners=Manners(
            name_order=NameOrder.SINGLE,
            formal_address={"id": "Bapak/Ibu {name}", "en": "Mr/Ms {name}"},
            source="custom, from memory: Bapak or Ibu with the name; many people have one name only",
            confidence=Confidence.UNVERIFIED,
        ),
        # Custom, stated by no law that was read.
        opt_out_words={"id": ("STOP", "BERHENTI", "BATAL"), "en": ("STOP", "UNSUBSCRIBE")},
    ),
)
