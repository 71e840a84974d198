"""Brazil: contact hours are set by states, Pix is the rail, and the debtor's state decides clock and law.

Open for counsel: the texts of the laws of Espírito Santo and Amazonas, laws of other states, whether a company that the
consumer named may call a line on Não Me Ligue (it may not here), the present status of the calling code 0304, and
WhatsApp's current policy on collecting.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.brazil.conduct import CONDUCT
from connectors.countries.brazil.facts import FACTS
from connectors.countries.brazil.ids import SCHEMES
from connectors.countries.brazil.rails import CODECS, RAILS
from connectors.countries.brazil.remittance import REMITTANCE
from connectors.countries.brazil.rules import RULES
from connectors.countries.brazil.working_days import CALENDAR
from connectors.countries.brazil.zones import ALL_ZONES, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="BR",
    name="Brazil",
    region="latin_america",
    currency="BRL",
    currencies=("BRL",),
    locales=("pt_BR",),
    required_locales=(),
    subdivisions=SUBDIVISIONS,
    zones=ZONES,
    all_zones=ALL_ZONES,
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    codecs=CODECS,
    facts=FACTS,
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
