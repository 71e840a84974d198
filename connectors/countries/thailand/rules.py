"""When a debtor in Thailand may be contacted: the Debt Collection Act B.E. 2558, sections 8 and 9."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import DIGITAL, house_rules, no_third_parties
from domain.contact_law import CalendarSpan, Cap, ContactRule, Hours, Scope, span, week
from domain.contacts import Channel, Confidence, ContactResult

ACT: Final = date(2015, 9, 2)

RULES: Final = (
    ContactRule(
        id="th.hours",
        text="Monday to Friday 08:00-20:00; Saturdays, Sundays and official holidays 08:00-18:00.",
        kind=Hours(week=week("08:00-20:00", saturday="08:00-18:00", sunday="08:00-18:00"), holiday=span("08:00-18:00")),
        scope=Scope(channels=frozenset({Channel.PHONE, Channel.VISIT}) | DIGITAL),
        source="Debt Collection Act B.E. 2558 s. 9 (thailandrecorder.com; bangkokbiznews.com 1103110)",
        confidence=Confidence.SECONDARY,
        effective_from=ACT,
    ),
    ContactRule(
        id="th.daily_cap",
        text="The debtor is reached at most once a day, whoever asks and by whatever channel.",
        kind=Cap(limit=1, span=CalendarSpan.DAY, counts=ContactResult.CONTACT),
        source="Committee notification under ss. 9(3) and 16(1), Gazette 2019-08-23, in force 2019-11-21 "
        "(bangkokbiznews.com 844931; workpointtoday.com: answered or read)",
        confidence=Confidence.SECONDARY,
        effective_from=date(2019, 11, 21),
    ),
    ContactRule(
        id="th.daily_attempts",
        text="An attempt counts as well, answered or not, read or not: one a day.",
        kind=Cap(limit=1, span=CalendarSpan.DAY),
        source="house policy: whether a message was read is not known in time, so that it was sent counts",
        confidence=Confidence.POLICY,
        effective_from=date(2019, 11, 21),
    ),
    no_third_parties(
        "th",
        source="Debt Collection Act B.E. 2558 s. 8 (harwell-legal.com): others only for whereabouts, debt unsaid",
        confidence=Confidence.SECONDARY,
        since=ACT,
    ),
    *house_rules("th"),
)
