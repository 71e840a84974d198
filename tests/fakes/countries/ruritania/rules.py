"""When a debtor in Ruritania may be contacted: an invented law that uses every kind of rule there is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from domain.contact_law import (
    CalendarSpan,
    Cap,
    ConsentNeeded,
    ContactRule,
    CoolDown,
    Forbidden,
    Freeze,
    Hours,
    MinGap,
    OnlyChannels,
    RegistryBlock,
    RuleKind,
    Scope,
    span,
    week,
)
from domain.contacts import Actor, Channel, Confidence, ContactResult, PartyRole

_CODE: Final = date(2010, 1, 1)
_REFORM: Final = date(2025, 7, 1)
_SOURCE: Final = "Fiction: Collection Code of Strelsau (after Anthony Hope, The Prisoner of Zenda, 1894)"


def _rule(
    name: str,
    text: str,
    kind: RuleKind,
    *,
    scope: Scope | None = None,
    since: date = _CODE,
    until: date | None = None,
) -> ContactRule:
    return ContactRule(
        id=f"xr.{name}",
        text=text,
        kind=kind,
        scope=scope or Scope(),
        source=_SOURCE,
        confidence=Confidence.VERIFIED,
        effective_from=since,
        effective_to=until,
    )


RULES: Final = (
    _rule(
        "old_hours",
        "Until the reform every day 06:00-22:00.",
        Hours(week=week("06:00-22:00", saturday="06:00-22:00", sunday="06:00-22:00")),
        until=_REFORM,
    ),
    _rule(
        "hours",
        "09:00-12:00 and 14:00-19:00, Saturday the morning; in the rose festival mornings only; by consent any hour.",
        Hours(
            week=week("09:00-12:00 14:00-19:00", saturday="09:00-12:00"),
            holiday=(),
            special=(("red_rose", week("09:00-12:00", saturday="09:00-12:00")),),
            waived_by="outside_hours",
        ),
        since=_REFORM,
    ),
    _rule(
        "zenda_hours",
        "In the province of Zenda nothing before 10:00.",
        Hours(week=week("10:00-24:00", saturday="10:00-24:00", sunday="10:00-24:00"), holiday=span("10:00-24:00")),
        scope=Scope(subdivisions=frozenset({"XR-ZEN"})),
    ),
    _rule(
        "weekly_calls",
        "At most three calls that reached somebody in a calendar week.",
        Cap(limit=3, span=CalendarSpan.WEEK, counts=ContactResult.CONTACT),
        scope=Scope(channels=frozenset({Channel.PHONE})),
    ),
    _rule(
        "call_gap",
        "Four hours between two calls.",
        MinGap(gap=timedelta(hours=4)),
        scope=Scope(channels=frozenset({Channel.PHONE})),
    ),
    _rule(
        "rest",
        "Two days of rest once the debtor was spoken to, up to 90 days past due.",
        CoolDown(after=ContactResult.RIGHT_PARTY, rest=timedelta(days=2)),
        scope=Scope(overdue_to=90),
    ),
    _rule(
        "channels",
        "Nothing but calls, texts, e-mail and letters.",
        OnlyChannels(frozenset({Channel.PHONE, Channel.SMS, Channel.EMAIL, Channel.LETTER})),
    ),
    _rule(
        "sms_consent",
        "Texts only with consent.",
        ConsentNeeded(),
        scope=Scope(channels=frozenset({Channel.SMS})),
    ),
    _rule("holds", "Nothing while a case is on hold.", Freeze()),
    _rule("heralds_list", "Nobody on the heralds' list.", RegistryBlock("heralds")),
    _rule(
        "agencies",
        "Agencies may not collect.",
        Forbidden(),
        scope=Scope(actors=frozenset({Actor.AGENCY})),
    ),
    _rule(
        "third_party",
        "Third parties are left alone.",
        Forbidden(),
        scope=Scope(party_roles=frozenset({PartyRole.THIRD_PARTY})),
    ),
)
