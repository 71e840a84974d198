"""Home: what is overdue, what came in, what is not explained and what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from fastapi.responses import HTMLResponse
from markupsafe import Markup

from connectors import registry
from domain.fx import Rate
from domain.money import Money, zero
from gateway.console import charts
from gateway.console.charts import Bar, Chart, Part, Series
from gateway.console.conversion import into_own_currency
from gateway.console.pages import Visit, page
from gateway.console.voice import Voice
from gateway.conversion import Conversion
from store import inbox, notices, overview
from store.overview import AGE_STEPS, Ageing, DayReceipts

DAYS_SHOWN: Final = 30
LATE_STEP: Final = 3  # the ageing step that begins at 90 days


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart and the table behind it: columns, rows of cells, the rates used, and amounts it had to leave out."""

    finding: str
    unit: str
    drawing: Markup
    series: tuple[Series, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str | Markup, ...], ...]
    empty: bool
    rates: tuple[Rate, ...] = ()
    left_out: tuple[Money, ...] = ()


def step_names(voice: Voice) -> tuple[str, ...]:
    """The ageing steps in words, in order."""
    names = [voice.gettext("Under %(days)s days", days=voice.count(AGE_STEPS[1]))]
    for first, following in pairwise(AGE_STEPS[1:]):
        span = f"{voice.count(first)}\u2013{voice.count(following - 1)}"
        names.append(voice.gettext("%(span)s days", span=span))
    names.append(voice.gettext("%(days)s days and more", days=voice.count(AGE_STEPS[-1])))
    return tuple(names)


def ageing_picture(here: Visit, rows: Sequence[Ageing], conversion: Conversion) -> Picture:
    """What is overdue by country, stacked by how late it is."""
    voice, names = here.voice, step_names(here.voice)
    converted = [(row, conversion.of(Money(row.overdue_minor, row.currency))) for row in rows]
    counted = [(row, found) for row, found in converted if found is not None]
    total = sum(found.amount.minor for _, found in counted)
    late = sum(found.amount.minor for row, found in counted if row.step >= LATE_STEP)
    share = Decimal(late) / total if total else Decimal(0)
    finding = voice.gettext(
        "%(share)s of what is overdue is %(days)s days late or more",
        share=voice.percent(share),
        days=voice.count(AGE_STEPS[LATE_STEP]),
    )
    bars = []
    for country in dict.fromkeys(row.country for row, _ in counted):
        parts = [
            Part(
                row.step,
                found.amount.decimal,
                f"{voice.country(country)}, {names[row.step]}: {voice.plain_money(found.amount)}",
            )
            for row, found in counted
            if row.country == country and row.overdue_minor
        ]
        bars.append(Bar(voice.country(country), country, tuple(parts), voice.country(country)))
    chart = Chart(
        finding=finding,
        unit=conversion.currency,
        category=voice.gettext("Country"),
        bars=tuple(sorted(bars, key=lambda bar: -bar.value)),
        series=tuple(Series(name, f"age-{index}") for index, name in enumerate(names, start=1)),
        tick=voice.compact,
        rtl=voice.direction == "rtl",
    )
    return Picture(
        finding=finding,
        unit=voice.gettext("Overdue amount in %(currency)s", currency=conversion.currency),
        drawing=charts.rows(chart),
        series=chart.series,
        columns=(
            voice.gettext("Country"),
            voice.gettext("Days past due"),
            voice.gettext("Cases"),
            voice.gettext("Overdue"),
        ),
        rows=tuple(
            (
                voice.country(row.country),
                names[row.step],
                voice.count(row.cases),
                voice.money(Money(row.overdue_minor, row.currency)),
            )
            for row in rows
        ),
        empty=not chart.bars,
    )


def receipts_picture(here: Visit, rows: Sequence[DayReceipts], conversion: Conversion, *, today: date) -> Picture:
    """What came in, day by day, stacked by platform."""
    voice = here.voice
    counted = [(row, conversion.of(Money(row.amount_minor, row.currency))) for row in rows]
    platforms = sorted({row.platform for row, found in counted if found is not None})
    total = zero(conversion.currency)
    bars = []
    for back in range(DAYS_SHOWN - 1, -1, -1):
        day = today - timedelta(days=back)
        amounts = {
            platform: sum(
                found.amount.minor
                for row, found in counted
                if found is not None and (row.day, row.platform) == (day, platform)
            )
            for platform in platforms
        }
        sums = {platform: Money(minor, conversion.currency) for platform, minor in amounts.items() if minor > 0}
        for amount in sums.values():
            total = total + amount
        parts = tuple(Part(platforms.index(platform), amount.decimal, "") for platform, amount in sums.items())
        said = "; ".join(f"{platform_name(name)} {voice.plain_money(amount)}" for name, amount in sums.items())
        bars.append(Bar(voice.day(day), voice.day_of_month(day), parts, f"{voice.day_of_month(day)}: {said}"))
    finding = voice.gettext(
        "%(amount)s came in over %(days)s days", amount=voice.short_money(total), days=voice.count(DAYS_SHOWN)
    )
    chart = Chart(
        finding=finding,
        unit=conversion.currency,
        category=voice.gettext("Day"),
        bars=tuple(bars),
        series=tuple(Series(platform_name(name), f"tone-{index % 6 + 1}") for index, name in enumerate(platforms)),
        tick=voice.compact,
        rtl=voice.direction == "rtl",
    )
    return Picture(
        finding=finding,
        unit=voice.gettext("Receipts by value date in %(currency)s", currency=conversion.currency),
        drawing=charts.columns(chart),
        series=chart.series,
        columns=(
            voice.gettext("Day"),
            voice.gettext("Platform"),
            voice.gettext("Receipts"),
            voice.gettext("Amount"),
        ),
        rows=tuple(
            (
                voice.day(row.day),
                platform_name(row.platform),
                voice.count(row.receipts),
                voice.money(Money(row.amount_minor, row.currency)),
            )
            for row in rows
        ),
        empty=not platforms,
    )


def platform_name(code: str) -> str:
    """What a platform is called; its code where its folder is gone."""
    found = registry.platforms().get(code)
    return found.name if found else code


def home(here: Visit) -> HTMLResponse:
    """The first page of who works on cases."""
    today = here.services.now().astimezone(here.voice.zone).date()
    with here.tx() as tx:
        ageing = overview.ageing(tx)
        arrived = overview.receipts_by_day(tx, first=today - timedelta(days=DAYS_SHOWN - 1), last=today)
        waiting = overview.suspense(tx)
        inbox_counts, notice_counts = inbox.counts_by_state(tx), notices.counts_by_state(tx)
        open_cases = overview.open_cases(tx)
    conversion = into_own_currency(here)
    overdue = conversion.total([Money(row.overdue_minor, row.currency) for row in ageing])
    came_in = conversion.total([Money(row.amount_minor, row.currency) for row in arrived if row.day == today])
    return page(
        here,
        "home.html",
        place="home",
        open_cases=open_cases,
        overdue=overdue,
        came_in=came_in,
        ageing=ageing_picture(here, ageing, conversion),
        receipts=receipts_picture(here, arrived, conversion, today=today),
        waiting=waiting,
        inbox_errors=inbox_counts.get("error", 0),
        refused=notice_counts.get("refused", 0),
        doubtful=notice_counts.get("failed", 0) + notice_counts.get("uncertain", 0),
        failures=conversion.failures,
    )
