"""Malaysia: Friday weekends in three states, bare text messages, hire-purchase notices by schedule, DuitNow QR.

What matters: Kedah, Kelantan and Terengganu rest on Friday; Johor did until the end of 2024. A text message carries no
link, no telephone number and asks for no personal data. No hours of contact were found in law: those here are house
policy. A vehicle under hire purchase is taken back only after the notices of the Fourth Schedule.

Open for counsel: the order that brings the Consumer Credit Act 2025 into force and its standards of conduct; the text
of the Central Bank's Fair Debt Collection Practices (2007); the second phase of Act A1783, told to begin in September
2026; the late charge of hire purchase (8% from memory) and from which notice the 21 days count; limitation in Sabah and
Sarawak; ta'widh; whether an agency may hold money; telephone numbers within a text message that a regulator may
require.

Tamil letters are common too; there are no words for them yet.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.malaysia.conduct import CONDUCT
from connectors.countries.malaysia.facts import FACTS
from connectors.countries.malaysia.ids import SCHEMES
from connectors.countries.malaysia.rails import RAILS
from connectors.countries.malaysia.remittance import REMITTANCE
from connectors.countries.malaysia.rules import RULES
from connectors.countries.malaysia.working_days import CALENDAR
from connectors.countries.malaysia.zones import ALL_ZONES, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="MY",
    name="Malaysia",
    region="southeast_asia",
    currency="MYR",
    currencies=("MYR",),
    locales=("ms", "en", "zh_CN"),
    required_locales=(),
    subdivisions=SUBDIVISIONS,
    zones=ZONES,
    all_zones=ALL_ZONES,
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
