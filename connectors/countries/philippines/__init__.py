"""The Philippines: hours that hang on arrears and lender, no third parties, one remedy on a vehicle, QR Ph as the rail.

What matters: 06:00-22:00 is law up to 15 days past due for financing and lending companies and up to 60 for banks; the
house keeps those hours afterwards, and only the consent outside_hours opens others. A vehicle that was foreclosed ends
the debt.

Open for counsel: the primary text of SEC MC 18 s. 2019; the MORB's section on unfair collection (60 or 15 days), and
whether it reaches a bank's loans other than cards; whether a bank's direct car loan falls under the Recto Law;
foreclosure notices of the Chattel Mortgage Law; whether an agency may hold money; what begins limitation anew (art.
1155); bills on fair debt collection (HB 7736).
"""

from __future__ import annotations

from typing import Final

from connectors.countries.philippines.conduct import CONDUCT
from connectors.countries.philippines.facts import FACTS
from connectors.countries.philippines.ids import SCHEMES
from connectors.countries.philippines.rails import RAILS
from connectors.countries.philippines.remittance import REMITTANCE
from connectors.countries.philippines.rules import RULES
from connectors.countries.philippines.working_days import CALENDAR
from connectors.countries.philippines.zones import ALL_ZONES, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="PH",
    name="Philippines",
    region="southeast_asia",
    currency="PHP",
    currencies=("PHP",),
    locales=("en", "fil"),
    required_locales=(),
    subdivisions=SUBDIVISIONS,
    zones=ZONES,
    all_zones=ALL_ZONES,
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=FACTS,
    conduct=CONDUCT,
    remittance=REMITTANCE,
)
