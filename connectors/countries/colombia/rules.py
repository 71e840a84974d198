"""When a debtor in Colombia may be contacted: Ley 2300 de 2023, which binds everybody who collects.

A direct contact closes the day for every channel and the week for every other channel; the statute leaves no channel
out, so that a letter waits too. It is kept where a newspaper speaks of "twice a week" instead. A week is that of the
calendar, from Monday.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, NOT_POST, house_rules, no_third_parties
from domain.contact_law import (
    CalendarSpan,
    Cap,
    ConsentNeeded,
    ContactRule,
    Forbidden,
    Hours,
    QuietAfter,
    RegistryBlock,
    Scope,
    week,
)
from domain.contacts import Channel, Confidence, ContactResult

_LAW: Final = date(2023, 10, 10)
_HOURS: Final = Hours(week=week("07:00-19:00", saturday="08:00-15:00"), holiday=(), waived_by="other_hours")
_REACHES: Final = frozenset({Channel.PHONE, Channel.VISIT}) | DIGITAL
_STATUTE: Final = "Ley 2300 de 2023, in force from 2023-10-10"
_ARTICLE_3: Final = (
    f"{_STATUTE}, art. 3 (quoted word for word from funcionpublica.gov.co norma 213990 in a public repository, read "
    "2026-11-28; agoramercatorum.uexternado.edu.co 2024-07-31); upheld by C-278 de 2024"
)
_QUOTED: Final = (
    "quoted word for word from funcionpublica.gov.co norma 213990 in a public repository on rent collection, read "
    "2026-11-29"
)

_CONSENTS: Final = tuple(
    ContactRule(
        id=f"co.authorised_{channel}",
        text=f"Only channels that the consumer authorised after being informed are used; {channel} needs it.",
        kind=ConsentNeeded(),
        scope=Scope(channels=frozenset({channel})),
        source=f"{_STATUTE}, art. 2 ({_QUOTED}; accolombianlawyers.com; castronieto.co)",
        confidence=Confidence.VERIFIED,
        effective_from=_LAW,
    )
    for channel in (Channel.SMS, Channel.EMAIL, Channel.APP)
)

RULES: Final = (
    ContactRule(
        id="co.hours",
        text="Monday to Friday 07:00-19:00, Saturday 08:00-15:00, never on Sundays and holidays.",
        kind=_HOURS,
        scope=Scope(channels=_REACHES),
        source=f"{_ARTICLE_3}; others only where the consumer asks for them in an instrument apart from the contract "
        "and later than it (consent other_hours)",
        confidence=Confidence.VERIFIED,
        effective_from=_LAW,
    ),
    ContactRule(
        id="co.hours_before_the_law",
        text="Before the law the house kept the hours that it brought.",
        kind=_HOURS,
        scope=Scope(channels=_REACHES),
        source="house policy: no statute on hours before 2023-10-10 was found",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
        effective_to=_LAW,
    ),
    *_CONSENTS,
    ContactRule(
        id="co.authorised_phone",
        text="A telephone that the consumer did not authorise is not called (register phone_not_authorised).",
        kind=RegistryBlock("phone_not_authorised"),
        scope=Scope(channels=frozenset({Channel.PHONE})),
        source=f"{_STATUTE}, art. 2 (accolombianlawyers.com): the number given in the contract counts as authorised "
        "until the consumer says otherwise; for counsel",
        confidence=Confidence.SECONDARY,
        effective_from=_LAW,
    ),
    ContactRule(
        id="co.authorised_list",
        text="A consumer who authorised some channels is called only if the telephone is one of them.",
        kind=ConsentNeeded(),
        scope=Scope(channels=frozenset({Channel.PHONE}), consents=frozenset(map(str, _REACHES))),
        source=f"{_STATUTE}, art. 2 ({_QUOTED}; accolombianlawyers.com; castronieto.co)",
        confidence=Confidence.VERIFIED,
        effective_from=_LAW,
    ),
    ContactRule(
        id="co.one_contact_a_day",
        text="After a direct contact nothing more on the same day, on any channel.",
        kind=QuietAfter(after=ContactResult.CONTACT, until_end_of=CalendarSpan.DAY),
        source=_ARTICLE_3,
        confidence=Confidence.VERIFIED,
        effective_from=_LAW,
    ),
    ContactRule(
        id="co.one_channel_a_week",
        text="After a direct contact no other channel in the same week.",
        kind=QuietAfter(after=ContactResult.CONTACT, until_end_of=CalendarSpan.WEEK, other_channels=True),
        source=f"{_ARTICLE_3}; eltiempo.com says twice a week, the statute is kept",
        confidence=Confidence.VERIFIED,
        effective_from=_LAW,
    ),
    ContactRule(
        id="co.visits",
        text="Nobody visits a debtor's home or work.",
        kind=Forbidden(),
        scope=Scope(channels=frozenset({Channel.VISIT})),
        source=f"{_STATUTE}, art. 6 ({_QUOTED}; bluradio.com 2023-10)",
        confidence=Confidence.VERIFIED,
        effective_from=_LAW,
    ),
    ContactRule(
        id="co.rne",
        text="Nobody on the register RNE is called or written to over SMS, app or e-mail.",
        kind=RegistryBlock("rne"),
        scope=Scope(channels=frozenset({Channel.PHONE}) | DIGITAL),
        source="CRC, Registro de Números Excluidos, from 2024-04-10 (radiosantafe.com: commercial messages); "
        "elcolombiano.com 2025-08-22 says collection can be chosen too: the stricter is kept",
        confidence=Confidence.SECONDARY,
        effective_from=date(2024, 4, 10),
    ),
    no_third_parties(
        "co",
        source=f"{_STATUTE}, art. 4 ({_QUOTED}; bluradio.com 2023-10): references are never contacted; co-debtors and "
        "guarantors are, within the same limits",
        confidence=Confidence.VERIFIED,
        since=_LAW,
    ),
    ContactRule(
        id="co.attempts",
        text="At most three attempts a day on all channels together, post apart, even if nobody is reached.",
        kind=Cap(limit=3, span=CalendarSpan.DAY),
        scope=Scope(channels=NOT_POST),
        source="house policy: the statute counts direct contacts only",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    *house_rules("co"),
)
