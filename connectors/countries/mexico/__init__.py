"""Mexico: the debtor's own clock counts, the money goes to the creditor only, and SPEI is the rail.

Open for counsel: whether CONDUSEF's rules of 2014 name weekdays and holidays (reports conflict; Monday to Friday is
kept), how many days a complaint may take, what PROFECO asks of lenders that are no financial entity, late fee beside
late interest (Circular 22/2010), the notice periods of the extrajudicial procedure, and limitation.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.mexico.conduct import CONDUCT
from connectors.countries.mexico.facts import FACTS
from connectors.countries.mexico.ids import SCHEMES
from connectors.countries.mexico.rails import CODECS, RAILS
from connectors.countries.mexico.remittance import REMITTANCE
from connectors.countries.mexico.rules import RULES
from connectors.countries.mexico.working_days import CALENDAR
from connectors.countries.mexico.zones import ALL_ZONES, SPLIT_ZONES, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="MX",
    name="Mexico",
    region="latin_america",
    currency="MXN",
    currencies=("MXN",),
    locales=("es_MX",),
    required_locales=(),
    subdivisions=SUBDIVISIONS,
    zones=ZONES,
    all_zones=ALL_ZONES,
    split_zones=SPLIT_ZONES,
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    codecs=CODECS,
    facts=FACTS,
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
