"""What exchange earned or cost over time: realised and unrealised results of closed days, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from babel.dates import format_skeleton

from connectors.wording.catalogs import babel_locale
from domain.money import Money, zero
from gateway.console.charts import Bar, Chart, Part, Series
from gateway.console.home import Picture
from gateway.console.pages import Visit
from gateway.console.signed_columns import signed_columns
from gateway.console.voice import Voice
from store import creditors, day_closes
from store.creditors import Creditor
from store.day_closes import DayResult

DAYS_SHOWN: Final = 31
MONTHS_SHOWN: Final = 12
_TONES: Final = ("tone-5", "tone-1")


@dataclass(frozen=True)
class Results:
    """One creditor's picture, told by day or by month."""

    creditor: Creditor
    picture: Picture
    by: str


@dataclass(frozen=True)
class _Span:
    """A day or a month with what it realised, and by how much what is unrealised changed in it."""

    label: str
    short: str
    realised: Money
    change: Money
    unrealised: Money  # at its end


def results_of(here: Visit, *, by: str) -> list[Results]:
    """The picture of every creditor that has closed a day; ``by`` is ``day`` or ``month``."""
    today = here.services.now().date()
    back = DAYS_SHOWN if by == "day" else 31 * MONTHS_SHOWN
    with here.tx() as tx:
        read = [
            (owner, day_closes.results(tx, owner.id, first=today - timedelta(days=back), last=today))
            for owner in creditors.every(tx)
        ]
    return [Results(owner, _picture(here.voice, owner, found, by=by), by) for owner, found in read if found]


def _picture(voice: Voice, owner: Creditor, found: Sequence[DayResult], *, by: str) -> Picture:
    spans = [_span(voice, days, by=by, currency=owner.settlement_currency) for days in _grouped(found, by)]
    series = (
        Series(voice.gettext("Realised"), _TONES[0]),
        Series(voice.gettext("Change of what is unrealised"), _TONES[1]),
    )
    earned = zero(owner.settlement_currency)
    for span in spans:
        earned = earned + span.realised + span.change
    amount = voice.plain_money(-earned if earned.minor < 0 else earned)
    if earned.minor < 0:
        finding = voice.gettext("Exchange lost %(amount)s on the closed days shown", amount=amount)
    else:
        finding = voice.gettext("Exchange earned %(amount)s on the closed days shown", amount=amount)
    chart = Chart(
        finding=finding,
        unit=owner.settlement_currency,
        category=voice.gettext("Day"),
        bars=tuple(_bar(voice, span, series) for span in spans),
        series=series,
        tick=voice.compact,
        rtl=voice.direction == "rtl",
        broad=True,
    )
    return Picture(
        finding=finding,
        unit=voice.gettext("Exchange result in %(currency)s", currency=owner.settlement_currency),
        drawing=signed_columns(chart),
        series=series,
        columns=(
            voice.gettext("Day") if by == "day" else voice.gettext("Month"),
            series[0].name,
            series[1].name,
            voice.gettext("Unrealised at the end"),
        ),
        rows=tuple(
            (span.label, voice.money(span.realised), voice.money(span.change), voice.money(span.unrealised))
            for span in spans
        ),
        empty=not spans,
    )


def _bar(voice: Voice, span: _Span, series: Sequence[Series]) -> Bar:
    amounts = (span.realised, span.change)
    said = "; ".join(f"{one.name} {voice.plain_money(amount)}" for one, amount in zip(series, amounts, strict=True))
    parts = tuple(Part(index, amount.decimal, "") for index, amount in enumerate(amounts) if amount)
    return Bar(span.label, span.short, parts, f"{span.label}: {said}")


def _grouped(found: Sequence[DayResult], by: str) -> list[list[DayResult]]:
    spans: dict[tuple[int, ...], list[DayResult]] = {}
    for one in found:
        key = (one.day.year, one.day.month) if by == "month" else (one.day.toordinal(),)
        spans.setdefault(key, []).append(one)
    return list(spans.values())


def _span(voice: Voice, days: Sequence[DayResult], *, by: str, currency: str) -> _Span:
    realised = change = zero(currency)
    for one in days:
        realised, change = realised + one.realised, change + one.unrealised - one.before
    last = days[-1]
    if by == "day":
        return _Span(voice.day(last.day), voice.day_of_month(last.day), realised, change, last.unrealised)
    return _Span(_month(voice, last.day, "yMMMM"), _month(voice, last.day, "yMMM"), realised, change, last.unrealised)


def _month(voice: Voice, day: date, skeleton: str) -> str:
    return str(format_skeleton(skeleton, day, locale=babel_locale(voice.locale)))
