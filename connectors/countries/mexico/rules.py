"""When a debtor in Mexico may be contacted: CONDUSEF's rules on collection agencies, in the debtor's own time zone.

The rules (DOF 2014-10-07) bind financial entities, their agencies and entities that collect for themselves. As reported
in 2014 they name no weekday; a report of 2026-01-07 says Monday to Friday only and never on holidays. The sources
conflict, so the stricter holds until counsel has read the DOF. Other lenders keep the same by house policy.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from domain.contact_law import ALL_DAY, ContactRule, Hours, Scope, Week, span, week
from domain.contacts import Channel, Confidence, LenderType

_REACHES: Final = frozenset({Channel.PHONE, Channel.VISIT}) | DIGITAL
_FINANCIAL: Final = frozenset({LenderType.BANK, LenderType.FINANCE_COMPANY})
_RULES_SINCE: Final = date(2014, 10, 8)
_DISPOSITIONS: Final = "Disposiciones en materia de despachos de cobranza, CONDUSEF, DOF 2014-10-07"
_EVERY_DAY: Final = week("07:00-22:00", saturday="07:00-22:00", sunday="07:00-22:00")
_WEEKDAYS: Final[Week] = (ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, (), ())

RULES: Final = (
    ContactRule(
        id="mx.hours",
        text="Contact from 07:00 to 22:00 of the debtor's own time zone.",
        kind=Hours(week=_EVERY_DAY, holiday=span("07:00-22:00")),
        scope=Scope(channels=_REACHES, lender_types=_FINANCIAL),
        source=f"{_DISPOSITIONS}, in force from 2014-10-08 (idconline.mx 2014-10-07; pagalojusto.mx t10466; "
        "sinembargo.mx 2020); the DOF is to be read",
        confidence=Confidence.SECONDARY,
        effective_from=_RULES_SINCE,
    ),
    ContactRule(
        id="mx.weekdays",
        text="Contact Monday to Friday only, never on a holiday; the sources conflict and the stricter is kept.",
        kind=Hours(week=_WEEKDAYS, holiday=()),
        scope=Scope(channels=_REACHES, lender_types=_FINANCIAL),
        source=f"{_DISPOSITIONS}, as reported at tribunademexico.com 2026-01-07; idconline.mx 2014-10-07 reports no "
        "limit of weekdays; the DOF is to be read",
        confidence=Confidence.SECONDARY,
        effective_from=_RULES_SINCE,
    ),
    ContactRule(
        id="mx.other_lenders_hours",
        text="Lenders that are no financial entity keep the same hours: Monday to Friday 07:00-22:00, no holidays.",
        kind=Hours(week=week("07:00-22:00"), holiday=()),
        scope=Scope(channels=_REACHES, lender_types=frozenset(LenderType) - _FINANCIAL),
        source="house policy: CONDUSEF's rules name financial entities; PROFECO may issue rules for others (LFPC)",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    no_third_parties(
        "mx",
        source=f"{_DISPOSITIONS} (idconline.mx; expansion.mx 2025-12-10; dondinero.mx): no references, no third "
        "parties; guarantors and co-debtors may be contacted",
        confidence=Confidence.SECONDARY,
        since=_RULES_SINCE,
    ),
    daily_house_cap("mx"),
    *house_rules("mx"),
)
