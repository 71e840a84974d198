"""What a country's page shows, read from its folder: hours by channel, days ahead, charges, examples, coverage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from connectors import country_folder
from connectors.wording import formatting
from domain.conduct import (
    ActualCost,
    Amount,
    AsAgreed,
    ChargeCap,
    Ladder,
    NotAllowed,
    OfContractRate,
    Percent,
    RecoveryStep,
    Series,
    ToCharity,
)
from domain.contact_policy import zones_of
from domain.contact_reasons import ConsentMissing, Refusal
from domain.contacts import Channel, ContactFacts
from domain.countries import Country
from domain.country_quality import Evidence, Tier, tier
from gateway.console.contact_form import choices_of
from gateway.console.contact_week import LawfulDay, Week, days_of, week
from gateway.console.voice import NOTHING, Voice
from gateway.contact_answers import Explained, ask

DAYS_AHEAD: Final = 366
USUAL_DAYS_PAST_DUE: Final = 30


@dataclass(frozen=True, slots=True)
class Hours:
    """Channels that share their hours of the coming week, and those of them that need the debtor's consent."""

    channels: tuple[Channel, ...]
    consent_needed: frozenset[Channel]
    week: Week


@dataclass(frozen=True, slots=True)
class Closed:
    """A channel without any hour in the coming week, and the first reason why."""

    channel: Channel
    reason: Explained


@dataclass(frozen=True, slots=True)
class DayAhead:
    """A public holiday to come; days of the moon that are only computed are ``estimated``."""

    day: date
    name: str
    estimated: bool


@dataclass(frozen=True, slots=True)
class Route:
    """A way to take a vehicle back: its steps in order."""

    code: str
    steps: tuple[RecoveryStep, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a country's folder can be relied on."""

    country: Country
    evidence: Evidence
    tier: Tier


def coverage_of(country: Country) -> Coverage:
    """The tier that the folder's own evidence reaches."""
    evidence = country_folder.evidence(country)
    return Coverage(country, evidence, tier(evidence))


def hours_of(
    voice: Voice, country: Country, *, now: datetime, subdivision: str | None
) -> tuple[tuple[Hours, ...], tuple[Closed, ...]]:
    """The coming week for each channel, channels of one timetable together, and the channels without any hour.

    For the creditor's first contact with a debtor thirty days past due who gave every consent that a rule needs.
    """
    zone = ZoneInfo(zones_of(country, subdivision)[0])
    agreed = ContactFacts(days_past_due=USUAL_DAYS_PAST_DUE, consents=frozenset(choices_of(country).needed))
    open_, closed = dict[tuple[LawfulDay, ...], list[Channel]](), []
    for channel in Channel:
        days = days_of(country, agreed, channel=channel, now=now, subdivision=subdivision, zone=zone)
        if any(day.spans for day in days):
            open_.setdefault(days, []).append(channel)
        else:
            asked = ask(country, agreed, channel=channel, at=now, subdivision=subdivision)
            closed.append(Closed(channel, asked.explained(voice)[0]))
    needing = frozenset(channel for channel in Channel if _needs_consent(country, channel, now, subdivision))
    timetables = tuple(
        Hours(tuple(channels), needing & set(channels), week(voice, days, zone=zone, now=now))
        for days, channels in open_.items()
    )
    return timetables, tuple(closed)


def _needs_consent(country: Country, channel: Channel, now: datetime, subdivision: str | None) -> bool:
    facts = ContactFacts(days_past_due=USUAL_DAYS_PAST_DUE)
    decision = ask(country, facts, channel=channel, at=now, subdivision=subdivision).decision
    return isinstance(decision, Refusal) and any(isinstance(one.reason, ConsentMissing) for one in decision.causes)


def days_ahead(country: Country, first: date, subdivision: str | None) -> Iterator[DayAhead]:
    """The public holidays of the year that begins with a day."""
    for day in (first + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
        name = country.calendar.holiday(day, subdivision)
        if name is not None:
            yield DayAhead(day, name, country.calendar.estimated(day, subdivision))


def routes_of(country: Country) -> tuple[Route, ...]:
    """The ways to take a vehicle back, each with its steps in order."""
    steps = sorted(country.conduct.recovery, key=lambda step: (step.route, step.order))
    return tuple(Route(code, tuple(found)) for code, found in groupby(steps, key=lambda step: step.route))


def cap_words(voice: Voice, cap: ChargeCap, today: date) -> str:  # noqa: PLR0911 -- a sentence for each kind
    """The most that may be charged, in a few words."""
    match cap:
        case NotAllowed():
            return voice.gettext("May not be charged")
        case ToCharity():
            return voice.gettext("Goes to charity")
        case AsAgreed():
            return voice.gettext("As the contract says; no ceiling is known")
        case ActualCost():
            return voice.gettext("The cost that was really spent")
        case Percent(value=value, per=per, basis=basis):
            terms = (_percent(voice, value), voice.label("charge_basis", basis), voice.label("charge_per", per))
            return " ".join(terms)
        case Amount(value=value, currency=currency, per=per):
            figure = f"{formatting.number(value, voice.locale, decimals=_decimals(value))}\u00a0{currency}"
            return f"{voice.level(figure)} {voice.label('charge_per', per)}"
        case Ladder(unit=unit, steps=steps):
            shares = ", ".join(_percent(voice, share) for _, share in steps)
            return voice.gettext("By steps of %(unit)s: %(shares)s", unit=unit, shares=shares)
        case Series(per=per, rates=rates):
            known = [rate for since, rate in rates if since <= today]
            newest = _percent(voice, known[-1]) if known else NOTHING
            rate = f"{newest} {voice.label('charge_per', per)}"
            return voice.gettext("The rate that the authority states, last %(rate)s", rate=rate)
        case OfContractRate(percent=percent):
            return voice.gettext("%(percent)s of the contract's rate", percent=_percent(voice, percent))


def _percent(voice: Voice, value: Decimal) -> str:
    places = max(_decimals(value), 0)
    return voice.level(formatting.percent(value / 100, voice.locale, decimals=places))


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
