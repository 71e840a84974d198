"""Singapore: collectors licensed since December 2023, house hours, registered sender names, PayNow as the rail.

What matters: whoever collects for others holds a licence, whoever collects its own debt a class licence and uses its
own employees only. No hours and no number of contacts were found in law: those here are house policy.

Open for counsel: the codes of practice under s. 16 of the Debt Collection Act 2022; the text of s. 15 of the
Hire-Purchase Act on notice before a vehicle is taken back; Tamil, for which there are no words yet; late fees (the
contract's, as far as known); whether an agency may hold money; what begins limitation anew;
the check letter of NRIC numbers with M; the limits on keeping NRIC numbers at all.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.singapore.conduct import CONDUCT
from connectors.countries.singapore.facts import FACTS
from connectors.countries.singapore.ids import SCHEMES
from connectors.countries.singapore.rails import CODECS, RAILS
from connectors.countries.singapore.remittance import REMITTANCE
from connectors.countries.singapore.rules import RULES
from connectors.countries.singapore.working_days import CALENDAR
from connectors.countries.singapore.zones import ALL_ZONES, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="SG",
    name="Singapore",
    region="southeast_asia",
    currency="SGD",
    currencies=("SGD",),
    locales=("en", "zh_CN", "ms"),
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
