"""Sparklines as inline SVG: how a balance went, small enough to stand in a row of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from markupsafe import Markup

from domain.account_statements import Period
from domain.money import Money
from gateway.console.voice import Voice
from ledger import flows

HISTORY_DAYS: Final = 30

_WIDTH: Final = 96
_HEIGHT: Final = 24
_MARGIN: Final = 3

_SHAPE: Final = Markup(
    '<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
    'role="img" aria-label="{words}">'
    '<path d="{path}"/><circle cx="{x}" cy="{y}" r="2"/></svg>'
)


def sparkline(values: Sequence[int], words: str, *, rtl: bool) -> Markup:
    """Values at equal distances on a scale that includes zero, the last one marked; ``words`` say what they show."""
    if len(values) <= 1:
        return Markup("")
    low, high = min(0, *values), max(0, *values)
    span = (high - low) or 1
    pitch = (_WIDTH - 2 * _MARGIN) / (len(values) - 1)
    points = []
    for index, value in enumerate(values):
        x = _MARGIN + pitch * index
        y = _HEIGHT - _MARGIN - (value - low) / span * (_HEIGHT - 2 * _MARGIN)
        points.append((round(_WIDTH - x if rtl else x, 1), round(y, 1)))
    return _SHAPE.format(
        width=_WIDTH, height=_HEIGHT, words=words, path=_steps(points), x=points[-1][0], y=points[-1][1]
    )


def _steps(points: Sequence[tuple[float, float]]) -> str:
    """A balance stays what it is until it moves: a line in steps, drawn only where it turns."""
    (x, y), *rest = points
    path, level = [f"M{x} {y}"], y
    for x, y in rest:
        if y != level:
            path.append(f"H{x}V{y}")
            level = y
    return "".join([*path, f"H{points[-1][0]}"])


def history_until(day: date) -> Period:
    """The days that a sparkline shows, up to and with one."""
    return Period(day - timedelta(days=HISTORY_DAYS - 1), day + timedelta(days=1))


def balance_line(voice: Voice, history: Mapping[date, Money], day: date) -> Markup:
    """How a balance went over the days up to one; nothing where nothing had moved."""
    days = [day - timedelta(days=back) for back in range(HISTORY_DAYS - 1, -1, -1)]
    known = [flows.at_end_of(history, one) for one in days]
    found = [one for one in known if one is not None]
    if not found:
        return Markup("")
    words = voice.gettext(
        "%(days)s days: from %(first)s to %(last)s, at most %(most)s",
        days=voice.count(HISTORY_DAYS),
        first=voice.plain_money(found[0]),
        last=voice.plain_money(found[-1]),
        most=voice.plain_money(max(found, key=lambda one: one.minor)),
    )
    values = [0 if one is None else one.minor for one in known]
    return sparkline(values, words, rtl=voice.direction == "rtl")
