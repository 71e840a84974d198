"""Thailand: one touch a day by law, PromptPay as the rail, and dates in the Buddhist era.

Open for counsel: the Bank of Thailand's rules on hire purchase gazetted on 3 December 2025, and the fee annex.
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
from domain.countries import Country

COUNTRY: Final = Country(
    code="TH",
    name="Thailand",
    region="southeast_asia",
    currency="THB",
    currencies=("THB",),
    locales=("th",),
    required_locales=(),
    subdivisions={},
    zones={},
    all_zones=("Asia/Bangkok",),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    codecs=CODECS,
    facts=FACTS,
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
