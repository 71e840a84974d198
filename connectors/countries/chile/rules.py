"""When a debtor in Chile may be contacted: Ley 19.496 art. 37 as amended by Ley 21.320.

One call or visit a week, and beside it two contacts a week over other channels, at least two days apart. A week is that
of the calendar, from Monday; attempts count too, which is the stricter reading.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, house_rules, no_third_parties
from domain.contact_law import CalendarSpan, Cap, ContactRule, Freeze, Hours, MinGap, Scope, week
from domain.contacts import Channel, Confidence

_LAW: Final = date(2021, 4, 20)
_ARTICLE: Final = "Ley 19.496 art. 37 as amended by Ley 21.320, Diario Oficial 2021-04-20"
_READ: Final = (
    "(its wording as reported by actualidadjuridica.doe.cl and, as it was passed, by camara.cl 2021-03-30, both read "
    "2026-11-29; garrigues.com)"
)
_CALLS: Final = frozenset({Channel.PHONE, Channel.VISIT})
_OTHERS: Final = frozenset(Channel) - _CALLS
_REACHES: Final = _CALLS | DIGITAL
_HOURS: Final = Hours(week=week("08:00-20:00", saturday="08:00-20:00"), holiday=())

RULES: Final = (
    ContactRule(
        id="cl.hours",
        text="Business days 08:00-20:00: Monday to Saturday, never on Sundays and holidays.",
        kind=_HOURS,
        scope=Scope(channels=_REACHES),
        source=f"{_ARTICLE}; CPC art. 59 (sernac.cl w3-propertyvalue-62993)",
        confidence=Confidence.VERIFIED,
        effective_from=_LAW,
    ),
    ContactRule(
        id="cl.hours_before_the_law",
        text="Before the law the house kept the hours that it brought.",
        kind=_HOURS,
        scope=Scope(channels=_REACHES),
        source="house policy: the older law on hours was not read",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
        effective_to=_LAW,
    ),
    ContactRule(
        id="cl.one_call_a_week",
        text="At most one call or visit a week, counted together.",
        kind=Cap(limit=1, span=CalendarSpan.WEEK),
        scope=Scope(channels=_CALLS),
        source=f"{_ARTICLE} {_READ}",
        confidence=Confidence.VERIFIED,
        effective_from=_LAW,
    ),
    ContactRule(
        id="cl.two_messages_a_week",
        text="At most two contacts a week by letter, text, e-mail and messages together.",
        kind=Cap(limit=2, span=CalendarSpan.WEEK),
        scope=Scope(channels=_OTHERS),
        source=f"{_ARTICLE} {_READ}",
        confidence=Confidence.VERIFIED,
        effective_from=_LAW,
    ),
    ContactRule(
        id="cl.two_days_apart",
        text="Contacts by letter, text, e-mail and messages lie at least two days apart.",
        kind=MinGap(gap=timedelta(days=2)),
        scope=Scope(channels=_OTHERS),
        source=f"{_ARTICLE} {_READ}",
        confidence=Confidence.VERIFIED,
        effective_from=_LAW,
    ),
    ContactRule(
        id="cl.sued",
        text="Collecting out of court stops once the debtor is sued or in insolvency.",
        kind=Freeze(frozenset({"lawsuit", "legal_hold", "insolvency"})),
        source=f"{_ARTICLE} {_READ}",
        confidence=Confidence.VERIFIED,
        effective_from=_LAW,
    ),
    no_third_parties(
        "cl",
        source=f"{_ARTICLE} {_READ}: nobody else is told that the debtor is late",
        confidence=Confidence.VERIFIED,
        since=_LAW,
    ),
    *house_rules("cl"),
)
