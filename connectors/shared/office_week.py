"""House policy on contact where offices work from Sunday to Thursday and shorten their day in Ramadan."""

from __future__ import annotations

from typing import Final

from connectors.shared.hijri import RAMADAN
from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE
from domain.contact_law import Cap, ContactRule, Forbidden, Hours, Rolling, Scope, week
from domain.contacts import Channel, Confidence

_CALLS: Final = frozenset({Channel.PHONE})
_HOURS: Final = Hours(
    week=week("09:00-18:00", friday="", sunday="09:00-18:00"),
    holiday=(),
    special=((RAMADAN, week("10:00-15:00", friday="", sunday="10:00-15:00")),),
)


def office_week_rules(prefix: str, *, source: str) -> tuple[ContactRule, ...]:
    """Hours of calls and digital messages, three calls in seven days, no visits; ``source`` says why policy fills in.

    In Ramadan the hours are 10:00-15:00. ``source`` must name the house policy.
    """
    return (
        ContactRule(
            id=f"{prefix}.hours",
            text="Sunday to Thursday 09:00-18:00, in Ramadan 10:00-15:00; nothing on Friday, Saturday and holidays.",
            kind=_HOURS,
            scope=Scope(channels=_CALLS | DIGITAL),
            source=source,
            confidence=Confidence.POLICY,
            effective_from=HOUSE_SINCE,
        ),
        ContactRule(
            id=f"{prefix}.weekly_cap",
            text="At most three calls in any seven days.",
            kind=Cap(limit=3, span=Rolling(days=7)),
            scope=Scope(channels=_CALLS),
            source=source,
            confidence=Confidence.POLICY,
            effective_from=HOUSE_SINCE,
        ),
        ContactRule(
            id=f"{prefix}.visits",
            text="Nobody visits a debtor's home or work.",
            kind=Forbidden(),
            scope=Scope(channels=frozenset({Channel.VISIT})),
            source=source,
            confidence=Confidence.POLICY,
            effective_from=HOUSE_SINCE,
        ),
    )
