"""Thailand: one touch a day by law, PromptPay as the rail, and dates in the Buddhist era.

Open for counsel: the Bank of Thailand's rules on hire purchase gazetted on 3 December 2025 (late interest, order of
allocation, notice before a vehicle is taken back); the fee annex; whether a letter counts towards the one contact a day
(here it does); other hours that the Committee may set for debtors who work at night.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.thailand.conduct import CONDUCT
from connectors.countries.thailand.facts import FACTS
from connectors.countries.thailand.ids import SCHEMES
from connectors.countries.thailand.rails import CODECS, RAILS
from connectors.countries.thailand.remittance import REMITTANCE
from connectors.countries.thailand.rules import RULES
from connectors.countries.thailand.working_days import CALENDAR
from connectors.countries.thailand.zones import ALL_ZONES, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="TH",
    name="Thailand",
    region="southeast_asia",
    currency="THB",
    currencies=("THB",),
    locales=("th", "en"),
    required_locales=(),
    subdivisions=SUBDIVISIONS,
    zones=ZONES,
    all_zones=ALL_ZONES,
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    codecs=CODECS,
    facts=FACTS,
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
