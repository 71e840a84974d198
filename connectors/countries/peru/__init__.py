"""Peru: calls and visits on weekdays only, no late fee of a lender of the financial system, and transfers to a CCI.

Open for counsel: the letters of art. 62 that were not read word for word (third parties among them), whether agencies
need a licence or may hold money, the BCRP's ceilings of each half-year, what other lenders may charge, limitation, the
steps of the new regime of security, and the official rule on a CCI's check digits.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.peru.conduct import CONDUCT
from connectors.countries.peru.facts import FACTS
from connectors.countries.peru.ids import SCHEMES
from connectors.countries.peru.rails import RAILS
from connectors.countries.peru.remittance import REMITTANCE
from connectors.countries.peru.rules import RULES
from connectors.countries.peru.working_days import CALENDAR
from connectors.countries.peru.zones import LIMA, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="PE",
    name="Peru",
    region="latin_america",
    currency="PEN",
    currencies=("PEN",),
    locales=("es_PE",),
    required_locales=(),
    subdivisions=SUBDIVISIONS,
    zones=ZONES,
    all_zones=(LIMA,),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
