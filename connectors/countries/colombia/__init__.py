"""Colombia: a direct contact closes the day, and the week for every other channel; only authorised channels are used.

Open for counsel: whether a telephone number of the contract counts as authorised, whether a call that nobody answers is
a direct contact (a concept of the SFC is said to count it; the statute's words are kept here), whether the register RNE
binds collecting, visits that rural and microcredit debtors asked for, whether agencies may hold money, the usury rates
of the months after March 2026, what begins limitation anew, and the steps and periods of direct payment (pago
directo). Bre-B's grammar of keys is to be checked against BanRep's annex.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.colombia.conduct import CONDUCT
from connectors.countries.colombia.facts import FACTS
from connectors.countries.colombia.ids import SCHEMES
from connectors.countries.colombia.rails import RAILS
from connectors.countries.colombia.remittance import REMITTANCE
from connectors.countries.colombia.rules import RULES
from connectors.countries.colombia.working_days import CALENDAR
from connectors.countries.colombia.zones import BOGOTA, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="CO",
    name="Colombia",
    region="latin_america",
    currency="COP",
    currencies=("COP",),
    shown_decimals={"COP": 0},
    locales=("es_CO",),
    required_locales=(),
    subdivisions=SUBDIVISIONS,
    zones=ZONES,
    all_zones=(BOGOTA,),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
