"""When a debtor in Jordan may be contacted: the Central Bank's collection guidelines of 2023, hours by house policy.

The guidelines bind microfinance companies; the house keeps them for every lender. Newspapers quote them without hours.
They let WhatsApp and Telegram serve; the house does not use them.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from connectors.shared.listed_days import FRIDAY_SATURDAY
from connectors.shared.office_week import office_week_rules
from domain.contact_law import ContactRule, Forbidden, Freeze, Scope
from domain.contacts import Confidence, LenderType, PartyRole

GUIDELINES_SINCE: Final = date(2023, 4, 1)
GUIDELINES: Final = (
    "Central Bank of Jordan, collection guidelines of microfinance companies, in force 2023-04-01 (alwakaai.com "
    "490980, alwakeelnews 622859, both quoting the circular)"
)
_FINANCE: Final = frozenset({LenderType.FINANCE_COMPANY})
_POLICY: Final = "house policy: no hours or numbers were found; the Central Bank's circular of 2023 is to be read"

RULES: Final[tuple[ContactRule, ...]] = (
    *office_week_rules("jo", source=_POLICY),
    ContactRule(
        id="jo.objection",
        text="While an objection is open nobody collects the amount in dispute.",
        kind=Freeze(frozenset({"dispute", "complaint"})),
        scope=Scope(lender_types=_FINANCE),
        source=GUIDELINES,
        confidence=Confidence.SECONDARY,
        effective_from=GUIDELINES_SINCE,
    ),
    ContactRule(
        id="jo.pressure_on_others",
        text="No third party is contacted to press the debtor.",
        kind=Forbidden(),
        scope=Scope(party_roles=frozenset({PartyRole.THIRD_PARTY}), lender_types=_FINANCE),
        source=GUIDELINES,
        confidence=Confidence.SECONDARY,
        effective_from=GUIDELINES_SINCE,
    ),
    no_third_parties(
        "jo",
        source="house policy: the guidelines of 2023 kept by every lender and before they began",
        confidence=Confidence.POLICY,
        since=HOUSE_SINCE,
    ),
    daily_house_cap("jo"),
    *house_rules("jo", rest_days=FRIDAY_SATURDAY),
)
