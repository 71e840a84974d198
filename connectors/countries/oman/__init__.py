"""Oman: the Central Bank calls daily calls, odd hours, the doorstep and talk to relatives abusive; rials of 1000 baisa.

What matters: the rial has three decimals; two calls lie two days apart (house policy after the framework); nobody
visits.

Open for counsel: the framework's text, for clock hours and numbers; article 98 of the Banking Law of 2025 on clients'
information; the ceiling on rates of loans to people; limitation; retaking a vehicle; whether an agent may hold money;
on which day Ramadan began where it differs from the calculation.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.oman.conduct import CONDUCT
from connectors.countries.oman.facts import FACTS
from connectors.countries.oman.ids import SCHEMES
from connectors.countries.oman.rails import RAILS
from connectors.countries.oman.remittance import REMITTANCE
from connectors.countries.oman.rules import RULES
from connectors.countries.oman.working_days import CALENDAR
from connectors.countries.oman.zones import GOVERNORATES, MUSCAT_TIME, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="OM",
    name="Oman",
    region="middle_east",
    currency="OMR",
    currencies=("OMR",),
    locales=("ar", "en"),
    required_locales=(),
    subdivisions=GOVERNORATES,
    zones=ZONES,
    all_zones=(MUSCAT_TIME,),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    weekend=(4, 5),
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
