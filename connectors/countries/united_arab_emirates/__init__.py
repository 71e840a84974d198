"""United Arab Emirates: house hours with Ramadan's shorter ones, IBAN transfers, Islamic late amounts to charity.

Open for counsel: the clock hours and frequency in the Central Bank's standards, the delay fee's figure, limitation.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from connectors.countries.united_arab_emirates.conduct import CONDUCT
from connectors.countries.united_arab_emirates.facts import FACTS
from connectors.countries.united_arab_emirates.ids import SCHEMES
from connectors.countries.united_arab_emirates.rails import RAILS
from connectors.countries.united_arab_emirates.remittance import REMITTANCE
from connectors.countries.united_arab_emirates.rules import RULES
from connectors.countries.united_arab_emirates.working_days import CALENDAR
from domain.countries import Country

_EMIRATES: Final = {
    "AE-AJ": "Ajman",
    "AE-AZ": "Abu Dhabi",
    "AE-DU": "Dubai",
    "AE-FU": "Fujairah",
    "AE-RK": "Ras Al Khaimah",
    "AE-SH": "Sharjah",
    "AE-UQ": "Umm Al Quwain",
}

COUNTRY: Final = Country(
    code="AE",
    name="United Arab Emirates",
    region="middle_east",
    currency="AED",
    currencies=("AED",),
    locales=("ar", "en"),
    required_locales=(),
    subdivisions=MappingProxyType(_EMIRATES),
    zones=MappingProxyType(dict.fromkeys(_EMIRATES, "Asia/Dubai")),
    all_zones=("Asia/Dubai",),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
