"""Waterfalls as inline SVG: from what came in, step by step, to what is left; every step names its amount.

Rows run downwards, amounts in reading direction, so that names of any length fit a phone: there they stand above
their bars. A step that takes something away says so by its sign, not by its colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Final

from markupsafe import Markup

from gateway.console.charts import AXIS, BAR, BROAD, NARROW, READOUT, WIDE, Pen, focusable, shortened, top_of_scale

_ROW: Final = 36
_NAME: Final = 16
_NAMES: Final = 206
_VALUES: Final = 130
_LONGEST_NAME: Final = 30
_TICKS: Final = 2


@dataclass(frozen=True, slots=True)
class Fall:
    """One step: what it is called, what it adds or (negative) takes, its amount in words.

    A ``standing`` step stands on the ground and shows a sum, of which ``value`` is the whole.
    """

    name: str
    value: Decimal
    words: str
    tone: str
    standing: bool = False


@dataclass(frozen=True, slots=True)
class Cascade:
    """A waterfall: its finding, its steps, and how a value is written on the axis."""

    finding: str
    falls: tuple[Fall, ...]
    tick: Callable[[Decimal], str]
    rtl: bool


def waterfall(cascade: Cascade) -> Markup:
    """The picture for large, wide and narrow screens."""
    broad = _drawn(cascade, BROAD, "broad")
    return broad + _drawn(cascade, WIDE, "wide") + _drawn(cascade, NARROW, "narrow")


def spans(falls: Sequence[Fall]) -> list[tuple[Decimal, Decimal]]:
    """Where each step begins and ends on the scale."""
    moved = [fall.value for fall in falls if not fall.standing or fall is falls[0]]
    reached = iter([Decimal(0), *accumulate(moved)])
    before = next(reached)
    found = []
    for index, fall in enumerate(falls):
        if fall.standing and index:
            found.append((Decimal(0), fall.value))
            continue
        after = next(reached)
        found.append((before, after))
        before = after
    return found


def _drawn(cascade: Cascade, width: int, kind: str) -> Markup:
    wide = kind != "narrow"
    start, end = (_NAMES, width - _VALUES) if wide else (8, width - 8)
    row = _ROW if wide else _ROW + _NAME
    edges = spans(cascade.falls)
    top = top_of_scale(max((max(edge) for edge in edges), default=Decimal(0)))
    least = min((min(edge) for edge in edges), default=Decimal(0))
    floor = -top_of_scale(-least) if least < 0 else Decimal(0)
    bottom = READOUT + row * len(cascade.falls)
    pen = Pen(width, bottom + AXIS, rtl=cascade.rtl)

    def place(value: Decimal) -> float:
        return start + float((value - floor) / (top - floor)) * (end - start)

    _axis(pen, cascade, [floor + (top - floor) * step / _TICKS for step in range(_TICKS + 1)], place, bottom)
    for index, (fall, (first, last)) in enumerate(zip(cascade.falls, edges, strict=True)):
        y = READOUT + row * (index + 1) - (_ROW + BAR) / 2
        left, right = sorted((place(first), place(last)))
        bar = pen.rect(left, y, max(right - left, 1), BAR, fall.tone)
        if index + 1 < len(edges):
            x = place(last)
            pen.line(x, y + BAR, x, y + row)
        said = f"{fall.name}: {fall.words}"
        pen.shapes.append(focusable(bar + _words(pen, fall, y, wide=wide), Markup(""), said))
    return pen.drawing(kind, cascade.finding)


def _axis(
    pen: Pen, cascade: Cascade, ticks: Sequence[Decimal], place: Callable[[Decimal], float], bottom: float
) -> None:
    for index, value in enumerate(ticks):
        pen.line(place(value), READOUT, place(value), bottom)
        anchor = ("start", "middle", "end")[index]
        pen.shapes.append(pen.text(place(value), bottom + 16, cascade.tick(value), anchor=anchor, kind="tick"))


def _words(pen: Pen, fall: Fall, y: float, *, wide: bool) -> Markup:
    """The step's name and amount: on either side of its bar, or both above it."""
    height = y + 15 if wide else y - 6
    name = pen.text(
        _NAMES - 12 if wide else 8, height, shortened(fall.name, _LONGEST_NAME), anchor="end" if wide else "start"
    )
    return name + pen.text(pen.width - 4, height, fall.words, anchor="end", kind="value")
