"""When a debtor in Saudi Arabia may be contacted: SAMA's debt collection rules of 2025 (circular 106889333).

They bind banks, finance companies and whoever collects for them. They ask for "official working hours" without naming
a clock time: the times here are house policy. Until 6 March 2025 their first edition of 2018 (circular 391000083340)
held, of which the part on contact was read: ten attempts in thirty days, and a list of channels without an app. A
dealer who lends is not named by either; the house holds him to the same.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, house_rules, no_third_parties
from connectors.shared.listed_days import FRIDAY_SATURDAY
from domain.contact_law import Cap, ContactRule, Forbidden, Freeze, Hours, OnlyChannels, Per, Rolling, Scope, week
from domain.contacts import Channel, Confidence, LenderType, PartyRole

CIRCULAR_SINCE: Final = date(2025, 3, 6)  # 6/9/1446H
CIRCULAR: Final = "SAMA circular 106889333 of 6/9/1446H (rulebook.sama.gov.sa/ar/entiresection/10400)"
FIRST_SINCE: Final = date(2018, 4, 11)  # 26/7/1439H
FIRST: Final = "SAMA circular 391000083340 of 26/7/1439H, first edition (rulebook.sama.gov.sa/en/entiresection/1703)"
_Kind = Cap | Forbidden | Freeze | Hours | OnlyChannels
_BOUND: Final = frozenset({LenderType.BANK, LenderType.FINANCE_COMPANY})
_DEALER: Final = frozenset({LenderType.VEHICLE_DEALER})
_AS_LENDERS: Final = "house policy: a dealer who lends keeps what SAMA circular 106889333 asks of banks"
_CALLS: Final = frozenset({Channel.PHONE})
_LISTED: Final = OnlyChannels(frozenset({Channel.PHONE, Channel.LETTER}) | DIGITAL)
_LISTED_FIRST: Final = OnlyChannels(frozenset({Channel.PHONE, Channel.LETTER, Channel.SMS, Channel.EMAIL}))
_TEN_CALLS: Final = Cap(limit=10, span=Rolling(days=30), per=Per.DEBT)


def _of_circular(code: str, *, article: str, text: str, kind: _Kind, scope: Scope) -> ContactRule:
    return ContactRule(
        id=f"sa.{code}",
        text=text,
        kind=kind,
        scope=scope,
        source=f"{CIRCULAR} art. {article}",
        confidence=Confidence.VERIFIED,
        effective_from=CIRCULAR_SINCE,
    )


def _of_first_edition(code: str, *, section: str, text: str, kind: _Kind, scope: Scope) -> ContactRule:
    return ContactRule(
        id=f"sa.{code}",
        text=text,
        kind=kind,
        scope=scope,
        source=f"{FIRST} section {section}",
        confidence=Confidence.VERIFIED,
        effective_from=FIRST_SINCE,
        effective_to=CIRCULAR_SINCE,
    )


def _of_house(code: str, *, text: str, kind: _Kind, scope: Scope, source: str = _AS_LENDERS) -> ContactRule:
    return ContactRule(
        id=f"sa.{code}",
        text=text,
        kind=kind,
        scope=scope,
        source=source,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    )


RULES: Final = (
    _of_house(
        "hours",
        text="Sunday to Thursday 09:00-17:00, in Ramadan 10:00-16:00; nothing on Friday, Saturday and holidays.",
        kind=Hours(
            week=week("09:00-17:00", friday="", sunday="09:00-17:00"),
            holiday=(),
            special=(("ramadan", week("10:00-16:00", friday="", sunday="10:00-16:00")),),
        ),
        scope=Scope(channels=_CALLS | DIGITAL),
        source="house policy: SAMA circular 106889333 art. 4 asks for official working hours and names no clock time; "
        "in Ramadan banks work 10:00-16:00 (zawya.com 2022-03-15)",
    ),
    _of_circular(
        "call_cap",
        article="4",
        text="At most ten calls in any thirty days for each finance product, to debtor and guarantor alike.",
        # The text defines a call as answered, yet speaks of attempts: every attempt counts.
        kind=_TEN_CALLS,
        scope=Scope(channels=_CALLS, lender_types=_BOUND),
    ),
    _of_circular(
        "channels",
        article="5(1)",
        text="Only telephone, text, e-mail, the lender's app or site, registered mail and judicial notice are used.",
        kind=_LISTED,
        scope=Scope(lender_types=_BOUND),
    ),
    _of_circular(
        "visits",
        article="4",
        text="Nobody visits a debtor's home or work in any case.",
        kind=Forbidden(),
        scope=Scope(channels=frozenset({Channel.VISIT}), lender_types=_BOUND),
    ),
    _of_circular(
        "third_party_call",
        article="4",
        text="Nobody but the debtor and the guarantor is called.",
        kind=Forbidden(),
        scope=Scope(channels=_CALLS, party_roles=frozenset({PartyRole.THIRD_PARTY}), lender_types=_BOUND),
    ),
    _of_circular(
        "objection",
        article="6",
        text="Once the debtor objects to the amount no reminder is sent until the complaint is resolved.",
        kind=Freeze(frozenset({"dispute", "complaint"})),
        scope=Scope(lender_types=_BOUND),
    ),
    _of_first_edition(
        "call_cap_2018",
        section="1.3",
        text="At most ten attempts to call the debtor in any thirty days.",
        # The first edition counted the attempts of a debtor, whatever their products.
        kind=Cap(limit=10, span=Rolling(days=30)),
        scope=Scope(channels=_CALLS, lender_types=_BOUND),
    ),
    _of_first_edition(
        "channels_2018",
        section="1.1",
        text="Only telephone, text, e-mail and registered mail to the national address were used.",
        kind=_LISTED_FIRST,
        scope=Scope(lender_types=_BOUND),
    ),
    _of_house(
        "dealer_call_cap",
        text="A dealer who lends calls at most ten times in any thirty days for each contract.",
        kind=_TEN_CALLS,
        scope=Scope(channels=_CALLS, lender_types=_DEALER),
    ),
    _of_house(
        "dealer_channels",
        text="A dealer who lends uses only telephone, text, e-mail, app and post, and visits nobody.",
        kind=_LISTED,
        scope=Scope(lender_types=_DEALER),
    ),
    no_third_parties(
        "sa",
        source="house policy: SAMA circular 106889333 art. 4 speaks of calls; the house writes to no third party",
        confidence=Confidence.POLICY,
        since=HOUSE_SINCE,
    ),
    *house_rules("sa", rest_days=FRIDAY_SATURDAY),
)
