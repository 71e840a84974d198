"""Argentina: no national hours, the City of Buenos Aires with a law of its own on agents, CBU and CVU, pesos.

What matters: hours and the daily limit are house policy; whoever collects in the City, or from someone who lives there,
is named to the debtor by the creditor first; only costs that were really spent are passed on.

Open for counsel: whether Ley 6171 of the City names hours; laws of provinces; the Central Bank's ceiling on punitive
interest (50% of the compensatory rate, from memory); what banks pass on; whether an agency may hold money.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.argentina.conduct import CONDUCT
from connectors.countries.argentina.facts import FACTS
from connectors.countries.argentina.ids import SCHEMES
from connectors.countries.argentina.rails import RAILS
from connectors.countries.argentina.remittance import REMITTANCE
from connectors.countries.argentina.rules import RULES
from connectors.countries.argentina.working_days import CALENDAR
from connectors.countries.argentina.zones import ALL_ZONES, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="AR",
    name="Argentina",
    region="latin_america",
    currency="ARS",
    currencies=("ARS",),
    locales=("es_AR",),
    required_locales=(),
    subdivisions=SUBDIVISIONS,
    zones=ZONES,
    all_zones=ALL_ZONES,
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    weekend=(5, 6),
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
