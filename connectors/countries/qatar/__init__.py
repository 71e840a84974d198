"""Qatar: house hours and caps with Ramadan's shorter ones, as no rule on them was found; IBAN transfers.

What matters: Sunday to Thursday; a lender without licence takes no interest at all; what one knows of a debtor by one's
work is told to no third party; contracts are in Arabic.

Open for counsel: whether the Central Bank rules hours, frequency, visits and agencies; its instructions on relations
with customers; secrecy of banks in Law 13/2012, of which articles 151 to 154 alone were read; charges of licensed
lenders; limitation; retaking a vehicle; ground for data leaving; papers for remittance; registration of senders.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.qatar.conduct import CONDUCT
from connectors.countries.qatar.facts import FACTS
from connectors.countries.qatar.ids import SCHEMES
from connectors.countries.qatar.rails import RAILS
from connectors.countries.qatar.remittance import REMITTANCE
from connectors.countries.qatar.rules import RULES
from connectors.countries.qatar.working_days import CALENDAR
from connectors.countries.qatar.zones import MUNICIPALITIES, QATAR_TIME, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="QA",
    name="Qatar",
    region="middle_east",
    currency="QAR",
    currencies=("QAR",),
    locales=("ar", "en"),
    required_locales=(),
    subdivisions=MUNICIPALITIES,
    zones=ZONES,
    all_zones=(QATAR_TIME,),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    weekend=(4, 5),
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
