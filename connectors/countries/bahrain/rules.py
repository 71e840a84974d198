"""When a debtor in Bahrain may be contacted: house policy, as no hours or caps were found in law."""

from __future__ import annotations

from typing import Final

from connectors.shared.house_rules import HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from connectors.shared.listed_days import FRIDAY_SATURDAY
from connectors.shared.office_week import office_week_rules
from domain.contact_law import ContactRule
from domain.contacts import Confidence

_NONE_FOUND: Final = (
    "house policy: no rule in law was found; the Central Bank of Bahrain's rulebook, business conduct, is to be read"
)

RULES: Final[tuple[ContactRule, ...]] = (
    *office_week_rules("bh", source=_NONE_FOUND),
    no_third_parties("bh", source=_NONE_FOUND, confidence=Confidence.POLICY, since=HOUSE_SINCE),
    daily_house_cap("bh"),
    *house_rules("bh", rest_days=FRIDAY_SATURDAY),
)
