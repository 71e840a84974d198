"""Saudi Arabia: SAMA's collection rules of 2025, the firmest of the region, with house hours where they name none.

What matters: ten calls in thirty days for each product; a closed list of channels, without visits and WhatsApp; Arabic
first; an objection stops reminders; penalties of one instalment at most over the whole term; a vehicle comes back
through the authorities only. Before 6 March 2025 the first edition of 2018 held, with the same cap and no app.

Open for counsel: what "official working hours" are in numbers, and the hours of prayer, at which the house does not yet
refrain from calling; whether unanswered attempts count (here they do); the rest of the first edition; SAMA's limits for
the answer to a complaint; whether penalties and collection fees share one ceiling; where penalties of Islamic contracts
go; hours of promotional texts; whether a dealer who lends is bound; who may hold money.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.saudi_arabia.conduct import CONDUCT
from connectors.countries.saudi_arabia.facts import FACTS
from connectors.countries.saudi_arabia.ids import SCHEMES
from connectors.countries.saudi_arabia.rails import CODECS, RAILS
from connectors.countries.saudi_arabia.remittance import REMITTANCE
from connectors.countries.saudi_arabia.rules import RULES
from connectors.countries.saudi_arabia.working_days import CALENDAR
from connectors.countries.saudi_arabia.zones import REGIONS, RIYADH_TIME, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="SA",
    name="Saudi Arabia",
    region="middle_east",
    currency="SAR",
    currencies=("SAR",),
    hijri_dates=True,  # digits stay Western: circulars ask for legible figures
    locales=("ar", "en"),
    required_locales=("ar",),
    subdivisions=REGIONS,
    zones=ZONES,
    all_zones=(RIYADH_TIME,),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    codecs=CODECS,
    facts=FACTS,
    weekend=(4, 5),
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
