"""A picture of sweeps on their way: how much of each account, and for how long the bank has not shown it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from domain.money import Money
from gateway.console import charts
from gateway.console.charts import Bar, Chart, Part, Series
from gateway.console.home import Picture
from gateway.console.voice import Voice
from gateway.conversion import Conversion

STEPS: Final = (0, 2, 4, 6)
"""The first day of each step: a sweep abroad takes a day or two, and one of six is looked for."""
_TONES: Final = ("age-1", "age-3", "age-4", "age-5")
_LATE: Final = 2


@dataclass(frozen=True, slots=True)
class Travelling:
    """A sweep on its way: the account it left, what is to arrive, and for how many days it has been on its way."""

    account: str
    expected: Money
    days: int

    @property
    def step(self) -> int:
        """Its place among ``STEPS``."""
        return max(index for index, first in enumerate(STEPS) if index == 0 or self.days >= first)


def on_its_way(voice: Voice, found: Sequence[Travelling], conversion: Conversion) -> Picture:
    """Sweeps on their way by account, stacked by how long; what has no rate is named beside the picture."""
    names = _names(voice)
    bars = [_bar(voice, account, found, names, conversion) for account in dict.fromkeys(one.account for one in found)]
    drawn = tuple(sorted((bar for bar in bars if bar.parts), key=lambda bar: -bar.value))
    chart = Chart(
        finding=_finding(voice, found),
        unit=conversion.currency,
        category=voice.gettext("Account"),
        bars=drawn,
        series=tuple(Series(name, tone) for name, tone in zip(names, _TONES, strict=True)),
        tick=voice.compact,
        rtl=voice.direction == "rtl",
        long_names=True,
    )
    return Picture(
        finding=chart.finding,
        unit=voice.gettext("On its way to the parent, in %(currency)s", currency=conversion.currency),
        drawing=charts.rows(chart),
        series=chart.series,
        columns=(voice.gettext("Account"), voice.gettext("Days on its way"), voice.gettext("Amount")),
        rows=tuple((one.account, voice.count(one.days), voice.money(one.expected)) for one in found),
        empty=not drawn,
        left_out=tuple(one.expected for one in found if conversion.of(one.expected) is None),
    )


def _names(voice: Voice) -> tuple[str, ...]:
    spans = [f"{voice.count(first)}\u2013{voice.count(following - 1)}" for first, following in pairwise(STEPS)]
    days = [voice.gettext("%(span)s days", span=span) for span in spans]
    return (*days, voice.gettext("%(days)s days and more", days=voice.count(STEPS[-1])))


def _finding(voice: Voice, found: Sequence[Travelling]) -> str:
    late = sum(one.step >= _LATE for one in found)
    if not late:
        return voice.gettext("No sweep is on its way for long")
    return voice.ngettext(
        "%(count)s sweep is on its way for %(days)s days or more",
        "%(count)s sweeps are on their way for %(days)s days or more",
        late,
        days=voice.count(STEPS[_LATE]),
    )


def _bar(voice: Voice, account: str, found: Sequence[Travelling], names: Sequence[str], conversion: Conversion) -> Bar:
    parts = []
    for step, name in enumerate(names):
        amounts = [conversion.of(one.expected) for one in found if (one.account, one.step) == (account, step)]
        value = sum((one.amount.decimal for one in amounts if one is not None), Decimal(0))
        if value:
            shown = voice.plain_money(Money.parse(value, conversion.currency))
            parts.append(Part(step, value, f"{account}, {name}: {shown}"))
    return Bar(account, account, tuple(parts), account)
