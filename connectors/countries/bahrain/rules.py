"""When a debtor in Bahrain may be contacted: house policy, as no hours or caps were found in law.

The one rule of law on whom to contact that was read is that of secrecy: licensees tell third parties nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from connectors.shared.listed_days import FRIDAY_SATURDAY
from connectors.shared.office_week import office_week_rules
from domain.contact_law import ContactRule, Forbidden, Scope
from domain.contacts import Confidence, LenderType, PartyRole

_NONE_FOUND: Final = (
    "house policy: no rule in law was found; the Central Bank of Bahrain's rulebook, business conduct, is to be read"
)
# Of the rulebook's paragraph. The law is older; its day of effect was not read.
_SECRECY_SINCE: Final = date(2014, 1, 1)

RULES: Final[tuple[ContactRule, ...]] = (
    *office_week_rules("bh", source=_NONE_FOUND),
    ContactRule(
        id="bh.confidentiality",
        text="A licensee tells no third party of a customer's account unless the customer approves or law asks for it.",
        kind=Forbidden(),
        scope=Scope(
            party_roles=frozenset({PartyRole.THIRD_PARTY}),
            lender_types=frozenset({LenderType.BANK, LenderType.FINANCE_COMPANY}),
        ),
        source="CBB rulebook BC-1.7.1 of January 2014, after art. 117 of Law 64/2006 (cbben.thomsonreuters.com "
        "entiresection/505032, read 2026-11-29)",
        confidence=Confidence.VERIFIED,
        effective_from=_SECRECY_SINCE,
    ),
    no_third_parties("bh", source=_NONE_FOUND, confidence=Confidence.POLICY, since=HOUSE_SINCE),
    daily_house_cap("bh"),
    *house_rules("bh", rest_days=FRIDAY_SATURDAY),
)
