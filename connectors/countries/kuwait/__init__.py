"""Kuwait: no clock hours in the rules that were read, a ceiling on rates, dinars of 1000 fils.

What matters: the dinar has three decimals; a rate is at most the Central Bank's discount rate and three percent; a bank
answers a complaint within five working days.

Open for counsel: the Central Bank's customer protection guide of 2025 as a whole, for hours, frequency, agents and
third parties, and section 17 of its manual of 2015, on claims for debts, of which only the heading was read; the
discount rate by date; limitation; retaking a vehicle; what data may leave the country.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.kuwait.conduct import CONDUCT
from connectors.countries.kuwait.facts import FACTS
from connectors.countries.kuwait.ids import SCHEMES
from connectors.countries.kuwait.rails import RAILS
from connectors.countries.kuwait.remittance import REMITTANCE
from connectors.countries.kuwait.rules import RULES
from connectors.countries.kuwait.working_days import CALENDAR
from connectors.countries.kuwait.zones import GOVERNORATES, KUWAIT_TIME, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="KW",
    name="Kuwait",
    region="middle_east",
    currency="KWD",
    currencies=("KWD",),
    locales=("ar", "en"),
    required_locales=(),
    subdivisions=GOVERNORATES,
    zones=ZONES,
    all_zones=(KUWAIT_TIME,),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    weekend=(4, 5),
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
