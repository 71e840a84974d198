"""Jordan: collection guidelines of the Central Bank (2023), an objection that stops collecting, dinars of 1000 fils.

What matters: the dinar has three decimals; an objection is answered in ten days and nothing is collected meanwhile; a
visit is the last resort in law and is not made by the house; contracts are in Arabic.

Open for counsel: the guidelines' text, for hours; which rules bind banks and leasing companies; limitation; retaking a
vehicle; whether an agency may hold money; WhatsApp, which the Central Bank lists and its owner forbids.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.jordan.conduct import CONDUCT
from connectors.countries.jordan.facts import FACTS
from connectors.countries.jordan.ids import SCHEMES
from connectors.countries.jordan.rails import RAILS
from connectors.countries.jordan.remittance import REMITTANCE
from connectors.countries.jordan.rules import RULES
from connectors.countries.jordan.working_days import CALENDAR
from connectors.countries.jordan.zones import AMMAN_TIME, GOVERNORATES, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="JO",
    name="Jordan",
    region="middle_east",
    currency="JOD",
    currencies=("JOD",),
    locales=("ar", "en"),
    required_locales=(),
    subdivisions=GOVERNORATES,
    zones=ZONES,
    all_zones=(AMMAN_TIME,),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    weekend=(4, 5),
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
