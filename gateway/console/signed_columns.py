"""Columns above and below a line of zero, as inline SVG: gains stand on it, losses hang from it."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Final

from markupsafe import Markup

from gateway.console.charts import AXIS, BROAD, NARROW, READOUT, WIDE, Bar, Chart, Pen, focusable, top_of_scale

_HEIGHT: Final = 240
_STEPS: Final = 4


def signed_columns(chart: Chart) -> Markup:
    """The picture for large, wide and narrow screens; parts of a bar may be negative."""
    broad = _drawn(chart, BROAD, "broad") if chart.broad else Markup("")
    return broad + _drawn(chart, WIDE, "wide") + _drawn(chart, NARROW, "narrow")


def reach(bar: Bar) -> tuple[Decimal, Decimal]:
    """How far a bar hangs below zero and stands above it."""
    below = sum((part.value for part in bar.parts if part.value < 0), Decimal(0))
    return below, sum((part.value for part in bar.parts if part.value > 0), Decimal(0))


def scale(below: Decimal, above: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Where the axis begins and ends, zero in it, and the round step of its lines."""
    step = top_of_scale(max(above, -below)) / _STEPS
    top = max(ceil(above / step), 0 if below else 1) * step
    return -ceil(-below / step) * step, top, step


def _drawn(chart: Chart, width: int, kind: str) -> Markup:
    start = 64 if kind == "narrow" else 78
    pen = Pen(width, _HEIGHT, rtl=chart.rtl)
    bottom, roof = _HEIGHT - AXIS, READOUT + 10
    reaches = [reach(bar) for bar in chart.bars]
    above = max((up for _, up in reaches), default=Decimal(0))
    below = min((down for down, _ in reaches), default=Decimal(0))
    floor, top, step = scale(below, above)

    def height(value: Decimal) -> float:
        return bottom - float((value - floor) / (top - floor)) * (bottom - roof)

    for number in range(int((top - floor) / step) + 1):
        value = floor + step * number
        pen.line(start, height(value), width - 4, height(value))
        pen.shapes.append(pen.text(start - 8, height(value) + 4, chart.tick(value), anchor="end", kind="tick"))
    pitch = (width - start - 4) / max(len(chart.bars), 1)
    every = max(1, round((70 if kind == "narrow" else 86) / pitch))
    for index, bar in enumerate(chart.bars):
        x = start + pitch * index
        if index % every == 0 and index + every / 2 <= len(chart.bars):
            pen.shapes.append(pen.text(x, bottom + 16, bar.short, kind="tick"))
        shapes = [pen.rect(x, roof, pitch, bottom - roof, "hit")]
        ends = {True: Decimal(0), False: Decimal(0)}
        thick = min(max(pitch - 2, 1), 48)
        for part in bar.parts:
            begun = ends[part.value > 0]
            ends[part.value > 0] = begun + part.value
            high, low = sorted((height(begun), height(begun + part.value)))
            shapes.append(pen.rect(x + 1, high, thick, max(low - high, 0.5), chart.series[part.series].tone))
        readout = pen.text(start, 14, bar.words, kind="readout")
        pen.shapes.append(focusable(Markup("").join(shapes), readout, bar.words))
    return pen.drawing(kind, chart.finding)
