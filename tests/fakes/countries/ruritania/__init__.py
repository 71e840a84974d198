"""Ruritania: a fictional country that proves that a country is one folder and edits no other file."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import Country, LegalFact
from tests.fakes.countries.ruritania.ids import SCHEMES
from tests.fakes.countries.ruritania.rails import RAILS
from tests.fakes.countries.ruritania.rules import RULES
from tests.fakes.countries.ruritania.working_days import CALENDAR

COUNTRY: Final = Country(
    code="XR",
    name="Ruritania",
    region="middle_europe",
    currency="EUR",
    currencies=("EUR",),
    locales=("en",),
    required_locales=(),
    subdivisions={"XR-STR": "Strelsau", "XR-ZEN": "Zenda"},
    zones={"XR-STR": "Europe/Prague", "XR-ZEN": "Europe/Prague"},
    all_zones=("Europe/Prague",),
    contact_rules=RULES,
    calendar=CALENDAR,
    identity=SCHEMES,
    rails=RAILS,
    facts=(
        LegalFact(
            code="agency",
            text="Agencies may not collect.",
            source="Fiction: Collection Code of Strelsau",
            confidence=Confidence.VERIFIED,
        ),
    ),
    weekend=(6,),
)
