"""When a debtor in Malaysia may be contacted: house hours, as no clock hours were found in law.

"Nine to nine" is often told, but no source for it was found; the Central Bank's guideline of 2007 on fair debt
collection exists, its hours could not be read.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.countries.malaysia.working_days import JOHOR_RESTED_ON_FRIDAY, JOHOR_RESTS_ON_SUNDAY
from connectors.countries.malaysia.zones import FRIDAY_STATES, JOHOR
from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from domain.contact_law import ContactRule, Forbidden, Hours, Scope, week
from domain.contacts import Channel, Confidence, LenderType, PartyRole

_HEARD: Final = frozenset({Channel.PHONE, Channel.VISIT}) | DIGITAL
_SUNDAY_WEEK: Final = week("09:00-20:00", saturday="09:00-20:00")
_FRIDAY_WEEK: Final = week("09:00-20:00", friday="", saturday="09:00-20:00", sunday="09:00-20:00")
_SOURCE: Final = "house policy: no hours were found in law; the Central Bank's guideline of 2007 is to be read"
_SUNDAY_TEXT: Final = "Monday to Saturday 09:00-20:00; nothing on Sundays and holidays of the state."
_FRIDAY_TEXT: Final = "Saturday to Thursday 09:00-20:00; nothing on Fridays and holidays of the state."


def _hours(name: str, text: str, kind: Hours, *, scope: Scope, since: date = HOUSE_SINCE) -> ContactRule:
    until = JOHOR_RESTS_ON_SUNDAY if since == JOHOR_RESTED_ON_FRIDAY else None
    return ContactRule(
        id=f"my.{name}",
        text=text,
        kind=kind,
        scope=scope,
        source=_SOURCE,
        confidence=Confidence.POLICY,
        effective_from=since,
        effective_to=until,
    )


RULES: Final = (
    _hours(
        "hours",
        _SUNDAY_TEXT,
        Hours(week=_SUNDAY_WEEK, holiday=()),
        scope=Scope(channels=_HEARD, except_subdivisions=FRIDAY_STATES | {JOHOR}),
    ),
    _hours(
        "friday_states.hours",
        _FRIDAY_TEXT,
        Hours(week=_FRIDAY_WEEK, holiday=()),
        scope=Scope(channels=_HEARD, subdivisions=FRIDAY_STATES),
    ),
    _hours(
        "johor.hours_to_2024",
        _FRIDAY_TEXT,
        Hours(week=_FRIDAY_WEEK, holiday=()),
        scope=Scope(channels=_HEARD, subdivisions=frozenset({JOHOR})),
        since=JOHOR_RESTED_ON_FRIDAY,
    ),
    _hours(
        "johor.hours",
        _SUNDAY_TEXT,
        Hours(week=_SUNDAY_WEEK, holiday=()),
        scope=Scope(channels=_HEARD, subdivisions=frozenset({JOHOR})),
        since=JOHOR_RESTS_ON_SUNDAY,
    ),
    _hours(
        "friday_states.post",
        "In Kedah, Kelantan and Terengganu letters are not posted on Fridays.",
        Hours(week=(None, None, None, None, (), None, None)),
        scope=Scope(channels=frozenset({Channel.LETTER}), subdivisions=FRIDAY_STATES),
    ),
    _hours(
        "johor.post_to_2024",
        "In Johor letters are not posted on Fridays.",
        Hours(week=(None, None, None, None, (), None, None)),
        scope=Scope(channels=frozenset({Channel.LETTER}), subdivisions=frozenset({JOHOR})),
        since=JOHOR_RESTED_ON_FRIDAY,
    ),
    ContactRule(
        id="my.bank_third_party",
        text="A bank's collector tells nobody but the debtor of a debt; a husband or wife is a third party too.",
        kind=Forbidden(),
        scope=Scope(
            party_roles=frozenset({PartyRole.THIRD_PARTY}),
            lender_types=frozenset({LenderType.BANK}),
        ),
        source="Bank Negara Malaysia, Fair Debt Collection Practices, 2007 (stableoption.com; RHB training deck); its "
        "day of effect is to be read",
        confidence=Confidence.SECONDARY,
        effective_from=date(2007, 1, 1),
    ),
    no_third_parties(
        "my",
        source="house policy: the Central Bank's guideline of 2007 kept by every lender",
        confidence=Confidence.POLICY,
        since=HOUSE_SINCE,
    ),
    daily_house_cap("my"),
    *house_rules("my"),
)
