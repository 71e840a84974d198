"""What Emirati law asks of collecting beyond the hour: late amounts for charity, a judge for the car, bare texts."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_conduct import completed
from connectors.shared.house_rules import HOUSE_SINCE
from domain.conduct import (
    AgencyRule,
    ChargeKind,
    ChargeRule,
    Conduct,
    Duty,
    DutyKind,
    LimitationRule,
    Manners,
    NameOrder,
    NotAllowed,
    RecoveryStep,
    SenderRule,
    ToCharity,
)
from domain.contacts import Channel, Confidence

_SHARIAH: Final = date(2021, 1, 1)
_STANDARDS: Final = "CBUAE Consumer Protection Standards N 1158/2021 (course outline at thegulfconsultant.com)"

CONDUCT: Final = completed(
    "ae",
    Conduct(
        # Of conventional loans no charge is stated: the figure for delay in Appendix 2 of Regulation 29/2011 was not
        # in the text read, so nothing is charged until it is.
        charges=(
            ChargeRule(
                id="ae.late_donation",
                text="Under an Islamic contract a late amount is due only after demand and warning, stands in the "
                "contract, and goes to charity whole.",
                source="Higher Shari'ah Authority decision of 2020-09, in force 2021-01-01 (tellerreport.com "
                "2020-09-22)",
                confidence=Confidence.SECONDARY,
                effective_from=_SHARIAH,
                kind=ChargeKind.LATE_FEE,
                cap=ToCharity(),
                products=frozenset({"murabaha", "ijara"}),
            ),
            ChargeRule(
                id="ae.murabaha",
                text="A clause that raises a murabaha's price for late payment is void.",
                source="Court of Cassation 9/2025; Federal Decree-Law 50/2022 arts. 468, 473, 481 (mondaq.com 1688272)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2023, 1, 2),
                kind=ChargeKind.LATE_INTEREST,
                cap=NotAllowed(),
                products=frozenset({"murabaha"}),
            ),
        ),
        limitation=(
            LimitationRule(
                id="ae.limitation",
                text="A commercial claim lapses after five years; a new civil law was announced for 2026.",
                source="from memory; Federal Decree-Law 50/2022 art. 92 is to be checked",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2023, 1, 2),
                claim="contract",
                years=5,
            ),
            LimitationRule(
                id="ae.limitation_civil",
                text="A civil claim lapses after 15 years.",
                source="from memory; Federal Law 5/1985 art. 473 is to be checked",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(1986, 3, 29),
                claim="civil",
                years=15,
            ),
        ),
        recovery=(
            RecoveryStep(
                id="ae.execution",
                text="There is no private repossession; the mortgage is noted at the traffic authority and the "
                "execution judge enforces it.",
                source="from memory; Federal Law 4/2020 and Cabinet Decision 29/2021 on movables are to be checked",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2021, 1, 1),
                order=1,
                code="execution_judge",
                form="court_order",
                wait_days=0,
                route="judicial",
            ),
        ),
        agencies=(
            AgencyRule(
                id="ae.agency",
                text="Agents may act for a lender, who answers for them under a written collection policy.",
                source=_STANDARDS,
                confidence=Confidence.SECONDARY,
                effective_from=HOUSE_SINCE,
                may_act=True,
                may_hold_money=None,
            ),
        ),
        duties=(
            Duty(
                id="ae.arrears_notice",
                text="The debtor gets an updated notice of arrears, and any new arrangement in writing.",
                source=_STANDARDS,
                confidence=Confidence.SECONDARY,
                effective_from=HOUSE_SINCE,
                kind=DutyKind.DISCLOSE,
                elements=("creditor_name", "amount"),
            ),
            Duty(
                id="ae.hardship",
                text="Nobody is put under undue pressure or coerced; who is in difficulty is offered counselling on "
                "credit.",
                source=_STANDARDS,
                confidence=Confidence.SECONDARY,
                effective_from=HOUSE_SINCE,
                kind=DutyKind.VULNERABLE,
            ),
            Duty(
                id="ae.complaints",
                text="The lender answers a complaint within 30 calendar days; then the customer may go to the "
                "ombudsman.",
                source="CBUAE rules on complaints (expatmedia, 2021)",
                confidence=Confidence.SECONDARY,
                effective_from=HOUSE_SINCE,
                kind=DutyKind.COMPLAINTS,
                days=30,
            ),
            Duty(
                id="ae.data_transfer",
                text="Mainland, DIFC and ADGM each have a data law; conditions for transfer abroad are to be checked.",
                source="Federal Decree-Law 45/2021; DIFC DPL 2020; ADGM DPR 2021 (hfw.com)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2022, 1, 2),
                kind=DutyKind.DATA_TRANSFER,
            ),
        ),
        senders=(
            SenderRule(
                id="ae.sms",
                text="Texts come from registered senders and carry no links, no telephone numbers and no talk of "
                "loans.",
                source="twilio.com guidelines for the United Arab Emirates",
                confidence=Confidence.VERIFIED,
                effective_from=HOUSE_SINCE,
                channel=Channel.SMS,
                links=False,
                phone_numbers=False,
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
