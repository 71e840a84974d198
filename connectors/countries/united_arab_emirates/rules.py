"""When a debtor in the United Arab Emirates may be contacted: house policy, as no clock hours were found in law.

Public sources contradict one another (09-17, 09-20, 09-21); the house keeps to the hours of the law on marketing
calls, 09:00-18:00, which lie inside nearly all of them. The text to read is the Central Bank's Consumer Protection
Standards (N 1158/2021).
"""

from __future__ import annotations

from typing import Final

from connectors.countries.united_arab_emirates.working_days import NEW_WEEK, SHARJAH
from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, house_rules, no_third_parties
from domain.contact_law import (
    CalendarSpan,
    Cap,
    ContactRule,
    Forbidden,
    Hours,
    Rolling,
    Scope,
    week,
)
from domain.contacts import Channel, Confidence

_CALLS: Final = Scope(channels=frozenset({Channel.PHONE}))
_CAP_SOURCE: Final = "house policy: the Central Bank's Consumer Protection Standards (N 1158/2021) are to be read"

RULES: Final = (
    ContactRule(
        id="ae.hours",
        text="Monday to Thursday 09:00-18:00 and Friday 09:00-12:00; in Ramadan 10:00-15:00 and 10:00-12:00; nothing "
        "on Saturday, Sunday and holidays.",
        kind=Hours(
            week=week("09:00-18:00", friday="09:00-12:00"),
            holiday=(),
            special=(("ramadan", week("10:00-15:00", friday="10:00-12:00")),),
        ),
        scope=Scope(channels=frozenset({Channel.PHONE}) | DIGITAL),
        source="house policy: sources on collection hours conflict; as for marketing calls, Cabinet Resolution "
        "56/2024 (khaleejtimes.com 2024-06-09)",
        confidence=Confidence.POLICY,
        effective_from=NEW_WEEK,
    ),
    ContactRule(
        id="ae.hours_to_2021",
        text="While the weekend was Friday and Saturday: Sunday to Thursday 09:00-18:00, in Ramadan 10:00-15:00.",
        kind=Hours(
            week=week("09:00-18:00", friday="", sunday="09:00-18:00"),
            holiday=(),
            special=(("ramadan", week("10:00-15:00", friday="", sunday="10:00-15:00")),),
        ),
        scope=Scope(channels=frozenset({Channel.PHONE}) | DIGITAL),
        source="house policy: sources on collection hours conflict; the working week of that time, from memory",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
        effective_to=NEW_WEEK,
    ),
    ContactRule(
        id="ae.sharjah_friday",
        text="Nothing in Sharjah on a Friday, which is a day of rest there.",
        kind=Hours(
            week=(None, None, None, None, (), None, None),
        ),
        # Only where Sharjah is known to be the place: the other six emirates work on Friday mornings.
        scope=Scope(
            subdivisions=frozenset({SHARJAH}),
            binds_unknown_place=False,
            channels=frozenset(Channel),
        ),
        source="Sharjah's weekend of Friday to Sunday since 2022-01-01 (from memory; the decree is to be cited)",
        confidence=Confidence.UNVERIFIED,
        effective_from=NEW_WEEK,
    ),
    ContactRule(
        id="ae.daily_cap",
        text="At most one call a day.",
        kind=Cap(limit=1, span=CalendarSpan.DAY),
        scope=_CALLS,
        source=_CAP_SOURCE,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="ae.weekly_cap",
        text="At most three calls in any seven days.",
        kind=Cap(limit=3, span=Rolling(days=7)),
        scope=_CALLS,
        source=_CAP_SOURCE,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="ae.visits",
        text="Nobody visits a debtor's home or work.",
        kind=Forbidden(),
        scope=Scope(channels=frozenset({Channel.VISIT})),
        source="house policy: no rule on visits was found",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    no_third_parties(
        "ae",
        source="CBUAE Consumer Protection Standards N 1158/2021 (course outline at thegulfconsultant.com): nothing to "
        "family or employer",
        confidence=Confidence.SECONDARY,
        since=HOUSE_SINCE,
    ),
    *house_rules("ae"),
)
