"""When a debtor in Oman may be contacted: the Central Bank's framework forbids daily calls, odd hours and the doorstep.

It names no clock time and no number: hours and caps are house policy inside what it calls abusive. It binds banks,
finance and leasing companies and their agents; a dealer who lends is held to the same by the house.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from connectors.shared.house_rules import HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from connectors.shared.listed_days import FRIDAY_SATURDAY
from connectors.shared.office_week import office_week_rules
from domain.contact_law import ContactRule, Forbidden, MinGap, Scope
from domain.contacts import Channel, Confidence, LenderType, PartyRole

FRAMEWORK_SINCE: Final = date(2022, 4, 1)
FRAMEWORK: Final = (
    "CBO Financial Consumer Protection Regulatory Framework, December 2021, in force April 2022 (omanobserver.om "
    "1119894 quoting the circular; tamimi.com 2022-06-06; cbo.gov.om/news/329)"
)
_BOUND: Final = frozenset({LenderType.BANK, LenderType.FINANCE_COMPANY})
_CALLS: Final = frozenset({Channel.PHONE})
_POLICY: Final = (
    "house policy: the CBO framework names neither clock time nor number; it calls daily, late and early calls abusive"
)

RULES: Final[tuple[ContactRule, ...]] = (
    *office_week_rules("om", source=_POLICY),
    ContactRule(
        id="om.daily_calls",
        text="Nobody is called day after day: two calls lie at least 48 hours apart.",
        kind=MinGap(gap=timedelta(hours=48)),
        scope=Scope(channels=_CALLS),
        source=_POLICY,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="om.doorstep",
        text="Nobody knocks at a borrower's door.",
        kind=Forbidden(),
        scope=Scope(channels=frozenset({Channel.VISIT}), lender_types=_BOUND),
        source=FRAMEWORK,
        confidence=Confidence.SECONDARY,
        effective_from=FRAMEWORK_SINCE,
    ),
    ContactRule(
        id="om.relatives",
        text="Relatives and colleagues are not pressed.",
        kind=Forbidden(),
        scope=Scope(party_roles=frozenset({PartyRole.THIRD_PARTY}), lender_types=_BOUND),
        source=FRAMEWORK,
        confidence=Confidence.SECONDARY,
        effective_from=FRAMEWORK_SINCE,
    ),
    no_third_parties(
        "om",
        source="house policy: what the CBO framework asks of banks is kept by every lender and before it began",
        confidence=Confidence.POLICY,
        since=HOUSE_SINCE,
    ),
    daily_house_cap("om"),
    *house_rules("om", rest_days=FRIDAY_SATURDAY),
)
