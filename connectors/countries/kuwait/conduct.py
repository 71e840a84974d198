"""What Kuwaiti law asks of collecting beyond the hour: a ceiling on rates, complaints in five working days, data."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_conduct import completed
from connectors.shared.islamic_charges import late_amount_to_charity
from domain.conduct import (
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
    SenderRule,
    Series,
)
from domain.contacts import Channel, Confidence

_GUIDE_COMPLIED: Final = date(2026, 4, 1)
_RATES: Final = date(2008, 3, 24)

CONDUCT: Final = completed(
    "kw",
    Conduct(
        charges=(
            ChargeRule(
                id="kw.rate_ceiling",
                text="A loan bears at most the Central Bank's discount rate and three percent; nothing is taken up "
                "front.",
                source="Central Bank of Kuwait, press release of 2008-03-24 (cbk.gov.kw)",
                confidence=Confidence.VERIFIED,
                effective_from=_RATES,
                kind=ChargeKind.LATE_INTEREST,
                # The discount rate of no day was read: nothing is charged until the ceilings are added by date.
                cap=Series(per=Per.YEAR, rates=(), stale_days=366, basis=Basis.OVERDUE),
                products=frozenset({"loan", "lease"}),
            ),
            late_amount_to_charity("kw.late_islamic", since=_RATES),
        ),
        limitation=(
            LimitationRule(
                id="kw.limitation",
                text="A commercial obligation lapses after ten years.",
                source="from memory; Commercial Law 68/1980 art. 118 is to be checked, and what begins the time anew",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(1981, 2, 25),
                claim="contract",
                years=10,
            ),
        ),
        duties=(
            Duty(
                id="kw.complaints_before",
                text="A bank answers a complaint within 15 working days.",
                source="Central Bank of Kuwait, circular of 2011-01-19 (cbk.gov.kw, customer protection unit, "
                "introduction; read 2026-11-29)",
                confidence=Confidence.VERIFIED,
                effective_from=date(2011, 1, 19),
                effective_to=_GUIDE_COMPLIED,
                kind=DutyKind.COMPLAINTS,
                days=15,
            ),
            Duty(
                id="kw.complaints",
                text="A bank answers a complaint within five working days.",
                source="Central Bank of Kuwait, customer protection guide of October 2025, to be kept in full by April "
                "2026 (alanba.com.kw 1328194, colorsnewslive)",
                confidence=Confidence.SECONDARY,
                effective_from=_GUIDE_COMPLIED,
                kind=DutyKind.COMPLAINTS,
                days=5,
            ),
            Duty(
                id="kw.data",
                text="There is no general law on personal data; the law on electronic transactions protects those in "
                "records of such transactions, and a rule binds providers of telecommunications.",
                source="Law 20/2014; CITRA, data privacy protection regulation (dlapiperdataprotection.com, hfw.com); "
                "its day of effect is from memory",
                confidence=Confidence.SECONDARY,
                effective_from=date(2021, 4, 4),
                kind=DutyKind.DATA_TRANSFER,
            ),
        ),
        senders=(
            SenderRule(
                id="kw.sms",
                text="The sender's name of a text is registered first.",
                source="from memory; the operators' and the regulator's (CITRA) rules on sender names are to be "
                "checked",
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
