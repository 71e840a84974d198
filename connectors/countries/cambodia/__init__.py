"""Cambodia: no hours in law, codes of the trade against harassment, two currencies side by side, Bakong.

What matters: loans are in US dollars or riel; riel are whole in practice (display and wire exponent 0, ISO exponent 2);
a microfinance loan bears at most 18% a year.

Open for counsel: collection clauses of the codes of 2022 and 2024; whether an agency may act; data protection;
limitation; retaking a vehicle; the National Bank's content guideline of KHQR; the check of the identity number.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.cambodia.conduct import CONDUCT
from connectors.countries.cambodia.facts import FACTS
from connectors.countries.cambodia.ids import SCHEMES
from connectors.countries.cambodia.rails import RAILS
from connectors.countries.cambodia.remittance import REMITTANCE
from connectors.countries.cambodia.rules import RULES
from connectors.countries.cambodia.working_days import CALENDAR
from connectors.countries.cambodia.zones import PHNOM_PENH_TIME, PROVINCES, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="KH",
    name="Cambodia",
    region="southeast_asia",
    currency="KHR",
    currencies=("KHR", "USD"),
    shown_decimals={"KHR": 0},
    locales=("km", "en"),
    required_locales=(),
    subdivisions=PROVINCES,
    zones=ZONES,
    all_zones=(PHNOM_PENH_TIME,),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    weekend=(5, 6),
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
