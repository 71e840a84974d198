"""What Thai law says that has no place of its own: visits, conduct that is forbidden, ceilings of rates."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="visit_fee",
        text="A field visit for hire purchase or leasing costs at most THB 400 per cycle, if two or more are due.",
        source="annex of the committee notification 2021-08-09 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="prohibited_conduct",
        text="No threat, insult, disclosure, open mail or sign of debt on an envelope; no posing as court, state or "
        "lawyer; no pressure for a cheque dated ahead.",
        source="Debt Collection Act B.E. 2558 ss. 11-13 (justicechannel.org; thaipbs.or.th)",
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
        text="Hire purchase and leasing of vehicles came under the Bank of Thailand: notification gazetted "
        "2025-12-03, rules for consumers from June 2026, which were not read.",
        source="bot.or.th news 20251216; acnews.net; thebetter.co.th 38213",
        confidence=Confidence.SECONDARY,
    ),
)
