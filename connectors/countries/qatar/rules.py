"""When a debtor in Qatar may be contacted: house policy, as no rule on hours or frequency was found in law.

The penal code forbids telling others what one knows by one's work, and so talking to third parties about a debt.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from connectors.shared.listed_days import FRIDAY_SATURDAY
from domain.contact_law import Cap, ContactRule, Forbidden, Hours, Rolling, Scope, week
from domain.contacts import Channel, Confidence, PartyRole

_NONE_FOUND: Final = "house policy: no rule in law was found; the Central Bank's instructions to banks are to be read"
_PENAL_CODE: Final = date(2005, 1, 1)  # the first day of the year after: its day of effect was not read

RULES: Final = (
    ContactRule(
        id="qa.hours",
        text="Sunday to Thursday 09:00-18:00, in Ramadan 10:00-15:00; nothing on Friday, Saturday and holidays.",
        kind=Hours(
            week=week("09:00-18:00", friday="", sunday="09:00-18:00"),
            holiday=(),
            special=(("ramadan", week("10:00-15:00", friday="", sunday="10:00-15:00")),),
        ),
        scope=Scope(channels=frozenset({Channel.PHONE}) | DIGITAL),
        source=_NONE_FOUND,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="qa.weekly_cap",
        text="At most three calls in any seven days.",
        kind=Cap(limit=3, span=Rolling(days=7)),
        scope=Scope(channels=frozenset({Channel.PHONE})),
        source=_NONE_FOUND,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="qa.visits",
        text="Nobody visits a debtor's home or work.",
        kind=Forbidden(),
        scope=Scope(channels=frozenset({Channel.VISIT})),
        source=_NONE_FOUND,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="qa.secrecy",
        text="What somebody knows of a debtor by their work is told to no third party without the debtor's approval.",
        kind=Forbidden(),
        scope=Scope(party_roles=frozenset({PartyRole.THIRD_PARTY})),
        source="Penal Code, Law 11/2004, on secrets entrusted by work (itechlaw.org, answer of Al Tamimi & Company, "
        "read 2026-11-29); the article is to be read",
        confidence=Confidence.SECONDARY,
        effective_from=_PENAL_CODE,
    ),
    no_third_parties("qa", source=_NONE_FOUND, confidence=Confidence.POLICY, since=HOUSE_SINCE),
    daily_house_cap("qa"),
    *house_rules("qa", rest_days=FRIDAY_SATURDAY),
)
