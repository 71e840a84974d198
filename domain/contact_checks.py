"""What one rule of contact law objects to at one moment of the debtor's wall clock."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from domain.contact_law import (
    ALL_DAY,
    MIDNIGHT,
    CalendarSpan,
    Cap,
    ConsentNeeded,
    ContactRule,
    CoolDown,
    DayWindows,
    Forbidden,
    Freeze,
    Hours,
    MinGap,
    OnlyChannels,
    Per,
    QuietAfter,
    RegistryBlock,
    Rolling,
    Window,
)
from domain.contact_reasons import (
    ChannelNotListed,
    ConsentMissing,
    NotAllowed,
    OnHold,
    OnRegister,
    OutsideHours,
    OverCap,
    Quiet,
    Reason,
    Resting,
    RestingDays,
    TooSoon,
    named_span,
)
from domain.contacts import Channel, ContactFacts, PastContact
from domain.wall_clock import instant_of


@dataclass(frozen=True, slots=True)
class Day:
    """A day as a country's calendar has it."""

    date: date
    weekday: int  # Monday is 0
    holiday: str | None
    special: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant as the wall clock of a zone shows it; ``wall`` is naive, ``works`` knows the place's working days."""

    at: datetime
    zone: ZoneInfo
    wall: datetime
    day: Day
    works: Callable[[date], bool]


def windows_on(hours: Hours, day: Day, facts: ContactFacts) -> DayWindows:
    """The windows that a rule of hours states for a day; ``None`` where it is silent."""
    if hours.waived_by is not None and hours.waived_by in facts.consents:
        return ALL_DAY
    if day.holiday is not None and hours.holiday is not None:
        return hours.holiday
    for period, special_week in hours.special:
        if period == day.special:
            return special_week[day.weekday]
    return hours.week[day.weekday]


def objection(rule: ContactRule, moment: Moment, *, channel: Channel, facts: ContactFacts) -> Reason | None:
    """Why a rule that touches the contact forbids it at a moment; ``None`` when it does not."""
    match rule.kind:
        case Hours() as hours:
            return _outside_hours(hours, moment, facts)
        case Cap() as cap:
            return _over_cap(cap, moment, _counted(rule, cap, facts))
        case MinGap() as gap:
            return _too_soon(gap, moment, _counted(rule, gap, facts))
        case CoolDown() as cool_down:
            return _resting(cool_down, moment, facts)
        case QuietAfter() as quiet:
            return _quiet(quiet, moment, channel=channel, facts=facts)
        case lasting:
            return _standing(rule, lasting, channel=channel, facts=facts)


def _standing(
    rule: ContactRule,
    kind: Forbidden | OnlyChannels | ConsentNeeded | Freeze | RegistryBlock,
    *,
    channel: Channel,
    facts: ContactFacts,
) -> Reason | None:
    """What stands against a contact at any hour."""
    match kind:
        case Forbidden():
            return NotAllowed(rule.text)
        case OnlyChannels(channels=listed):
            return None if channel in listed else ChannelNotListed(rule.text, listed)
        case ConsentNeeded():
            needed = kind.consent or str(channel)
            return None if needed in facts.consents else ConsentMissing(rule.text, needed)
        case RegistryBlock(registry=registry):
            return OnRegister(rule.text, registry) if registry in facts.registries else None
        case Freeze():
            holds = facts.holds if kind.holds is None else facts.holds & kind.holds
            return OnHold(tuple(sorted(holds))) if holds else None
        case _:
            assert_never(kind)


def expiries(rule: ContactRule, facts: ContactFacts) -> Sequence[datetime]:
    """The instants at which a touch so far stops counting against a rule (calendar spans end at midnight)."""
    wait = counting_time(rule)
    return [contact.at + wait for contact in facts.contacts] if wait is not None else ()


def counting_time(rule: ContactRule) -> timedelta | None:
    """For how long a touch counts against a rule, where that is not until the end of a calendar span."""
    match rule.kind:
        case Cap(span=Rolling(days=days)):
            return timedelta(days=days)
        case MinGap(gap=gap):
            return gap
        case CoolDown(rest=rest):
            return rest
        case _:
            return None


def stated_windows(rule: ContactRule) -> Iterator[Window]:
    """Every window that a rule of hours states for some day."""
    if isinstance(rule.kind, Hours):
        hours = rule.kind
        days = (hours.holiday, *hours.week, *(windows for _, special in hours.special for windows in special))
        for windows in days:
            yield from windows or ()


def openings_of(rule: ContactRule) -> set[time]:
    """Every local time at which a rule of hours may open a window."""
    return {window.open for window in stated_windows(rule)}


def closing_of(window: Window, moment: Moment) -> datetime:
    """The instant at which a window that is open at a moment closes."""
    day = moment.day.date + timedelta(days=1) if window.close == MIDNIGHT else moment.day.date
    return instant_of(moment.zone, day, window.close, after=moment.at)


def _outside_hours(hours: Hours, moment: Moment, facts: ContactFacts) -> Reason | None:
    windows = windows_on(hours, moment.day, facts)
    if windows is None:
        return None
    wall_time = moment.wall.time()
    if any(wall_time in window for window in windows):
        return None
    return OutsideHours(moment.wall, moment.zone.key, windows, moment.day.holiday, moment.day.special)


def _counted(rule: ContactRule, kind: Cap | MinGap, facts: ContactFacts) -> list[PastContact]:
    channels = rule.scope.channels
    return [
        contact
        for contact in facts.contacts
        if (channels is None or contact.channel in channels)
        and contact.result.at_least(kind.counts)
        and _of_the_same(kind.per, contact, facts)
    ]


def _of_the_same(per: Per, contact: PastContact, facts: ContactFacts) -> bool:
    """Whether a touch was of the debtor, loan, case or number that is asked about; what is not known counts.

    A touch of another debtor counts only where it is known to be about the same loan or number.
    """
    match per:
        case Per.DEBTOR:
            known, asked = contact.debtor, facts.debtor
        case Per.DEBT:
            known, asked = contact.debt, facts.debt
        case Per.CASE:
            known, asked = contact.case, facts.case
        case Per.NUMBER:
            known, asked = contact.number, facts.number
        case _:
            assert_never(per)
    if per is not Per.DEBTOR and (known is None or asked is None):
        return _of_the_same(Per.DEBTOR, contact, facts)
    return known is None or asked is None or known == asked


def _over_cap(cap: Cap, moment: Moment, touches: list[PastContact]) -> Reason | None:
    if len(touches) < cap.limit:
        return None
    match cap.span:
        case Rolling(days=days):
            most = _most_in_any_stretch(moment.at, [touch.at for touch in touches], length=timedelta(days=days))
        case CalendarSpan() as calendar_span:
            here = named_span(moment.day.date, calendar_span)
            most = sum(named_span(_local_day(touch, moment), calendar_span) == here for touch in touches)
    return OverCap(most, cap.limit, cap.span, moment.day.date) if most >= cap.limit else None


def _most_in_any_stretch(at: datetime, touches: list[datetime], *, length: timedelta) -> int:
    """The most touches in any stretch of the length that includes ``at``; reserved ones may lie ahead of it."""
    near = sorted(touch for touch in touches if at - length < touch < at + length)
    starts = [at, *near[: bisect_right(near, at)]]
    return max(bisect_left(near, start + length) - bisect_left(near, start) for start in starts)


def _too_soon(rule: MinGap, moment: Moment, touches: list[PastContact]) -> Reason | None:
    near = [touch for touch in touches if abs(moment.at - touch.at) < rule.gap]
    return TooSoon(near[-1].at, rule.gap) if near else None


def _local_day(touch: PastContact, moment: Moment) -> date:
    return touch.at.astimezone(moment.zone).date()


def _quiet(rule: QuietAfter, moment: Moment, *, channel: Channel, facts: ContactFacts) -> Reason | None:
    here = named_span(moment.day.date, rule.until_end_of)
    for touch in facts.contacts:
        if (
            named_span(_local_day(touch, moment), rule.until_end_of) == here
            and _of_the_same(Per.DEBTOR, touch, facts)
            and touch.result.at_least(rule.after)
            and not (rule.other_channels and touch.channel is channel)
        ):
            return Quiet(touch.channel, touch.at, rule.until_end_of, moment.day.date)
    return None


def _resting(rule: CoolDown, moment: Moment, facts: ContactFacts) -> Reason | None:
    if rule.waived_by is not None and rule.waived_by in facts.consents:
        return None
    for touch in facts.contacts:
        if not touch.result.at_least(rule.after) or not _of_the_same(rule.per, touch, facts) or touch.at > moment.at:
            continue
        if moment.at < touch.at + rule.rest:
            return Resting(touch.at, rule.rest)
        if rule.working_days and moment.day.date < _free_after(rule.working_days, touch, moment):
            return RestingDays(touch.at, rule.working_days)
    return None


def _free_after(working_days: int, touch: PastContact, moment: Moment) -> date:
    """The first day on which so many working days have gone by in full since the day of a touch."""
    day = _local_day(touch, moment)
    # Beyond the day that is asked about nothing need be known.
    while working_days and day <= moment.day.date:
        day += timedelta(days=1)
        working_days -= moment.works(day)
    return day + timedelta(days=1)
