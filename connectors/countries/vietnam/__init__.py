"""Vietnam: no agencies, five reminders a day between 07:00 and 21:00, VietQR as the rail.

What matters: collecting debt as a service is a forbidden business, so that only creditors and lawyers act. The State
Bank's circular binds finance companies; the house keeps it for banks and dealers, and rests over Tet. A reminder with
an offer in it becomes advertising.

Open for counsel: the gazette's text of art. 6 of the Law on Investment 143/2025/QH15, whose ban was read in a summary;
the notice periods of art. 198a on seizing collateral; interest on late interest (Circular 39/2016 art. 13, at most 10%
a year, which is not charged here); what begins limitation anew; whether a letter counts towards the five reminders
(here it does); the subdivisions that were merged on 2025-07-01.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.vietnam.conduct import CONDUCT
from connectors.countries.vietnam.facts import FACTS
from connectors.countries.vietnam.ids import SCHEMES
from connectors.countries.vietnam.rails import CODECS, RAILS
from connectors.countries.vietnam.remittance import REMITTANCE
from connectors.countries.vietnam.rules import RULES
from connectors.countries.vietnam.working_days import CALENDAR
from connectors.countries.vietnam.zones import ALL_ZONES, SUBDIVISIONS, ZONES
from domain.countries import Country

COUNTRY: Final = Country(
    code="VN",
    name="Vietnam",
    region="southeast_asia",
    currency="VND",
    currencies=("VND",),
    locales=("vi", "en"),
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
