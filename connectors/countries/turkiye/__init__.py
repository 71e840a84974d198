"""Türkiye: the hours and caps of asset-management companies, kept for every creditor; IBAN transfers in liras.

What matters: Monday to Saturday 09:00-20:00 and never on Sundays and public holidays, whose eves end at 13:00; three
calls and one message a day; five business days that go by in full once the debtor was reached, counted without weekends
and holidays.

Open for counsel: the Gazette's own text (31541: articles, day of effect, whether messages after reaching the debtor are
capped); rules for banks and finance companies that collect their own debt; the ceiling on default interest; limitation;
retaking a vehicle; who may hold money; transfer of data abroad; papers for remittance.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.turkiye.conduct import CONDUCT
from connectors.countries.turkiye.facts import FACTS
from connectors.countries.turkiye.ids import SCHEMES
from connectors.countries.turkiye.rails import CODECS, RAILS
from connectors.countries.turkiye.remittance import REMITTANCE
from connectors.countries.turkiye.rules import RULES
from connectors.countries.turkiye.working_days import CALENDAR
from connectors.countries.turkiye.zones import ISTANBUL_TIME, PROVINCES, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="TR",
    name="Turkiye",
    region="middle_east",
    currency="TRY",
    currencies=("TRY",),
    locales=("tr", "en"),
    required_locales=(),
    subdivisions=PROVINCES,
    zones=ZONES,
    all_zones=(ISTANBUL_TIME,),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    codecs=CODECS,
    facts=FACTS,
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
