"""What one rule of contact law objects to at one moment of the debtor's wall clock."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
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


def objection(rule: ContactRule, moment: Moment, *, channel: Channel, facts: ContactFacts) -> str | None:
    """Why a rule that touches the contact forbids it at a moment, as a sentence; ``None`` when it does not."""
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
) -> str | None:
    """What stands against a contact at any hour."""
    match kind:
        case Forbidden():
            stands = True
        case OnlyChannels():
            stands = channel not in kind.channels
        case ConsentNeeded():
            stands = (kind.consent or str(channel)) not in facts.consents
        case RegistryBlock():
            stands = kind.registry in facts.registries
        case Freeze():
            holds = facts.holds if kind.holds is None else facts.holds & kind.holds
            return f"The case is on hold: {', '.join(sorted(holds))}." if holds else None
        case _:
            assert_never(kind)
    return rule.text if stands else None


def expiries(rule: ContactRule, facts: ContactFacts) -> Sequence[datetime]:
    """The instants at which a touch so far stops counting against a rule (calendar spans end at midnight)."""
    match rule.kind:
        case Cap(span=Rolling(days=days)):
            wait = timedelta(days=days)
        case MinGap(gap=gap):
            wait = gap
        case CoolDown(rest=rest):
            wait = rest
        case _:
            return ()
    return [contact.at + wait for contact in facts.contacts]


def openings_of(rule: ContactRule) -> set[time]:
    """Every local time at which a rule of hours may open a window."""
    if not isinstance(rule.kind, Hours):
        return set()
    hours = rule.kind
    stated = [hours.holiday, *hours.week, *(windows for _, special in hours.special for windows in special)]
    return {window.open for windows in stated for window in windows or ()}


def closing_of(window: Window, moment: Moment) -> datetime:
    """The instant at which a window that is open at a moment closes."""
    day = moment.day.date + timedelta(days=1) if window.close == MIDNIGHT else moment.day.date
    return instant_of(moment.zone, day, window.close, after=moment.at)


def _outside_hours(hours: Hours, moment: Moment, facts: ContactFacts) -> str | None:
    windows = windows_on(hours, moment.day, facts)
    if windows is None:
        return None
    wall_time = moment.wall.time()
    if any(wall_time in window for window in windows):
        return None
    stated = f"only {', '.join(map(str, windows))} is allowed" if windows else "no hour is allowed"
    day = moment.day
    name = f", {day.holiday}" if day.holiday else f" ({day.special})" if day.special else ""
    return f"{moment.wall:%H:%M} on {moment.wall:%A} {day.date}{name} in {moment.zone.key}: {stated} then."


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


def _over_cap(cap: Cap, moment: Moment, touches: list[PastContact]) -> str | None:
    if len(touches) < cap.limit:
        return None
    match cap.span:
        case Rolling(days=days):
            most = _most_in_any_stretch(moment.at, [touch.at for touch in touches], length=timedelta(days=days))
            period = f"in {days} days"
        case CalendarSpan() as calendar_span:
            here = _span_of(moment.wall, calendar_span)
            most = sum(_span_of(touch.at.astimezone(moment.zone), calendar_span) == here for touch in touches)
            period = f"in {here}" if calendar_span is not CalendarSpan.DAY else f"on {here}"
    if most < cap.limit:
        return None
    return f"{most} of at most {cap.limit} touches {period} were already made."


def _most_in_any_stretch(at: datetime, touches: list[datetime], *, length: timedelta) -> int:
    """The most touches in any stretch of the length that includes ``at``; reserved ones may lie ahead of it."""
    near = sorted(touch for touch in touches if at - length < touch < at + length)
    starts = [at, *near[: bisect_right(near, at)]]
    return max(bisect_left(near, start + length) - bisect_left(near, start) for start in starts)


def _too_soon(rule: MinGap, moment: Moment, touches: list[PastContact]) -> str | None:
    near = [touch for touch in touches if abs(moment.at - touch.at) < rule.gap]
    return f"The touch at {near[-1].at.isoformat()} lies less than {rule.gap} away." if near else None


def _span_of(local: datetime, span: CalendarSpan) -> str:
    """The day, ISO week or month that a local time falls into, by name."""
    match span:
        case CalendarSpan.DAY:
            return f"{local.date()}"
        case CalendarSpan.WEEK:
            year, number, _ = local.isocalendar()
            return f"week {number} of {year}"
        case CalendarSpan.MONTH:
            return f"{local:%Y-%m}"
        case _:
            assert_never(span)


def _quiet(rule: QuietAfter, moment: Moment, *, channel: Channel, facts: ContactFacts) -> str | None:
    here = _span_of(moment.wall, rule.until_end_of)
    for touch in facts.contacts:
        same_span = _span_of(touch.at.astimezone(moment.zone), rule.until_end_of) == here
        if (
            same_span
            and _of_the_same(Per.DEBTOR, touch, facts)
            and touch.result.at_least(rule.after)
            and not (rule.other_channels and touch.channel is channel)
        ):
            return f"The debtor was reached by {touch.channel} at {touch.at.isoformat()}; nothing more in {here}."
    return None


def _resting(rule: CoolDown, moment: Moment, facts: ContactFacts) -> str | None:
    if rule.waived_by is not None and rule.waived_by in facts.consents:
        return None
    for touch in facts.contacts:
        if not touch.result.at_least(rule.after) or not _of_the_same(rule.per, touch, facts) or touch.at > moment.at:
            continue
        if moment.at < touch.at + rule.rest:
            return f"The debtor was reached at {touch.at.isoformat()}; nothing may follow for {rule.rest}."
        if rule.working_days and moment.day.date < _free_after(rule.working_days, touch, moment):
            return f"The debtor was reached at {touch.at.isoformat()}; {rule.working_days} working days go by first."
    return None


def _free_after(working_days: int, touch: PastContact, moment: Moment) -> date:
    """The first day on which so many working days have gone by in full since the day of a touch."""
    day = touch.at.astimezone(moment.zone).date()
    # Beyond the day that is asked about nothing need be known.
    while working_days and day <= moment.day.date:
        day += timedelta(days=1)
        working_days -= moment.works(day)
    return day + timedelta(days=1)
