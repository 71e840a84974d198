"""When a debtor in Vietnam may be contacted: the State Bank's circular on consumer finance, and no agency at all.

The circular binds finance companies; the house keeps it for every lender. Hours that a contract agrees inside the
window of the law are the contract's own and are not known here.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.countries.vietnam.working_days import TET
from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, house_rules, no_third_parties
from domain.contact_law import (
    CLOSED_WEEK,
    SILENT_WEEK,
    CalendarSpan,
    Cap,
    ContactRule,
    Forbidden,
    Hours,
    Scope,
    week,
)
from domain.contacts import Actor, Channel, Confidence, LenderType, PartyRole

_HEARD: Final = frozenset({Channel.PHONE, Channel.VISIT}) | DIGITAL
_WEEK: Final = week("07:00-21:00", saturday="07:00-21:00", sunday="07:00-21:00")
_FINANCE: Final = frozenset({LenderType.FINANCE_COMPANY})
_OTHERS: Final = frozenset(LenderType) - _FINANCE
_CIRCULAR: Final = date(2020, 1, 1)
_SOURCE: Final = (
    "Circular 43/2016/TT-NHNN art. 7 as amended by 18/2019/TT-NHNN, in force 2020-01-01 (thuvienphapluat.vn, official "
    "summary)"
)
_POLICY: Final = "house policy: the circular on consumer finance companies kept by every lender"
_A_DAY: Final = 5
_NEW_INVESTMENT_LAW: Final = date(2026, 3, 1)

RULES: Final = (
    ContactRule(
        id="vn.hours",
        text="Finance companies: every day 07:00-21:00.",
        kind=Hours(week=_WEEK),
        scope=Scope(channels=_HEARD, lender_types=_FINANCE),
        source=_SOURCE,
        confidence=Confidence.VERIFIED,
        effective_from=_CIRCULAR,
    ),
    ContactRule(
        id="vn.hours_of_others",
        text="Banks and dealers: every day 07:00-21:00, as finance companies.",
        kind=Hours(week=_WEEK),
        scope=Scope(channels=_HEARD, lender_types=_OTHERS),
        source=_POLICY,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="vn.tet",
        text="Nothing on the days of Tet, the lunar new year.",
        kind=Hours(week=SILENT_WEEK, special=((TET, CLOSED_WEEK),)),
        scope=Scope(channels=_HEARD),
        source="house policy: no rule on holidays was found in law",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="vn.daily_cap",
        text="Finance companies remind at most five times a day, whoever does it and by whatever channel.",
        kind=Cap(limit=_A_DAY, span=CalendarSpan.DAY),
        scope=Scope(lender_types=_FINANCE),
        source=_SOURCE,
        confidence=Confidence.VERIFIED,
        effective_from=_CIRCULAR,
    ),
    ContactRule(
        id="vn.daily_cap_of_others",
        text="Banks and dealers remind at most five times a day, as finance companies.",
        kind=Cap(limit=_A_DAY, span=CalendarSpan.DAY),
        scope=Scope(lender_types=_OTHERS),
        source=_POLICY,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="vn.no_duty_to_pay",
        text="Finance companies neither remind nor inform people or bodies that have no duty to pay.",
        kind=Forbidden(),
        scope=Scope(party_roles=frozenset({PartyRole.THIRD_PARTY}), lender_types=_FINANCE),
        source=_SOURCE,
        confidence=Confidence.VERIFIED,
        effective_from=_CIRCULAR,
    ),
    no_third_parties("vn", source=_POLICY, confidence=Confidence.POLICY, since=HOUSE_SINCE),
    ContactRule(
        id="vn.agency",
        text="Collecting debt as a service is a forbidden business: creditors and lawyers only.",
        kind=Forbidden(),
        scope=Scope(actors=frozenset({Actor.AGENCY})),
        source="Law on Investment 61/2020/QH14 art. 6(1)(h), in force 2021-01-01 (lawnet.vn; expertis.vn; adk-lawyers; "
        "apolatlegal)",
        confidence=Confidence.SECONDARY,
        effective_from=date(2021, 1, 1),
        effective_to=_NEW_INVESTMENT_LAW,
    ),
    ContactRule(
        id="vn.agency_2026",
        text="Collecting debt as a service stays a forbidden business: creditors and lawyers only.",
        kind=Forbidden(),
        scope=Scope(actors=frozenset({Actor.AGENCY})),
        source="Law on Investment 143/2025/QH15 art. 6, eighth of eleven forbidden lines, in force 2026-03-01 "
        "(luatvietnam.vn 106196, read 2026-11-29)",
        confidence=Confidence.SECONDARY,
        effective_from=_NEW_INVESTMENT_LAW,
    ),
    *house_rules("vn"),
)
