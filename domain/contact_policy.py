"""The one question asked of contact law: may this person be contacted now, and if not, when?

``decide`` is pure. Several rules may touch one contact: the strictest wins, and what no rule permits is denied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from domain.contact_checks import Day, Moment, closing_of, expiries, objection, openings_of, windows_on
from domain.contact_law import (
    MIDNIGHT,
    ConsentNeeded,
    ContactRule,
    Forbidden,
    Freeze,
    Hours,
    OnlyChannels,
    RegistryBlock,
    Window,
)
from domain.contact_reasons import Cause, Decision, NoHoursStated, Permitted, Refusal
from domain.contacts import (
    Actor,
    Calendar,
    Channel,
    Confidence,
    ContactFacts,
    ContactResult,
    LenderType,
    PartyRole,
    PastContact,
)
from domain.errors import Invalid
from domain.wall_clock import in_utc, turns, zone_named

if TYPE_CHECKING:
    from domain.countries import Country

__all__ = [
    "Actor",
    "Calendar",
    "Cause",
    "Channel",
    "Confidence",
    "ContactFacts",
    "ContactResult",
    "Decision",
    "LenderType",
    "PartyRole",
    "PastContact",
    "Permitted",
    "Refusal",
    "Window",
    "contact_policy",
    "decide",
    "first_lawful",
    "first_lawful_contact",
]

HORIZON: Final = timedelta(days=60)
CLOSING_MARGIN: Final = timedelta(minutes=15)  # a send that starts late must still end inside its window

_LASTING: Final = (Forbidden, OnlyChannels, ConsentNeeded, Freeze, RegistryBlock)  # no passing of time lifts these
_LEAD: Final = {Confidence.VERIFIED: 0, Confidence.SECONDARY: 1, Confidence.UNVERIFIED: 2, Confidence.POLICY: 3}


def decide(
    rules: Sequence[ContactRule],
    calendar: Calendar,
    *,
    zones: Sequence[str],
    subdivision: str | None,
    channel: Channel,
    at: datetime,
    facts: ContactFacts,
    law_on: date | None = None,
) -> Decision:
    """Whether a contact is lawful at ``at`` (aware).

    Times are read on the debtor's wall clock: ``facts.time_zone``, else every zone in ``zones`` must allow it.
    ``law_on`` asks by the law of another day than the contact's own. Raises ``Invalid``: ``moment_without_offset``,
    ``time_zone_unknown``.
    """
    question = asked(rules, calendar, zones=zones, subdivision=subdivision, channel=channel, facts=facts, law_on=law_on)
    return question.answer(in_utc(at))


def first_lawful(
    rules: Sequence[ContactRule],
    calendar: Calendar,
    *,
    zones: Sequence[str],
    subdivision: str | None,
    channel: Channel,
    facts: ContactFacts,
    not_before: datetime,
    spread: float,
) -> datetime | None:
    """A moment inside the first lawful window at or after ``not_before``; ``None`` if none opens within 60 days.

    ``spread`` in [0, 1) says how far into what is left of the window: given by a hash of the case, it keeps a
    thousand cases from all speaking at the minute of opening. Raises ``Invalid``: ``spread_out_of_range``.
    """
    if not 0 <= spread < 1:
        raise Invalid("spread_out_of_range", f"A spread lies from 0 up to, not including, 1; {spread} does not.")
    question = asked(rules, calendar, zones=zones, subdivision=subdivision, channel=channel, facts=facts)
    start = in_utc(not_before)
    if not question.allows(start):
        opening = question.next_allowed(start)
        if opening is None:
            return None
        start = opening
    usable = max(timedelta(0), question.closes_at(start) - start - CLOSING_MARGIN)
    return start + timedelta(seconds=int(usable.total_seconds() * spread))


def contact_policy(
    country: Country, facts: ContactFacts, *, channel: Channel, at: datetime, subdivision: str | None
) -> Decision:
    """``decide`` by a country's own rules, calendar and zones. Raises ``Invalid``: ``subdivision_unknown`` too."""
    return decide(
        country.contact_rules,
        country.calendar,
        zones=zones_of(country, subdivision),
        subdivision=subdivision,
        channel=channel,
        at=at,
        facts=facts,
    )


def first_lawful_contact(
    country: Country,
    facts: ContactFacts,
    *,
    channel: Channel,
    not_before: datetime,
    subdivision: str | None,
    spread: float,
) -> datetime | None:
    """``first_lawful`` by a country's own rules, calendar and zones."""
    return first_lawful(
        country.contact_rules,
        country.calendar,
        zones=zones_of(country, subdivision),
        subdivision=subdivision,
        channel=channel,
        facts=facts,
        not_before=not_before,
        spread=spread,
    )


def zones_of(country: Country, subdivision: str | None) -> tuple[str, ...]:
    """The zones that must all allow a contact there. Raises ``Invalid``: ``subdivision_unknown``."""
    if subdivision is not None:
        listed = subdivision in country.subdivisions if country.subdivisions else None
        if listed is False or not subdivision.startswith(f"{country.code}-"):
            raise Invalid(
                "subdivision_unknown",
                f"{subdivision!r} is not a subdivision of {country.name} that is known here.",
                fix="Use its ISO 3166-2 code, such as BR-SP.",
                known=sorted(country.subdivisions),
            )
    return country.zones_of(subdivision)


@lru_cache(maxsize=4096)
def _in_place(rules: tuple[ContactRule, ...], subdivision: str | None, channel: Channel) -> tuple[ContactRule, ...]:
    """The rules that may bind in a place on a channel; the people and the day are looked at for each question."""
    return tuple(
        rule
        for rule in rules
        if rule.scope.holds_in(subdivision) and (rule.scope.channels is None or channel in rule.scope.channels)
    )


@lru_cache(maxsize=65536)
def _day(calendar: Calendar, day: date, subdivision: str | None) -> Day:
    return Day(
        date=day,
        weekday=day.weekday(),
        holiday=calendar.holiday(day, subdivision),
        special=calendar.special_period(day, subdivision),
    )


def asked(
    rules: Sequence[ContactRule],
    calendar: Calendar,
    *,
    zones: Sequence[str],
    subdivision: str | None,
    channel: Channel,
    facts: ContactFacts,
    law_on: date | None = None,
) -> Question:
    """A question whose moment is open still; raises as ``decide`` does."""
    names = (facts.time_zone,) if facts.time_zone is not None else tuple(zones)
    if not names:
        raise Invalid("time_zone_unknown", "Neither the debtor's time zone nor the country's zones are known.")
    bound = _in_place(tuple(rules), subdivision, channel)
    return Question(
        rules=tuple(rule for rule in bound if rule.scope.touches(channel, facts)),
        calendar=calendar,
        zones=tuple(zone_named(name) for name in names),
        subdivision=subdivision,
        channel=channel,
        facts=_with_instants(facts),
        law_on=law_on,
    )


def _with_instants(facts: ContactFacts) -> ContactFacts:
    """The facts with past contacts in UTC, where adding days to a moment adds whole days."""
    if not facts.contacts:
        return facts
    return replace(facts, contacts=tuple(replace(touch, at=in_utc(touch.at)) for touch in facts.contacts))


@dataclass(frozen=True, slots=True)
class Question:
    """One contact that is asked about; only the moment is open."""

    rules: tuple[ContactRule, ...]
    calendar: Calendar
    zones: tuple[ZoneInfo, ...]
    subdivision: str | None
    channel: Channel
    facts: ContactFacts
    law_on: date | None

    def answer(self, at: datetime) -> Decision:
        """The decision at an instant of UTC."""
        moments = tuple(self._moments(at))
        causes: dict[str | None, Cause] = {}
        for cause in self._causes(moments):
            causes.setdefault(cause.rule.id if cause.rule else None, cause)
        if not causes:
            return Permitted(rules=self._consulted(moments[0]), closes_at=self._shown(self._closes_at(moments)))
        return self._refusal(at, tuple(sorted(causes.values(), key=_precedence)))

    def allows(self, at: datetime) -> bool:
        """Whether nothing stands against it at an instant of UTC."""
        return next(self._causes(self._moments(at)), None) is None

    def closes_at(self, at: datetime) -> datetime:
        """When the window that is open at a lawful instant closes first, in any zone."""
        return self._closes_at(self._moments(at))

    def _causes(self, moments: Iterable[Moment]) -> Iterator[Cause]:
        """What stands against the contact at an instant, in every zone that it may fall into."""
        for moment in moments:
            opened = False
            for rule in self.rules:
                if not rule.holds_on(self.law_on or moment.day.date):
                    continue
                why = objection(rule, moment, channel=self.channel, facts=self.facts)
                if why is not None:
                    yield Cause(rule, why)
                kind = rule.kind
                if isinstance(kind, Hours) and windows_on(kind, moment.day, self.facts) is not None:
                    opened = True
            if not opened:
                yield Cause(None, NoHoursStated(self.channel, moment.day.date))

    def _closes_at(self, moments: Iterable[Moment]) -> datetime:
        hours = [(rule, rule.kind) for rule in self.rules if isinstance(rule.kind, Hours)]
        return min(
            closing_of(window, moment)
            for moment in moments
            for rule, kind in hours
            if rule.holds_on(self.law_on or moment.day.date)
            for window in windows_on(kind, moment.day, self.facts) or ()
            if moment.wall.time() in window
        )

    def next_allowed(self, at: datetime) -> datetime | None:
        """The earliest lawful instant after ``at``, the facts staying as they are; ``None`` past the horizon.

        What is lawful changes only at midnight, when a window opens or closes, when the clocks change and when a touch
        stops counting. It is enough to ask at those instants, in order.
        """
        for cause in self._causes(self._moments(at)):
            rule = cause.rule
            if rule and rule.effective_to is None and isinstance(rule.kind, _LASTING):
                return None
        expired = [moment for rule in self.rules for moment in expiries(rule, self.facts)]
        openings = frozenset(opening for rule in self.rules for opening in openings_of(rule)) | {MIDNIGHT}
        start = at
        while start < at + HORIZON:
            end = min(start + timedelta(days=1), at + HORIZON)
            instants = {turn for zone in self.zones for turn in turns(zone, start=start, end=end, walls=openings)}
            instants.update(expired)
            lawful = next((turn for turn in sorted(instants) if start < turn <= end and self.allows(turn)), None)
            if lawful is not None:
                return lawful
            start = end
        return None

    def _moments(self, at: datetime) -> Iterator[Moment]:
        seen = set()
        for zone in self.zones:
            local = at.astimezone(zone)
            # Zones whose clocks agree now and at every past touch give the same answer: it is asked for once.
            offsets = (local.utcoffset(), *(touch.at.astimezone(zone).utcoffset() for touch in self.facts.contacts))
            if offsets in seen:
                continue
            seen.add(offsets)
            yield Moment(
                at=at,
                zone=zone,
                wall=local.replace(tzinfo=None),
                day=_day(self.calendar, local.date(), self.subdivision),
                works=self._works,
            )

    def _works(self, day: date) -> bool:
        return self.calendar.is_working_day(day, self.subdivision)

    def _consulted(self, moment: Moment) -> tuple[str, ...]:
        day = self.law_on or moment.day.date
        in_force = [rule for rule in self.rules if rule.holds_on(day)]
        return tuple(rule.id for rule in sorted(in_force, key=lambda rule: not isinstance(rule.kind, Hours)))

    def _refusal(self, at: datetime, causes: tuple[Cause, ...]) -> Refusal:
        first = causes[0]
        lawful = self.next_allowed(at)
        return Refusal(
            rule=first.rule.id if first.rule else None,
            source=first.source,
            confidence=first.confidence,
            reasons=tuple(map(str, causes)),
            next_allowed_at=self._shown(lawful) if lawful else None,
            causes=causes,
        )

    def _shown(self, at: datetime) -> datetime:
        """An instant at the debtor's own offset from UTC where the zone is known, in UTC where not.

        The offset is a fixed one: moments that carry a zone's rules do not compare or add up as instants do.
        """
        offset = at.astimezone(self.zones[0]).utcoffset() if len(self.zones) == 1 else None
        return at.astimezone(timezone(offset) if offset is not None else UTC)


def _precedence(cause: Cause) -> tuple[int, int]:
    """What a refusal leads with: lasting bans, then hours, then budgets; among these what is founded best."""
    rule = cause.rule
    if rule is None:
        return (1, 9)
    kind = 0 if isinstance(rule.kind, _LASTING) else 1 if isinstance(rule.kind, Hours) else 2
    return (kind, _LEAD[rule.confidence])
