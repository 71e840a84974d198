"""Pictures of money in flow: receipts over time, how long money has waited, and the way from gross to swept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import starmap
from typing import Final

from markupsafe import Markup

from connectors.wording.payment_labels import marked
from domain.account_statements import Period
from domain.accounts import Role
from domain.ageing import AGE_STEPS, LATE_DAYS, AgeStep, step_of
from domain.money import Money, zero
from gateway import flow_reports
from gateway.console import charts, waterfalls
from gateway.console.charts import Bar, Chart, Part, Series
from gateway.console.home import Picture, platform_name
from gateway.console.pages import ROOT, Visit
from gateway.console.voice import Voice
from gateway.console.waterfalls import Cascade, Fall
from gateway.flow_reports import AgeingRow, Interval, ReceiptsRow, Scope, Waiting
from ledger.flows import Holder
from ledger.waterfall import Step, Waterfall

MOST_SERIES: Final = 6
"""So many colours can be told apart; beyond them the smallest are drawn as one."""
_AGE_TONES: Final = ("age-1", "age-3", "age-4", "age-5")
STEPS: Final[Mapping[Step, str]] = {
    Step.GROSS: marked("Came in, gross"),
    Step.FEES: marked("Fees"),
    Step.TAX: marked("Tax withheld"),
    Step.GIVEN_BACK: marked("Given back"),
    Step.OTHER: marked("Other movements"),
    Step.FX: marked("Currency exchange"),
    Step.SWEPT: marked("Swept to the parent"),
    Step.LEFT: marked("Left with the child accounts"),
}
_INTERVALS: Final[Mapping[Interval, str]] = {
    Interval.DAY: marked("Day"),
    Interval.WEEK: marked("Week from"),
    Interval.MONTH: marked("Month from"),
}
_ALWAYS_SHOWN: Final = frozenset({Step.GROSS, Step.LEFT})


class By(StrEnum):
    """What the parts of a bar of receipts stand for."""

    PLATFORM = "platform"
    COUNTRY = "country"
    CHILD = "child"


def name_of(voice: Voice, about: Scope, holder: Holder, by: By) -> str:
    """What a child account's receipts are called in a picture."""
    platform = about.platform(holder)
    match by:
        case By.PLATFORM if platform is not None:
            return platform_name(platform)
        case By.COUNTRY if holder.country is not None:
            return voice.country(holder.country)
        case _:
            return holder_name(voice, holder)


def holder_name(voice: Voice, holder: Holder) -> str:
    """What an account that holds money is called: a child by its own name, the parent's own by their currency."""
    if holder.role is Role.TREASURY:
        return voice.gettext("Parent account in %(currency)s", currency=holder.currency)
    return holder.name


def receipts(
    here: Visit, about: Scope, rows: Sequence[ReceiptsRow], *, period: Period, interval: Interval, by: By
) -> Picture:
    """What came in over time, stacked by platform, country or child account."""
    voice, currency = here.voice, about.conversion.currency
    sums = _by_series(voice, about, rows, by)
    shown = _largest(voice, sums)
    total = flow_reports.converted_sum(rows, currency)
    names = tuple(shown)
    bars = tuple(
        _column(voice, first, {name: shown[name].get(first, zero(currency)) for name in names}, interval)
        for first in flow_reports.starts(period, interval)
    )
    finding = _receipts_finding(voice, total, sums, days=(period.until - period.first).days)
    series = tuple(Series(name, f"tone-{index}") for index, name in enumerate(names, start=1))
    chart = _chart(voice, finding, currency, bars, series, broad=True)
    return Picture(
        finding=finding,
        unit=voice.gettext("Receipts before fees, by value date, in %(currency)s", currency=currency),
        drawing=charts.columns(chart),
        series=series,
        columns=(
            voice.gettext(_INTERVALS[interval]),
            voice.gettext("Platform"),
            voice.gettext("Country"),
            voice.gettext("Receipts"),
            voice.gettext("Amount"),
        ),
        rows=tuple(_receipts_cells(voice, about, row, last=_last_day(row.first, period, interval)) for row in rows),
        empty=not rows,
        rates=tuple(about.conversion.rates.values()),
        left_out=tuple(flow_reports.left_out(rows).values()),
    )


def _receipts_finding(voice: Voice, total: Money, sums: Mapping[str, Mapping[date, Money]], *, days: int) -> str:
    amount, counted = voice.short_money(total), voice.count(days)
    biggest = max(sums, key=lambda name: _sum(sums[name]), default=None)
    if biggest is None or total.minor <= 0:
        return voice.gettext("%(amount)s came in over %(days)s days", amount=amount, days=counted)
    return voice.gettext(
        "%(amount)s came in over %(days)s days, %(share)s of it through %(name)s",
        amount=amount,
        days=counted,
        share=voice.percent(Decimal(_sum(sums[biggest])) / total.minor),
        name=biggest,
    )


def _by_series(voice: Voice, about: Scope, rows: Sequence[ReceiptsRow], by: By) -> dict[str, dict[date, Money]]:
    sums: dict[str, dict[date, Money]] = defaultdict(dict)
    for row in rows:
        if row.converted is not None:
            of_series = sums[name_of(voice, about, row.holder, by)]
            known = of_series.get(row.first, zero(about.conversion.currency))
            of_series[row.first] = known + row.converted.amount
    return sums


def _sum(amounts: Mapping[date, Money]) -> int:
    return sum(amount.minor for amount in amounts.values())


def _largest(voice: Voice, sums: Mapping[str, dict[date, Money]]) -> dict[str, dict[date, Money]]:
    """The series to draw: the largest by name, and what is left of them as one."""
    ranked = sorted(sums, key=lambda name: -_sum(sums[name]))
    if len(ranked) <= MOST_SERIES:
        return {name: sums[name] for name in ranked}
    rest: dict[date, Money] = {}
    for name in ranked[MOST_SERIES - 1 :]:
        for day, amount in sums[name].items():
            rest[day] = rest[day] + amount if day in rest else amount
    return {name: sums[name] for name in ranked[: MOST_SERIES - 1]} | {voice.gettext("All others"): rest}


def _column(voice: Voice, first: date, amounts: Mapping[str, Money], interval: Interval) -> Bar:
    """One stretch of time. What was corrected below zero has no height; it is in the table and the words."""
    parts = tuple(Part(index, amount.decimal, "") for index, amount in enumerate(amounts.values()) if amount.minor > 0)
    said = "; ".join(f"{name} {voice.plain_money(amount)}" for name, amount in amounts.items() if amount)
    when = voice.day(first) if interval is Interval.MONTH else voice.day_of_month(first)
    return Bar(voice.day(first), when, parts, f"{when}: {said}")


def _last_day(first: date, period: Period, interval: Interval) -> date:
    """The last day of the stretch that begins on a day."""
    last = first
    while last < period.last and flow_reports.start_of(last + timedelta(days=1), interval) <= first:
        last += timedelta(days=1)
    return last


def _receipts_cells(voice: Voice, about: Scope, row: ReceiptsRow, *, last: date) -> tuple[str | Markup, ...]:
    platform, country = about.platform(row.holder), row.holder.country
    query = f"platform={platform or ''}&country={country or ''}&from={row.first}&to={last}"
    link = Markup('<a href="{}/receipts?{}">{}</a>').format(ROOT, query, voice.money(row.amount))
    return (
        voice.day(row.first),
        platform_name(platform) if platform else holder_name(voice, row.holder),
        voice.country(country) if country else "",
        voice.count(row.receipts),
        link,
    )


def step_name(voice: Voice, step: AgeStep) -> str:
    """An ageing step in words."""
    if step.last is None:
        return voice.gettext("%(days)s days and more", days=voice.count(step.first))
    return voice.gettext("%(span)s days", span=f"{voice.count(step.first)}\u2013{voice.count(step.last)}")


def ageing(here: Visit, about: Scope, rows: Sequence[AgeingRow], *, kind: Waiting, as_of: date) -> Picture:
    """How long money has waited on each child account, stacked by ageing step."""
    voice, currency = here.voice, about.conversion.currency
    names = tuple(step_name(voice, step) for step in AGE_STEPS)
    series = tuple(map(Series, names, _AGE_TONES))
    bars = sorted(_ageing_bars(voice, rows, names), key=lambda bar: -bar.value)
    finding = _ageing_finding(voice, rows, kind, currency)
    chart = _chart(voice, finding, currency, tuple(bars), series, long_names=True)
    unit = marked("Money at platforms and on its way, by days since it came, in %(currency)s")
    if kind is Waiting.SUSPENSE:
        unit = marked("Money not yet matched, by days since it came, in %(currency)s")
    return Picture(
        finding=finding,
        unit=voice.gettext(unit, currency=currency),
        drawing=charts.rows(chart),
        series=series,
        columns=(
            voice.gettext("Account"),
            voice.gettext("Where"),
            voice.gettext("Since"),
            voice.gettext("Waiting for"),
            voice.gettext("Amount"),
        ),
        rows=tuple(_ageing_cells(voice, row, as_of) for row in rows),
        empty=not rows,
        rates=tuple(about.conversion.rates.values()),
        left_out=tuple(flow_reports.left_out(rows).values()),
    )


def _ageing_finding(voice: Voice, rows: Sequence[AgeingRow], kind: Waiting, currency: str) -> str:
    late = flow_reports.converted_sum([row for row in rows if row.step >= step_of(LATE_DAYS)], currency)
    total = flow_reports.converted_sum(rows, currency)
    if kind is Waiting.SUSPENSE:
        words = marked("%(late)s of %(total)s not yet matched has waited for %(days)s days or more")
    else:
        words = marked("%(late)s of %(total)s not yet in the bank has waited for %(days)s days or more")
    amounts = {"late": voice.short_money(late), "total": voice.short_money(total)}
    return voice.gettext(words, **amounts, days=voice.count(LATE_DAYS))


def _ageing_bars(voice: Voice, rows: Sequence[AgeingRow], names: Sequence[str]) -> list[Bar]:
    """One bar for each child account. What is below zero has no length; it is in the table."""
    by_holder: dict[str, list[AgeingRow]] = defaultdict(list)
    for row in rows:
        if row.converted is not None:
            by_holder[row.holder.id].append(row)

    def part(holder: Holder, step: int, amount: Money) -> Part:
        return Part(step, amount.decimal, f"{holder_name(voice, holder)}, {names[step]}: {voice.plain_money(amount)}")

    bars = []
    for found in by_holder.values():
        sums: dict[int, Money] = {}
        for row in sorted(found, key=lambda row: row.step):
            if row.converted is not None:
                before = sums.get(row.step, zero(row.converted.amount.currency))
                sums[row.step] = before + row.converted.amount
        holder = found[0].holder
        parts = tuple(part(holder, step, amount) for step, amount in sums.items() if amount.minor > 0)
        if parts:
            name = holder_name(voice, holder)
            bars.append(Bar(name, name, parts, name))
    return bars


def _ageing_cells(voice: Voice, row: AgeingRow, as_of: date) -> tuple[str | Markup, ...]:
    waited = (as_of - row.since).days
    link = Markup('<a href="{}/accounts/{}/statement?from={}&amp;to={}">{}</a>').format(
        ROOT, row.account_id, row.since, as_of, voice.money(row.amount)
    )
    return (
        holder_name(voice, row.holder),
        voice.label("account", row.role.value),
        voice.day(row.since),
        voice.ngettext("%(count)s day", "%(count)s days", waited),
        link,
    )


def waterfall(here: Visit, told: Waterfall) -> Picture:
    """From what came in under a parent to what is left with its child accounts."""
    voice = here.voice
    gross, swept = told.steps[Step.GROSS], -told.steps[Step.SWEPT]
    shown = [(step, amount) for step, amount in told.steps.items() if amount or step in _ALWAYS_SHOWN]
    share = voice.percent(Decimal(swept.minor) / gross.minor) if gross.minor > 0 else voice.percent(Decimal(0))
    finding = voice.gettext(
        "Of %(amount)s that came in, %(share)s was swept to the parent", amount=voice.short_money(gross), share=share
    )
    falls = tuple(starmap(lambda step, amount: _fall(voice, step, amount), shown))
    drawing = waterfalls.waterfall(Cascade(finding, falls, voice.compact, voice.direction == "rtl"))
    return Picture(
        finding=finding,
        unit=voice.gettext("From gross receipts to what is left, in %(currency)s", currency=told.currency),
        drawing=drawing,
        series=(),
        columns=(voice.gettext("Step"), voice.gettext("Amount")),
        rows=tuple((voice.gettext(STEPS[step]), voice.money(amount)) for step, amount in shown),
        empty=not any(told.steps.values()),
        rates=tuple(rate for rate in told.rates if rate.base != rate.quote),
        left_out=tuple(amount for amount, _ in told.unconverted if amount),
    )


def _fall(voice: Voice, step: Step, amount: Money) -> Fall:
    stands = step in _ALWAYS_SHOWN
    tone = "fall-sum" if stands else "fall-swept" if step is Step.SWEPT else _tone(amount)
    return Fall(voice.gettext(STEPS[step]), amount.decimal, voice.level(voice.figure(amount)), tone, standing=stands)


def _tone(amount: Money) -> str:
    return "fall-less" if amount.minor < 0 else "fall-more"


def _chart(
    voice: Voice,
    finding: str,
    currency: str,
    bars: tuple[Bar, ...],
    series: tuple[Series, ...],
    *,
    broad: bool = False,
    long_names: bool = False,
) -> Chart:
    tick: Callable[[Decimal], str] = voice.compact
    return Chart(finding, currency, currency, bars, series, tick, voice.direction == "rtl", broad, long_names)
