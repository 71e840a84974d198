"""Charts as inline SVG: stacked bars that state their finding, read out their values on focus and mirror for Arabic.

A chart is drawn for wide and for narrow screens, and for large ones where it is ``broad``; the style sheet shows the
one that fits. Colours come from classes (``age-1`` to ``age-5``, ``tone-1`` to ``tone-6``), never from attributes, so
the content policy can be strict.
Heights are relative: ``value`` is any non-negative number on one common scale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markupsafe import Markup

BROAD: Final = 1100
WIDE: Final = 560
NARROW: Final = 340

_ROW: Final = 34  # a horizontal bar with its gap
BAR: Final = 20
READOUT: Final = 22  # where values are read out, above the drawing
AXIS: Final = 24
_NAME: Final = 14  # a name above its bar
_LONGEST_BESIDE: Final = 26
_LONGEST_ABOVE: Final = 44
_TICKS: Final = 4
_TOPS: Final = tuple(map(Decimal, ("1", "1.2", "1.6", "2", "2.4", "3.2", "4", "6", "8", "10")))  # in quarters, round


@dataclass(frozen=True, slots=True)
class Part:
    """One coloured part of a bar: which series, how much on the common scale, and what it says in words."""

    series: int
    value: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label on the axis, its parts in stacking order, and what the whole bar says."""

    label: str
    short: str  # the label where there is little room
    parts: tuple[Part, ...]
    words: str

    @property
    def value(self) -> Decimal:
        """The length of the bar."""
        return sum((part.value for part in self.parts), Decimal(0))


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its name in the legend and the class that colours it."""

    name: str
    tone: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A stacked chart. ``finding`` is its title; ``unit`` names what the value axis counts; ``tick`` writes a value."""

    finding: str
    unit: str
    category: str
    bars: tuple[Bar, ...]
    series: tuple[Series, ...]
    tick: Callable[[Decimal], str]
    rtl: bool
    broad: bool = False  # it has the page's whole width: drawn once more, for large screens
    long_names: bool = False  # bars carry names of accounts: on narrow screens they stand above their bars


class Pen:
    """Collects shapes on a canvas that mirrors itself for right-to-left readers."""

    def __init__(self, width: int, height: int, *, rtl: bool) -> None:
        self.width = width
        self.height = height
        self.rtl = rtl
        self.shapes: list[Markup] = []

    def x(self, x: float, width: float = 0) -> float:
        """Where a shape of a width begins, counted from the side that reading starts at."""
        return round(self.width - x - width if self.rtl else x, 1)

    def rect(self, x: float, y: float, width: float, height: float, kind: str) -> Markup:
        """A rectangle; ``x`` counts from the side that reading starts at."""
        return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
            kind, self.x(x, width), round(y, 1), round(width, 1), round(height, 1)
        )

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A line of the grid."""
        shape = Markup('<line class="grid" x1="{}" y1="{}" x2="{}" y2="{}"/>')
        self.shapes.append(shape.format(self.x(x1), round(y1, 1), self.x(x2), round(y2, 1)))

    def text(self, x: float, y: float, words: str, *, anchor: str = "start", kind: str = "label") -> Markup:
        """Words; ``start`` and ``end`` follow the reading direction by themselves."""
        shape = Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>')
        return shape.format(kind, self.x(x), round(y, 1), anchor, words)

    def drawing(self, kind: str, title: str) -> Markup:
        """The finished picture, named by what it shows."""
        shape = Markup(
            '<svg class="drawing {}" viewBox="0 0 {} {}" width="{}" height="{}" role="group" aria-label="{}">{}</svg>'
        )
        return shape.format(kind, self.width, self.height, self.width, self.height, title, Markup("").join(self.shapes))


def rows(chart: Chart) -> Markup:
    """Horizontal stacked bars, one under another: few categories with names."""
    return _rows(chart, WIDE, "wide") + _rows(chart, NARROW, "narrow")


def columns(chart: Chart) -> Markup:
    """Vertical stacked bars, side by side: days in order."""
    broad = _columns(chart, BROAD, "broad") if chart.broad else Markup("")
    return broad + _columns(chart, WIDE, "wide") + _columns(chart, NARROW, "narrow")


def top_of_scale(largest: Decimal) -> Decimal:
    """The round number at or above the largest value that the axis ends with; its quarters are round, too."""
    if largest <= 0:
        return Decimal(1)
    power = Decimal(10) ** largest.adjusted()
    return next(step * power for step in _TOPS if step * power >= largest)


def _rows(chart: Chart, width: int, kind: str) -> Markup:
    above = chart.long_names and kind == "narrow"
    start, row = _margins(chart, kind)
    bottom = READOUT + row * len(chart.bars)
    pen = Pen(width, bottom + AXIS, rtl=chart.rtl)
    top = top_of_scale(max((bar.value for bar in chart.bars), default=Decimal(0)))
    room = width - start - 16
    ticks = _TICKS if kind == "wide" else 2
    for index in range(ticks + 1):
        x = start + room * index / ticks
        pen.line(x, READOUT, x, bottom)
        anchor = "end" if index == ticks else "middle"
        pen.shapes.append(pen.text(x, bottom + 16, chart.tick(top * index / ticks), anchor=anchor, kind="tick"))
    for index, bar in enumerate(chart.bars):
        y = READOUT + row * (index + 1) - (_ROW + BAR) / 2
        if above:
            pen.shapes.append(pen.text(start, y - 5, shortened(bar.label, _LONGEST_ABOVE)))
        else:
            label = shortened(bar.label, _LONGEST_BESIDE) if kind == "wide" else bar.short
            pen.shapes.append(pen.text(start - 10, y + 15, label, anchor="end"))
        x = float(start)
        for part in bar.parts:
            length = float(part.value / top) * room
            shape = pen.rect(x, y, max(length - 1, 0.5), BAR, chart.series[part.series].tone)
            pen.shapes.append(focusable(shape, pen.text(start, 14, part.words, kind="readout"), part.words))
            x += length
    return pen.drawing(kind, chart.finding)


def _margins(chart: Chart, kind: str) -> tuple[int, int]:
    """Where the bars begin, and how high a row is."""
    if not chart.long_names:
        return (150, _ROW) if kind == "wide" else (44, _ROW)
    return (190, _ROW) if kind == "wide" else (8, _ROW + _NAME)


def shortened(words: str, longest: int) -> str:
    """A name that has to fit; the whole of it is read out."""
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "\u2026"


def _columns(chart: Chart, width: int, kind: str) -> Markup:
    height = 240
    start = 64 if kind == "narrow" else 78
    pen = Pen(width, height, rtl=chart.rtl)
    bottom, roof = height - AXIS, READOUT + 10
    top = top_of_scale(max((bar.value for bar in chart.bars), default=Decimal(0)))
    for index in range(_TICKS + 1):
        y = bottom - (bottom - roof) * index / _TICKS
        pen.line(start, y, width - 4, y)
        pen.shapes.append(pen.text(start - 8, y + 4, chart.tick(top * index / _TICKS), anchor="end", kind="tick"))
    pitch = (width - start - 4) / max(len(chart.bars), 1)
    every = max(1, round((70 if kind == "narrow" else 86) / pitch))
    for index, bar in enumerate(chart.bars):
        x = start + pitch * index
        if index % every == 0 and index + every / 2 <= len(chart.bars):
            pen.shapes.append(pen.text(x, bottom + 16, bar.short, kind="tick"))
        shapes, y = [pen.rect(x, roof, pitch, bottom - roof, "hit")], float(bottom)
        for part in bar.parts:
            length = float(part.value / top) * (bottom - roof)
            y -= length
            shapes.append(pen.rect(x + 1, y, max(pitch - 2, 1), max(length - 0.5, 0.5), chart.series[part.series].tone))
        if bar.parts:
            readout = pen.text(start, 14, bar.words, kind="readout")
            pen.shapes.append(focusable(Markup("").join(shapes), readout, bar.words))
    return pen.drawing(kind, chart.finding)


def focusable(shapes: Markup, readout: Markup, words: str) -> Markup:
    """Shapes that show their value when pointed at or focused."""
    return Markup('<g class="part" tabindex="0" role="img" aria-label="{}">{}{}</g>').format(words, shapes, readout)
