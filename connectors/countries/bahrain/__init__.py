"""Bahrain: a mandatory code on consumer credit without clock hours, complaints by days, dinars of 1000 fils.

What matters: the dinar has three decimals and is never rounded; late charges count only where they were disclosed; who
is in difficulty is dealt with quickly and with sympathy; licensees tell third parties nothing.

Open for counsel: the Central Bank's rulebook (volumes 1, 2 and 5, business conduct) for hours, frequency and agents;
limitation; retaking a vehicle; the check digit of the personal number, which is not public.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.bahrain.conduct import CONDUCT
from connectors.countries.bahrain.facts import FACTS
from connectors.countries.bahrain.ids import SCHEMES
from connectors.countries.bahrain.rails import RAILS
from connectors.countries.bahrain.remittance import REMITTANCE
from connectors.countries.bahrain.rules import RULES
from connectors.countries.bahrain.working_days import CALENDAR
from connectors.countries.bahrain.zones import BAHRAIN_TIME, GOVERNORATES, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="BH",
    name="Bahrain",
    region="middle_east",
    currency="BHD",
    currencies=("BHD",),
    locales=("ar", "en"),
    required_locales=(),
    subdivisions=GOVERNORATES,
    zones=ZONES,
    all_zones=(BAHRAIN_TIME,),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    weekend=(4, 5),
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
