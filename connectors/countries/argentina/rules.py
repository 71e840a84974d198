"""When a debtor in Argentina may be contacted: house policy, as no national hours were found in law.

A page claims hours of law (Monday to Friday 09-19, Saturday 10-14) and cites none; a bill in Córdoba never passed. The
consumer code (Ley 24.240 art. 8 bis) asks for dignified treatment and forbids papers that look like a court's.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.countries.argentina.zones import CITY
from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from domain.contact_law import ContactRule, Forbidden, Hours, Scope, week
from domain.contacts import Actor, Channel, Confidence, PartyRole

CITY_LAW_SINCE: Final = date(2019, 7, 10)
CITY_LAW: Final = (
    "Ley 6171 of the City of Buenos Aires, amended by Ley 6271 (noetingeryarmando.com; actualidadjuridicaonline.com; "
    "comercioyjusticia.info); its day of effect is from memory"
)

RULES: Final[tuple[ContactRule, ...]] = (
    ContactRule(
        id="ar.hours",
        text="Monday to Friday 09:00-19:00, Saturday 09:00-13:00; nothing on Sundays and holidays.",
        kind=Hours(week=week("09:00-19:00", saturday="09:00-13:00"), holiday=()),
        scope=Scope(channels=frozenset({Channel.PHONE}) | DIGITAL),
        source="house policy: no national statute on hours was found; the hours that alferdez.com.ar calls law were "
        "not confirmed and are kept as far as they are stricter",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="ar.visits",
        text="Nobody visits a debtor's home or work.",
        kind=Forbidden(),
        scope=Scope(channels=frozenset({Channel.VISIT})),
        source="house policy: a visit exposes the debtor, Ley 24.240 art. 8 bis",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="ar.c.disclosure_to_others",
        text="An agent tells nothing to neighbours, relatives or the place of work.",
        kind=Forbidden(),
        scope=Scope(
            subdivisions=frozenset({CITY}),
            actors=frozenset({Actor.AGENCY, Actor.LAWYER}),
            party_roles=frozenset({PartyRole.THIRD_PARTY}),
        ),
        source=CITY_LAW,
        confidence=Confidence.VERIFIED,
        effective_from=CITY_LAW_SINCE,
    ),
    no_third_parties(
        "ar",
        source="house policy, after Ley 24.240 art. 8 bis (text as copied in public repositories, read 2026-11-28): it "
        "forbids what shames, vexes or intimidates and does not name third parties",
        confidence=Confidence.POLICY,
        since=date(2008, 4, 7),
    ),
    daily_house_cap("ar"),
    *house_rules("ar"),
)
