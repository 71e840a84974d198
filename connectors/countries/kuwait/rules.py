"""When a debtor in Kuwait may be contacted: house policy, as no hours or caps were found in law."""

from __future__ import annotations

from typing import Final

from connectors.shared.house_rules import HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from connectors.shared.listed_days import FRIDAY_SATURDAY
from connectors.shared.office_week import office_week_rules
from domain.contact_law import ContactRule
from domain.contacts import Confidence

_NONE_FOUND: Final = (
    "house policy: no rule in law was found; the Central Bank's customer protection guide (October 2025) is to be read"
)

RULES: Final[tuple[ContactRule, ...]] = (
    *office_week_rules("kw", source=_NONE_FOUND),
    no_third_parties("kw", source=_NONE_FOUND, confidence=Confidence.POLICY, since=HOUSE_SINCE),
    daily_house_cap("kw"),
    *house_rules("kw", rest_days=FRIDAY_SATURDAY),
)
