"""House policy on contact that is the same in every country: what the house refuses though no law may ask for it."""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.contact_law import (
    ALL_DAY,
    CalendarSpan,
    Cap,
    ContactRule,
    Forbidden,
    Freeze,
    Hours,
    RegistryBlock,
    Scope,
    Week,
)
from domain.contacts import Channel, Confidence, PartyRole
from domain.opt_outs import registry_of

HOUSE_SINCE: Final = date(2020, 1, 1)  # older than any case that the house collects

DIGITAL: Final = frozenset({Channel.SMS, Channel.EMAIL, Channel.APP})
# Post is left out of the house's caps: a notice that the law prescribes must go out whatever was said that day.
NOT_POST: Final = frozenset(Channel) - {Channel.LETTER}

_WHATSAPP_SOURCE: Final = (
    "house policy, after the WhatsApp Business Messaging Policy of 2022-10-25, which lists debt collection among "
    "prohibited uses (read at niswey.com and whatsapp.com/legal/business-policy); re-read the current text"
)
_SATURDAY_SUNDAY: Final = frozenset({5, 6})


def _post_week(rest_days: frozenset[int]) -> Week:
    first, second, third, fourth, fifth, sixth, seventh = (() if day in rest_days else ALL_DAY for day in range(7))
    return (first, second, third, fourth, fifth, sixth, seventh)


def house_rules(prefix: str, *, rest_days: frozenset[int] = _SATURDAY_SUNDAY) -> tuple[ContactRule, ...]:
    """The rules of every country: no WhatsApp, nothing on hold or opted out of, letters on working days only.

    ``rest_days`` are the days of the weekend, Monday being 0.
    """
    return (
        ContactRule(
            id=f"{prefix}.whatsapp",
            text="WhatsApp is not used to collect debt.",
            kind=Forbidden(),
            scope=Scope(channels=frozenset({Channel.WHATSAPP})),
            source=_WHATSAPP_SOURCE,
            confidence=Confidence.POLICY,
            effective_from=HOUSE_SINCE,
        ),
        ContactRule(
            id=f"{prefix}.holds",
            text="While a case is on hold nobody contacts the debtor.",
            kind=Freeze(),
            source="house policy: a dispute, complaint, hardship, insolvency, death, representation, request to "
            "cease or legal hold stops every actor",
            confidence=Confidence.POLICY,
            effective_from=HOUSE_SINCE,
        ),
        *(_opted_out(prefix, channel) for channel in sorted(DIGITAL)),
        ContactRule(
            id=f"{prefix}.post",
            text="Letters are posted on working days, at any hour.",
            kind=Hours(week=_post_week(rest_days), holiday=()),
            scope=Scope(channels=frozenset({Channel.LETTER})),
            source="house policy: rules on hours speak of calls and visits; post rings at no door",
            confidence=Confidence.POLICY,
            effective_from=HOUSE_SINCE,
        ),
    )


def _opted_out(prefix: str, channel: Channel) -> ContactRule:
    return ContactRule(
        id=f"{prefix}.opt_out_{channel}",
        text=f"A number or address that opted out of {channel} is not written to there again, by anybody.",
        kind=RegistryBlock(registry_of(channel)),
        scope=Scope(channels=frozenset({channel})),
        source="house policy: whoever asks to be left alone is, also where law speaks of advertising alone",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    )


def daily_house_cap(prefix: str) -> ContactRule:
    """At most one touch a day, every channel but post counted together."""
    return ContactRule(
        id=f"{prefix}.daily_cap",
        text="At most one touch a day on all channels together, post apart.",
        kind=Cap(limit=1, span=CalendarSpan.DAY),
        scope=Scope(channels=NOT_POST),
        source="house policy: no number in law was found, only that collecting must not molest",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    )


def no_third_parties(prefix: str, *, source: str, confidence: Confidence, since: date) -> ContactRule:
    """Nobody but the debtor and named guarantors is spoken to about a debt."""
    return ContactRule(
        id=f"{prefix}.third_party",
        text="A third party is not contacted about a debt.",
        kind=Forbidden(),
        scope=Scope(party_roles=frozenset({PartyRole.THIRD_PARTY})),
        source=source,
        confidence=confidence,
        effective_from=since,
    )
