"""What Vietnamese law asks of collecting: no agencies, a dossier for data abroad, late interest, seizure."""

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
    OfContractRate,
    RecoveryStep,
)
from domain.contacts import Confidence

_NEW_INVESTMENT_LAW: Final = date(2026, 3, 1)

_LENDING: Final = date(2017, 3, 15)  # Circular 39/2016, from memory
_SEIZURE: Final = date(2025, 10, 15)

CONDUCT: Final = completed(
    "vn",
    Conduct(
        charges=(
            ChargeRule(
                id="vn.late_interest",
                text="Overdue principal bears at most 150% of the contract's rate; interest on late interest, at "
                "most 10% a year, is not charged here.",
                kind=ChargeKind.LATE_INTEREST,
                cap=OfContractRate(Decimal(150), Basis.OVERDUE),
                source="Circular 39/2016/TT-NHNN art. 13(4)(c), which was not amended (text as copied in public "
                "repositories, read 2026-11-28); the 10% on late interest is secondary",
                confidence=Confidence.VERIFIED,
                effective_from=_LENDING,
            ),
        ),
        recovery=(
            RecoveryStep(
                id="vn.seizure",
                text="Credit institutions may seize what secures a bad debt where the security contract says so; "
                "force and acts against social ethics are forbidden. The days of notice are to be read.",
                source="Law 96/2025/QH15, art. 198a of the Law on Credit Institutions, in force 2025-10-15 "
                "(thuviennhadat.vn; vietnamnet 2415575)",
                confidence=Confidence.SECONDARY,
                effective_from=_SEIZURE,
                order=1,
                code="seizure_notice",
                form="written_notice",
                wait_days=0,
                route="extrajudicial",
            ),
        ),
        limitation=(
            LimitationRule(
                id="vn.limitation",
                claim="contract",
                years=3,
                text="A claim under a contract lapses after 3 years.",
                source="Civil Code 91/2015/QH13 art. 429 (text as copied in public repositories, read 2026-11-28); "
                "what begins the time anew is to be read",
                confidence=Confidence.VERIFIED,
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
                text="Collecting debt as a service stays a forbidden business.",
                source="Law on Investment 143/2025/QH15 art. 6, eighth of eleven forbidden lines (luatvietnam.vn "
                "106196, read 2026-11-29)",
                confidence=Confidence.SECONDARY,
                effective_from=_NEW_INVESTMENT_LAW,
            ),
        ),
        duties=(
            Duty(
                id="vn.data_transfer",
                kind=DutyKind.DATA_TRANSFER,
                days=60,
                text="Within 60 days of the first transfer abroad a dossier on its impact goes to the Ministry of "
                "Public Security (A05).",
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
    ),
)
