"""When a debtor in Indonesia may be contacted: POJK 22/2023 article 62, which binds banks and finance companies.

POJK's day of effect is from memory (promulgated 22 December 2023) and to be checked in the text.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import (
    DIGITAL,
    HOUSE_SINCE,
    daily_house_cap,
    house_rules,
    no_third_parties,
)
from domain.contact_law import CLOSED_WEEK, SILENT_WEEK, ContactRule, Hours, Scope, week
from domain.contacts import Channel, Confidence

POJK: Final = date(2023, 12, 22)
_SOURCE: Final = "POJK 22/2023 art. 62(2)(f) and (3) (okezone.com 2024-07-13, kontan.co.id 2024-02-10)"

RULES: Final = (
    ContactRule(
        id="id.hours",
        text="Collecting Monday to Saturday 08:00-20:00 in the debtor's local time, never on national holidays; other "
        "hours only with the consumer's prior consent, recorded as outside_hours.",
        kind=Hours(week=week("08:00-20:00", saturday="08:00-20:00"), holiday=(), waived_by="outside_hours"),
        scope=Scope(channels=frozenset({Channel.PHONE, Channel.VISIT}) | DIGITAL),
        source=_SOURCE,
        confidence=Confidence.SECONDARY,
        effective_from=POJK,
    ),
    ContactRule(
        id="id.joint_leave",
        text="Nothing on days of joint leave (cuti bersama).",
        kind=Hours(week=SILENT_WEEK, special=(("joint_leave", CLOSED_WEEK),), waived_by="outside_hours"),
        source="house policy: the law speaks of national holidays; joint leave closes offices and homes alike",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    no_third_parties(
        "id",
        source="POJK 22/2023 art. 62(2)(c) (okezone.com 2024-07-13)",
        confidence=Confidence.SECONDARY,
        since=POJK,
    ),
    daily_house_cap("id"),
    *house_rules("id"),
)
