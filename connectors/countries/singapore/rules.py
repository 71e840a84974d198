"""When a debtor in Singapore may be contacted: house hours, as the Debt Collection Act 2022 states none."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from domain.contact_law import ContactRule, Forbidden, Hours, Scope, week
from domain.contacts import Channel, Confidence, PartyRole

RULES: Final = (
    ContactRule(
        id="sg.hours",
        text="Monday to Saturday 09:00-20:00; nothing on Sundays and public holidays.",
        kind=Hours(week=week("09:00-20:00", saturday="09:00-20:00"), holiday=()),
        scope=Scope(channels=frozenset({Channel.PHONE, Channel.VISIT}) | DIGITAL),
        source="house policy: neither the Debt Collection Act 2022 nor the Protection from Harassment Act states hours",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="sg.ascertain",
        text="Nobody is asked to pay before it is certain that they are the debtor; a third party is not contacted.",
        kind=Forbidden(),
        scope=Scope(party_roles=frozenset({PartyRole.THIRD_PARTY})),
        source="Debt Collection Act 2022 s. 14(3)(b) and class licence S 725/2023, in force 2023-12-01 "
        "(sso.agc.gov.sg; lawplayer)",
        confidence=Confidence.VERIFIED,
        effective_from=date(2023, 12, 1),
    ),
    no_third_parties(
        "sg",
        source="house policy: kept before the Act began too",
        confidence=Confidence.POLICY,
        since=HOUSE_SINCE,
    ),
    daily_house_cap("sg"),
    *house_rules("sg"),
)
