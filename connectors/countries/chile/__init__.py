"""Chile: one call or visit a week, two messages at least two days apart, costs by a ladder in UF.

Open for counsel: whether an attempt that reaches nobody uses up the week's call (it does here), whether a week is the
calendar's, the limit of 15 or 20 days for the free and useful action, the maximum rates (TMC) of each month, what
begins limitation anew, and the steps of enforcing a pledge. The value of the UF of each day has to be loaded for the
ladder.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.chile.conduct import CONDUCT
from connectors.countries.chile.facts import FACTS
from connectors.countries.chile.ids import SCHEMES
from connectors.countries.chile.rails import RAILS
from connectors.countries.chile.remittance import REMITTANCE
from connectors.countries.chile.rules import RULES
from connectors.countries.chile.working_days import CALENDAR
from connectors.countries.chile.zones import ALL_ZONES, SPLIT_ZONES, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="CL",
    name="Chile",
    region="latin_america",
    currency="CLP",
    currencies=("CLP",),
    locales=("es_CL",),
    required_locales=(),
    subdivisions=SUBDIVISIONS,
    zones=ZONES,
    all_zones=ALL_ZONES,
    split_zones=SPLIT_ZONES,
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
