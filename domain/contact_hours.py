"""The hours that contact law leaves open in some days to come, for people who plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from domain.contact_checks import counting_time, stated_windows
from domain.contact_law import MIDNIGHT
from domain.contact_policy import Question, asked, zones_of
from domain.contacts import Channel, ContactFacts
from domain.errors import Invalid
from domain.wall_clock import in_utc, turns

if TYPE_CHECKING:
    from domain.countries import Country

LONGEST: Final = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class LawfulTime:
    """A stretch of time, in UTC, in which a contact is lawful; ``end`` is the first instant that is too late."""

    start: datetime
    end: datetime


def lawful_hours(
    country: Country,
    facts: ContactFacts,
    *,
    channel: Channel,
    start: datetime,
    end: datetime,
    subdivision: str | None,
) -> tuple[LawfulTime, ...]:
    """The lawful stretches between two moments (aware), in order, the facts staying as they are.

    The same question as ``contact_policy``: it raises what that
    raises, and ``span_too_long`` beyond 62 days.
    """
    first, last = in_utc(start), in_utc(end)
    if not first <= last <= first + LONGEST:
        raise Invalid("span_too_long", f"Hours are shown for at most {LONGEST.days} days.")
    question = asked(
        country.contact_rules,
        country.calendar,
        zones=zones_of(country, subdivision),
        subdivision=subdivision,
        channel=channel,
        facts=facts,
    )
    # Between two turns nothing changes, so the middle speaks for all of it.
    stretches: list[LawfulTime] = []
    for opening, closing in pairwise(sorted({first, last, *_turns(question, first, last)})):
        if question.allows(opening + (closing - opening) / 2):
            joins = bool(stretches) and stretches[-1].end == opening
            stretches.append(LawfulTime(stretches.pop().start if joins else opening, closing))
    return tuple(stretches)


def _turns(question: Question, first: datetime, last: datetime) -> Iterator[datetime]:
    """The instants between two at which the answer may change: clocks turn, touches begin or stop to count."""
    windows = [window for rule in question.rules for window in stated_windows(rule)]
    walls = {MIDNIGHT, *(window.open for window in windows), *(window.close for window in windows)}
    for zone in question.zones:
        for turn in turns(zone, start=first, end=last, walls=walls):
            if first < turn < last:
                yield turn
    waits = {wait for rule in question.rules if (wait := counting_time(rule)) is not None}
    for touch in question.facts.contacts:
        for wait in (timedelta(0), *waits):
            yield from (edge for edge in (touch.at - wait, touch.at + wait) if first < edge < last)
