"""Egypt: house hours and caps with Ramadan's shorter ones; registered collectors for finance outside banks.

What matters: Sunday to Thursday, clocks that change in spring and autumn, non-bank lenders may use only collectors on
the authority's register and the customer must be told who they are; no cash.

Open for counsel: the full text of FRA decision 278/2025 (hours, caps, visits, day of effect); the Central Bank's
instructions on calls; charges; limitation; retaking a vehicle; ground for data leaving; papers for remittance; whether
a collector may hold money. A collector's registration is not checked by the rules of contact.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.egypt.conduct import CONDUCT
from connectors.countries.egypt.facts import FACTS
from connectors.countries.egypt.ids import SCHEMES
from connectors.countries.egypt.rails import RAILS
from connectors.countries.egypt.remittance import REMITTANCE
from connectors.countries.egypt.rules import RULES
from connectors.countries.egypt.working_days import CALENDAR
from connectors.countries.egypt.zones import CAIRO_TIME, GOVERNORATES, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="EG",
    name="Egypt",
    region="middle_east",
    currency="EGP",
    currencies=("EGP",),
    arabic_digits=True,  # as CLDR has it for Egypt
    locales=("ar", "en"),
    required_locales=(),
    subdivisions=GOVERNORATES,
    zones=ZONES,
    all_zones=(CAIRO_TIME,),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    weekend=(4, 5),
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
