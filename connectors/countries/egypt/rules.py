"""When a debtor in Egypt may be contacted: house policy on hours, as the public reports of the law name none.

The Financial Regulatory Authority's decision 278/2025 on collectors of non-bank finance is known from newspapers,
which agree; its text, and the hours it may name, were not read. Of banks the law on the Central Bank keeps what they
know of a client secret.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from connectors.shared.listed_days import FRIDAY_SATURDAY
from domain.contact_law import Cap, ContactRule, Forbidden, Hours, Rolling, Scope, week
from domain.contacts import Actor, Channel, Confidence, LenderType, PartyRole

FRA_DAY: Final = date(2026, 1, 28)  # announced; its day of effect is to be checked
FRA: Final = "FRA decision 278/2025 (elbalad.news 6851024 and three newspapers that agree; day of announcement)"
BANK_LAW_SINCE: Final = date(2020, 9, 16)  # from memory: the day after Law 194/2020 was published
NON_BANK: Final = frozenset({LenderType.FINANCE_COMPANY, LenderType.VEHICLE_DEALER})
_NONE_FOUND: Final = "house policy: no rule in law was found; FRA decision 278/2025 is to be read"

RULES: Final = (
    ContactRule(
        id="eg.hours",
        text="Sunday to Thursday 09:00-18:00, in Ramadan 10:00-15:00; nothing on Friday, Saturday and holidays.",
        kind=Hours(
            week=week("09:00-18:00", friday="", sunday="09:00-18:00"),
            holiday=(),
            special=(("ramadan", week("10:00-15:00", friday="", sunday="10:00-15:00")),),
        ),
        scope=Scope(channels=frozenset({Channel.PHONE}) | DIGITAL),
        source=_NONE_FOUND,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="eg.weekly_cap",
        text="At most three calls in any seven days.",
        kind=Cap(limit=3, span=Rolling(days=7)),
        scope=Scope(channels=frozenset({Channel.PHONE})),
        source=_NONE_FOUND,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="eg.visits",
        text="Nobody visits a debtor's home or work.",
        kind=Forbidden(),
        scope=Scope(channels=frozenset({Channel.VISIT})),
        source=_NONE_FOUND,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="eg.collector_secrecy",
        text="A collector of non-bank finance keeps the customer's data secret: no third party is contacted.",
        kind=Forbidden(),
        scope=Scope(
            actors=frozenset({Actor.AGENCY}),
            lender_types=NON_BANK,
            party_roles=frozenset({PartyRole.THIRD_PARTY}),
        ),
        source=FRA,
        confidence=Confidence.SECONDARY,
        effective_from=FRA_DAY,
    ),
    ContactRule(
        id="eg.bank_secrecy",
        text="A bank gives nobody data on a client's accounts and dealings without the client's written leave or a "
        "judgment.",
        kind=Forbidden(),
        scope=Scope(lender_types=frozenset({LenderType.BANK}), party_roles=frozenset({PartyRole.THIRD_PARTY})),
        source="Law on the Central Bank and the banking system, 194/2020 (elbalad.news 6743637, read 2026-11-29); its "
        "article and day of effect are to be read",
        confidence=Confidence.SECONDARY,
        effective_from=BANK_LAW_SINCE,
    ),
    no_third_parties("eg", source=_NONE_FOUND, confidence=Confidence.POLICY, since=HOUSE_SINCE),
    daily_house_cap("eg"),
    *house_rules("eg", rest_days=FRIDAY_SATURDAY),
)
