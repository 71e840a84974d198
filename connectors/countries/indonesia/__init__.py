"""Indonesia: one rule of hours for three time zones, QRIS and virtual accounts, and no self-help repossession.

Open for counsel: the collection chapter of POJK 46/2024; whether joint leave counts as a national holiday; whether a
guarantor is a consumer in the sense of POJK 22/2023 art. 62(2)(c), as is taken here; the day on which POJK 22/2023 was
promulgated (22 December 2023 from memory).
"""

from __future__ import annotations

from typing import Final

from connectors.countries.indonesia.conduct import CONDUCT
from connectors.countries.indonesia.facts import FACTS
from connectors.countries.indonesia.ids import SCHEMES
from connectors.countries.indonesia.rails import CODECS, RAILS
from connectors.countries.indonesia.remittance import REMITTANCE
from connectors.countries.indonesia.rules import RULES
from connectors.countries.indonesia.working_days import CALENDAR
from connectors.countries.indonesia.zones import ALL_ZONES, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="ID",
    name="Indonesia",
    region="southeast_asia",
    currency="IDR",
    currencies=("IDR",),
    shown_decimals={"IDR": 0},
    locales=("id", "en"),
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
