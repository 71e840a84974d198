"""When a debtor in Türkiye may be contacted: the banking authority's regulation on asset-management companies.

It speaks of companies that bought the debt and of financial consumers. No hours for other creditors were found; the
house holds every creditor to them. Three newspapers agree on its words; article numbers are to be read in the
Official Gazette, whose day is taken as the day of effect.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.countries.turkiye.working_days import EVE
from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, house_rules, no_third_parties
from domain.contact_law import (
    SILENT_WEEK,
    CalendarSpan,
    Cap,
    ContactRule,
    CoolDown,
    Forbidden,
    Freeze,
    Hours,
    Scope,
    week,
)
from domain.contacts import Channel, Confidence, ContactResult

GAZETTE_DAY: Final = date(2021, 7, 14)
GAZETTE: Final = (
    "BDDK regulation on asset-management companies, Official Gazette 31541 of 2021-07-14 (emirdag.net.tr 2021-07-14, "
    "sozcu.com.tr 6538240, haberlen.net)"
)
_Kind = Cap | CoolDown | Freeze | Hours
_CALLS: Final = Scope(channels=frozenset({Channel.PHONE}))
_WORKING_DAYS_OF_REST: Final = 5


def _of_gazette(code: str, *, text: str, kind: _Kind, scope: Scope) -> ContactRule:
    return ContactRule(
        id=f"tr.{code}",
        text=text,
        kind=kind,
        scope=scope,
        source=GAZETTE,
        confidence=Confidence.SECONDARY,
        effective_from=GAZETTE_DAY,
    )


RULES: Final = (
    _of_gazette(
        "hours",
        text="Monday to Saturday 09:00-20:00, never on Sundays and public holidays.",
        kind=Hours(week=week("09:00-20:00", saturday="09:00-20:00"), holiday=()),
        scope=Scope(channels=frozenset({Channel.PHONE}) | DIGITAL),
    ),
    ContactRule(
        id="tr.eves",
        text="On the eves of the feasts and of Republic Day nothing from 13:00, when the holiday begins.",
        kind=Hours(week=SILENT_WEEK, special=((EVE, week("00:00-13:00", saturday="00:00-13:00")),)),
        scope=Scope(channels=frozenset({Channel.PHONE}) | DIGITAL),
        source="Law 2429 of 1981-03-17 arts. 1 and 2 B (text as copied in public repositories, read 2026-11-28): "
        "feasts and Republic Day begin at 13:00 of the day before",
        confidence=Confidence.VERIFIED,
        effective_from=GAZETTE_DAY,
    ),
    _of_gazette(
        "call_cap",
        text="While the debtor has not been reached, at most three calls a day.",
        kind=Cap(limit=3, span=CalendarSpan.DAY),
        scope=_CALLS,
    ),
    _of_gazette(
        "message_cap",
        text="At most one message a day.",
        kind=Cap(limit=1, span=CalendarSpan.DAY),
        scope=Scope(channels=DIGITAL),
    ),
    _of_gazette(
        "after_reached",
        text="Once the debtor was reached and told, five business days go by before the next call, unless the debtor "
        "agreed to earlier ones on record (consent earlier_calls).",
        kind=CoolDown(after=ContactResult.RIGHT_PARTY, working_days=_WORKING_DAYS_OF_REST, waived_by="earlier_calls"),
        scope=_CALLS,
    ),
    _of_gazette(
        "no_calls_wanted",
        text="Who denies the debt, refuses to settle and wants no calls is not called, unless there are documents.",
        kind=Freeze(frozenset({"dispute", "cease"})),
        scope=_CALLS,
    ),
    ContactRule(
        id="tr.visits",
        text="Nobody visits a debtor's home or work.",
        kind=Forbidden(),
        scope=Scope(channels=frozenset({Channel.VISIT})),
        source="house policy: no rule on visits was found",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    no_third_parties("tr", source=GAZETTE, confidence=Confidence.SECONDARY, since=GAZETTE_DAY),
    *house_rules("tr"),
)
