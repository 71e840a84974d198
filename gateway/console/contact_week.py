"""The lawful hours of the coming week as a picture on the debtor's clock, with a table behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from markupsafe import Markup

from connectors.wording.catalogs import babel_locale
from domain.contact_hours import LawfulTime, lawful_hours
from domain.contacts import Channel, ContactFacts
from domain.countries import Country
from gateway.console import charts
from gateway.console.charts import Pen, focusable
from gateway.console.contact_words import weekday
from gateway.console.voice import NOTHING, Voice

DAYS: Final = 7
WIDEST: Final = 760
"""For a picture that has the main column to itself."""
_MINUTES: Final = 24 * 60
_ROW: Final = 28
_BAR: Final = 18


@dataclass(frozen=True, slots=True)
class LawfulDay:
    """A day of the debtor's: its lawful hours as minutes of the day, and what kind of day it is."""

    day: date
    spans: tuple[tuple[int, int], ...]
    note: str | None
    estimated: bool = False

    @property
    def hours(self) -> str:
        """The hours in figures; a dash where there are none."""
        return ", ".join(f"{_figure(first)}\u2013{_figure(end)}" for first, end in self.spans) or NOTHING


@dataclass(frozen=True, slots=True)
class Week:
    """A week of lawful hours: what it finds, its days, and the drawing."""

    finding: str
    zone: str
    days: tuple[LawfulDay, ...]
    drawing: Markup

    @property
    def any(self) -> bool:
        """Whether there is a lawful hour at all."""
        return any(day.spans for day in self.days)


def days_of(
    country: Country, facts: ContactFacts, *, channel: Channel, now: datetime, subdivision: str | None, zone: ZoneInfo
) -> tuple[LawfulDay, ...]:
    """The lawful hours of today and the six days after it, on a zone's clock; of today the whole day."""
    first = now.astimezone(zone).date()
    start = datetime.combine(first, time.min, tzinfo=zone)
    end = datetime.combine(first + timedelta(days=DAYS), time.min, tzinfo=zone)
    stretches = lawful_hours(country, facts, channel=channel, start=start, end=end, subdivision=subdivision)
    return tuple(
        LawfulDay(
            day,
            tuple(_spans(stretches, day, zone)),
            country.calendar.holiday(day, subdivision) or country.calendar.special_period(day, subdivision),
            country.calendar.estimated(day, subdivision),
        )
        for day in (first + timedelta(days=ahead) for ahead in range(DAYS))
    )


def _spans(stretches: Sequence[LawfulTime], day: date, zone: ZoneInfo) -> Iterable[tuple[int, int]]:
    for one in stretches:
        first, last = one.start.astimezone(zone), one.end.astimezone(zone)
        if first.date() <= day <= last.date():
            begins = _minute(first.time()) if first.date() == day else 0
            ends = _minute(last.time()) if last.date() == day else _MINUTES
            if begins < ends:
                yield begins, ends


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def _figure(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def week(voice: Voice, days: tuple[LawfulDay, ...], *, zone: ZoneInfo, now: datetime, width: int = charts.WIDE) -> Week:
    """The picture of days, ``width`` pixels wide where there is room; ``now`` is marked on the first of them."""
    finding = _finding(voice, days)
    told = tuple(
        LawfulDay(day.day, day.spans, day.note and voice.label("special_day", day.note), day.estimated) for day in days
    )
    drawing = Markup("").join(
        _drawing(voice, told, finding, local=now.astimezone(zone), width=pixels, kind=kind)
        for pixels, kind in ((width, "wide"), (charts.NARROW, "narrow"))
    )
    return Week(finding, zone.key, told, drawing)


def _finding(voice: Voice, days: tuple[LawfulDay, ...]) -> str:
    total = sum(end - first for day in days for first, end in day.spans)
    open_days = sum(bool(day.spans) for day in days)
    if not total:
        return voice.gettext("No hour of the coming week is lawful")
    hours = voice.count(round(total / 60))
    return voice.ngettext(
        "%(hours)s lawful hours on %(count)s day of the coming week",
        "%(hours)s lawful hours on %(count)s days of the coming week",
        open_days,
        hours=hours,
    )


def _drawing(
    voice: Voice, days: tuple[LawfulDay, ...], finding: str, *, local: datetime, width: int, kind: str
) -> Markup:
    start, every = (132, 3) if kind == "wide" else (76, 6)
    bottom = charts.READOUT + _ROW * len(days)
    pen = Pen(width, bottom + charts.AXIS, rtl=voice.direction == "rtl")
    room = width - start - 16

    def x(minute: int) -> float:
        return start + room * minute / _MINUTES

    for index in range(len(days)):
        pen.shapes.append(pen.rect(start, _top(index), room, _BAR, "track"))
    for hour in range(0, 25, every):
        pen.line(x(hour * 60), charts.READOUT, x(hour * 60), bottom)
        pen.shapes.append(pen.text(x(hour * 60), bottom + 16, f"{hour:02}", anchor="middle", kind="tick"))
    for index, day in enumerate(days):
        y = _top(index)
        pen.shapes.append(pen.text(start - 10, y + 13, _named(voice, day.day), anchor="end", kind="label"))
        words = f"{weekday(voice, day.day)}: {voice.level(day.hours)}" + (f" ({day.note})" if day.note else "")
        bars = Markup("").join(pen.rect(x(a), y, x(b) - x(a), _BAR, "lawful") for a, b in day.spans)
        if day.note and not bars:
            pen.shapes.append(pen.text(start + 6, y + 13, charts.shortened(day.note, 34), kind="tick"))
        if bars:
            pen.shapes.append(focusable(bars, pen.text(start, 14, words, kind="readout"), words))
    minute = _minute(local.time())
    pen.shapes.append(pen.rect(x(minute) - 1, charts.READOUT + 2, 2, _ROW - 4, "now"))
    return pen.drawing(kind, finding)


def _top(index: int) -> float:
    return charts.READOUT + _ROW * index + (_ROW - _BAR) / 2


def _named(voice: Voice, day: date) -> str:
    """A day by its short weekday and its number, for an axis."""
    return str(format_skeleton("Ed", day, locale=babel_locale(voice.locale)))
