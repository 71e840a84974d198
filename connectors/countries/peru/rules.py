"""When a debtor in Peru may be contacted: the consumer code, Ley 29571 arts. 61 and 62, on calls and visits.

The law forbids calls and visits between 20:00 and 07:00 and on Saturdays, Sundays and holidays; the house keeps
the same window for messages. The day of effect is from memory: 30 days after publication on 2010-09-02.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from domain.contact_law import ContactRule, Hours, Scope, week
from domain.contacts import Channel, Confidence

_CODE: Final = date(2010, 10, 2)
_HOURS: Final = Hours(week=week("07:00-20:00"), holiday=())

RULES: Final = (
    ContactRule(
        id="pe.hours",
        text="Calls and visits Monday to Friday 07:00-20:00; none on Saturdays, Sundays and holidays.",
        kind=_HOURS,
        scope=Scope(channels=frozenset({Channel.PHONE, Channel.VISIT})),
        source="Ley 29571 art. 62 b (quoted word for word at elegirservicio.pe, proyecto-grocioprado.blogspot.com "
        "2010-12-06 and in a public repository, read 2026-11-29)",
        confidence=Confidence.VERIFIED,
        effective_from=_CODE,
    ),
    ContactRule(
        id="pe.message_hours",
        text="Digital messages keep the hours that the law sets for calls.",
        kind=_HOURS,
        scope=Scope(channels=DIGITAL),
        source="house policy, after Ley 29571 art. 62 b",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    no_third_parties(
        "pe",
        source="Ley 29571 arts. 61 and 62: nothing that harms the debtor's image before others, no calls to third "
        "parties (art. 61 quoted at proyecto-grocioprado.blogspot.com 2010-12-06; elcomercio.pe 356240 on the letters "
        "of art. 62; read 2026-11-29); INDECOPI's text is to be read",
        confidence=Confidence.SECONDARY,
        since=_CODE,
    ),
    daily_house_cap("pe"),
    *house_rules("pe"),
)
