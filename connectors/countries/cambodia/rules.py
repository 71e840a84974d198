"""When a debtor in Cambodia may be contacted: house policy, as no hours were found in law or in the trade's codes."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from domain.contact_law import ContactRule, Hours, Scope, week
from domain.contacts import Channel, Confidence

CODE_SINCE: Final = date(2022, 3, 4)
CODE: Final = (
    "Code of Conduct of ABC, CMA and CAFT, 2022-03-04, and the ethical standards of credit officers (advancegroupkh; "
    "opendevelopmentcambodia; cma-network.org)"
)
_NONE_FOUND: Final = "house policy: no hours were found; the trade's codes of 2022 and 2024 are to be read"

RULES: Final[tuple[ContactRule, ...]] = (
    ContactRule(
        id="kh.hours",
        text="Monday to Friday 08:00-18:00, Saturday 08:00-12:00; nothing on Sundays and holidays.",
        kind=Hours(week=week("08:00-18:00", saturday="08:00-12:00"), holiday=()),
        scope=Scope(channels=frozenset({Channel.PHONE, Channel.VISIT}) | DIGITAL),
        source=_NONE_FOUND,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    no_third_parties("kh", source=f"house policy, after the {CODE}", confidence=Confidence.POLICY, since=HOUSE_SINCE),
    daily_house_cap("kh"),
    *house_rules("kh"),
)
