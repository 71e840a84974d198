"""What Vietnamese law asks of collecting: no agencies, a dossier for data abroad; charges and seizure are open."""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.conduct import AgencyRule, Conduct, Duty, DutyKind, LimitationRule, Manners, NameOrder
from domain.contacts import Confidence

_NEW_INVESTMENT_LAW: Final = date(2026, 3, 1)

CONDUCT: Final = Conduct(
    limitation=(
        LimitationRule(
            id="vn.limitation",
            claim="contract",
            years=3,
            text="A claim under a contract lapses after 3 years.",
            source="from memory; Civil Code 2015 art. 429 is to be read, and what begins the time anew",
            confidence=Confidence.UNVERIFIED,
            effective_from=date(2017, 1, 1),
        ),
    ),
    agencies=(
        AgencyRule(
            id="vn.agencies",
            may_act=False,
            may_hold_money=False,
            text="Collecting debt as a service is a forbidden business; contracts ended on 2021-01-01.",
            source="Law on Investment 61/2020/QH14 art. 6(1)(h) (lawnet.vn; expertis.vn; adk-lawyers)",
            confidence=Confidence.SECONDARY,
            effective_from=date(2021, 1, 1),
            effective_to=_NEW_INVESTMENT_LAW,
        ),
        AgencyRule(
            id="vn.agencies_2026",
            may_act=False,
            may_hold_money=False,
            text="Collecting debt as a service is held to be forbidden still.",
            source="Law on Investment 143/2025/QH15: its art. 6 could not be read; the older ban is taken to go on",
            confidence=Confidence.UNVERIFIED,
            effective_from=_NEW_INVESTMENT_LAW,
        ),
    ),
    duties=(
        Duty(
            id="vn.data_transfer",
            kind=DutyKind.DATA_TRANSFER,
            days=60,
            text="Within 60 days of the first transfer abroad a dossier on its impact goes to the Ministry of Public "
            "Security (A05).",
            source="Law 91/2025/QH15 and Decree 356/2025/ND-CP, in force 2026-01-01 (rajahtannasia; luatvietnam; "
            "erudituslegal; heylefty)",
            confidence=Confidence.SECONDARY,
            effective_from=date(2026, 1, 1),
        ),
    ),
    manners=Manners(
        name_order=NameOrder.FAMILY_FIRST,
        formal_address={"vi": "Anh/Chị {name}", "en": "Mr/Ms {name}"},
        source="custom, from memory: anh or chị, ông or bà for older people; never bạn",
        confidence=Confidence.UNVERIFIED,
    ),
    # Custom: TC and TU CHOI as advertising texts offer them, with and without marks.
    opt_out_words={"vi": ("TC", "TU CHOI", "TỪ CHỐI", "NGUNG", "NGỪNG", "STOP"), "en": ("STOP", "UNSUBSCRIBE")},
)
