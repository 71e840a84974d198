"""What Thai law says that has no place of its own: visits, conduct that is forbidden, ceilings of rates."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="visit_fee",
        text="A field visit for hire purchase or leasing of a vehicle costs what was spent, at most THB 400 per cycle, "
        "if two or more are due; it is not charged here.",
        source="Committee notification 2021-08-09, Gazette 2021-08-13 (isranews.org 101513); that two or more are due "
        "is from memory",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="prohibited_conduct",
        text="No threat, insult, disclosure, open mail or sign of debt on an envelope; no posing as court, state or "
        "lawyer; no pressure for a cheque dated ahead.",
        source="Debt Collection Act B.E. 2558 ss. 11-13 (justicechannel.org; thaipbs.or.th)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="penalties",
        text="More than one contact a day costs up to THB 100,000; telling third parties up to a year or THB 100,000; "
        "posing as a lawyer or threatening falsely with suit or seizure up to 3 years or THB 300,000; threats, "
        "violence and posing as court or state up to 5 years or THB 500,000.",
        source="Debt Collection Act B.E. 2558 (justicechannel.org; thaipbs.or.th; workpointtoday.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="third_parties",
        text="Others than whom the debtor designated are asked for the debtor's whereabouts only, by a collector who "
        "gives a name and does not say that there is a debt; on enquiry it is told to spouse, parents and descendants. "
        "The house asks nobody.",
        source="Debt Collection Act B.E. 2558 s. 8 (naradhip-yodsanti.blogspot.com; harwell-legal.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="reading_counts",
        text="A chat message counts towards the one contact a day once it is opened, a call once it is answered and "
        "payment asked for. The house counts both when they are made.",
        source="workpointtoday.com; bangkokbiznews.com 1103110, on the committee notification of 2019-08-23",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="other_hours",
        text="The Committee may set other hours or call hours unsuitable; that rule was not made, its time limit was "
        "extended to November 2024 at least.",
        source="Debt Collection Act B.E. 2558 ss. 9 and 22 (thailandrecorder.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="rate_ceilings",
        text="Hire purchase bears at most 10% (new car), 15% (used car) or 23% (motorcycle) a year; paying early "
        "gives back at least 60% of the interest left.",
        source="OCPB contract committee notification B.E. 2565, in force 2023-01-10 (dharmniti.co.th; isranews.org)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="bank_of_thailand",
        text="Hire purchase and leasing of vehicles came under the Bank of Thailand on 2025-12-02 by Royal Decree; its "
        "notification was gazetted 2025-12-03, lenders reported by 2026-03-31, and its rules for consumers, which "
        "were not read, hold from June 2026.",
        source="bot.or.th news 20251216; dlapiper.com 2025-06-25; nationthailand.com 40051182; thairath.co.th 2899292; "
        "acnews.net; thebetter.co.th 38213",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="early_settlement",
        text="Beyond a third of the instalments 70% of the interest left is given back, beyond two thirds all of it.",
        source="OCPB contract committee notification B.E. 2565 (to be checked; spacebar.th tells of three steps)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="line",
        text="A LINE official account writes only to people who added it; whether notices by telephone number are "
        "offered in Thailand is told both ways.",
        source="Infobip's documentation of LINE, older and newer copies; LINE Thailand is to be asked",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="breach_notice",
        text="A breach of personal data is notified within 72 hours.",
        source="Personal Data Protection Act B.E. 2562 s. 37(4) (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="withholding_tax",
        text="Interest paid abroad bears a withholding tax of 15%, unless a treaty says less.",
        source="Revenue Code (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
)
