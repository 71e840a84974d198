"""How much of some days is verified, as the board and the daily report tell it: figures, shares and one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from activities import reconciliation_report
from activities.reconciliation_report import DailyReport, ReportLine
from domain.fx import Converted
from domain.money import Money, zero
from domain.reconciliation import Verified
from gateway.console import charts
from gateway.console.charts import Bar, Chart, Part, Series
from gateway.console.home import Picture
from gateway.console.pages import Visit
from gateway.console.receipts import day_or_none
from gateway.console.voice import Voice
from gateway.conversion import Conversion
from store import creditors
from store.creditors import Creditor

DAYS_SHOWN: Final = 30
_LONGEST: Final = timedelta(days=366)
_TONES: Final = ("age-1", "age-2", "age-3", "age-5")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose days are told: value dates, both included, of one child account or of all."""

    owner: Creditor
    first: date
    last: date
    connection_id: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What of a child account's days in a leg was verified: amounts in its own currency and converted."""

    line: ReportLine
    value: Money
    by_t1: Money
    by_t4: Money
    later: Money
    open: Money
    converted_value: Converted | None
    converted_open: Converted | None

    @property
    def share_t1(self) -> Decimal | None:
        """How much of the value was verified by the next day."""
        return share(self.by_t1, self.value)

    @property
    def share_t4(self) -> Decimal | None:
        """How much of the value was verified by the fourth day."""
        return share(self.by_t4, self.value)


@dataclass(frozen=True)
class Told:
    """The days' report with everything converted."""

    asked: Asked
    report: DailyReport
    rows: tuple[Figures, ...]
    conversion: Conversion

    @property
    def total(self) -> Verified:
        """Everything in the parent's currency, as far as there are rates."""
        found = [line.in_parent for line in self.report.lines if line.in_parent is not None]
        sums = {
            one.name: sum(getattr(told, one.name) for told in found) for one in fields(Verified) if one.name != "oldest"
        }
        return Verified(**sums, oldest=self.oldest)

    @property
    def oldest(self) -> date | None:
        """The day of the oldest that is not explained."""
        days = (line.verified.oldest for line in self.report.lines)
        return min((day for day in days if day is not None), default=None)

    def money(self, minor: int) -> Money:
        """An amount in the parent's currency."""
        return Money(minor, self.report.currency)

    def share_of(self, minor: int) -> Decimal | None:
        """How much of the whole value an amount is."""
        return share(self.money(minor), self.money(self.total.value))

    def parts(self, name: str) -> list[tuple[Money, Converted | None]]:
        """What a converted figure is made of, by currency."""
        sums: dict[str, Money] = {}
        for row in self.rows:
            amount: Money = getattr(row, name)
            sums[amount.currency] = sums.get(amount.currency, zero(amount.currency)) + amount
        return [(amount, self.conversion.of(amount)) for amount in sums.values() if amount]

    @property
    def left_out(self) -> list[Money]:
        """What is in no total for lack of a rate."""
        return list(self.conversion.left_out(row.value for row in self.rows).values())


def share(part: Money, whole: Money) -> Decimal | None:
    """A part of a whole, both of one currency; ``None`` of nothing."""
    return Decimal(part.minor) / whole.minor if whole.minor else None


def asked(here: Visit, tx: Connection, *, days: int = DAYS_SHOWN) -> Asked | None:
    """What an address asks for: until yesterday's end where it names no days; ``None`` while there is no creditor."""
    query = here.request.query_params
    owners = creditors.every(tx)
    if not owners:
        return None
    owner = next((one for one in owners if one.id == query.get("creditor")), owners[0])
    today = here.services.now().date()
    last = min(day_or_none(query.get("to")) or today, today)
    first = min(day_or_none(query.get("from")) or last - timedelta(days=days - 1), last)
    return Asked(owner, max(first, last - _LONGEST), last, query.get("account") or None)


def told(here: Visit, tx: Connection, wanted: Asked) -> Told:
    """The report of the days that are asked for."""
    rate = here.services.rates_of(here.person.tenant_id).rate  # it outlives the transaction: pages convert with it
    report = reconciliation_report.daily_report(tx, wanted.owner.id, first=wanted.first, last=wanted.last, rate=rate)
    if wanted.connection_id is not None:
        lines = tuple(line for line in report.lines if line.connection_id == wanted.connection_id)
        report = reconciliation_report.report_of(wanted.owner, lines, first=wanted.first, last=wanted.last)
    conversion = Conversion(rate, report.currency, wanted.last)
    return Told(wanted, report, tuple(_figures(line, conversion) for line in report.lines), conversion)


def _figures(line: ReportLine, conversion: Conversion) -> Figures:
    def money(minor: int) -> Money:
        return Money(minor, line.currency)

    told = line.verified
    return Figures(
        line,
        money(told.value),
        money(told.by_t1),
        money(told.by_t4),
        money(told.later),
        money(told.open),
        conversion.of(money(told.value)),
        conversion.of(money(told.open)),
    )


def picture(voice: Voice, shown: Told) -> Picture:
    """How much of each account's value was verified by when."""
    names = (
        voice.gettext("Verified by the next day"),
        voice.gettext("By the fourth day"),
        voice.gettext("Later"),
        voice.gettext("Not explained"),
    )
    series = tuple(Series(name, tone) for name, tone in zip(names, _TONES, strict=True))
    drawn = _bars(voice, shown, names)
    chart = Chart(
        finding=_finding(voice, shown),
        unit=shown.report.currency,
        category=voice.gettext("Account"),
        bars=drawn,
        series=series,
        tick=voice.compact,
        rtl=voice.direction == "rtl",
        long_names=True,
    )
    return Picture(
        finding=chart.finding,
        unit=voice.gettext("Value compared, by when it was verified, in %(currency)s", currency=shown.report.currency),
        drawing=charts.rows(chart),
        series=series,
        columns=(voice.gettext("Account"), voice.gettext("Compared"), *names[:2], voice.gettext("Not explained")),
        rows=tuple(_cells(voice, row) for row in shown.rows),
        empty=not drawn,
        rates=tuple(shown.conversion.rates.values()),
        left_out=tuple(shown.left_out),
    )


def _finding(voice: Voice, shown: Told) -> str:
    total = shown.total
    if not total.value:
        return voice.gettext("Nothing was to be compared on these days")
    return voice.gettext(
        "%(early)s of the value was verified by the next day, %(late)s by the fourth",
        early=voice.percent(Decimal(total.by_t1) / total.value),
        late=voice.percent(Decimal(total.by_t4) / total.value),
    )


def _bars(voice: Voice, shown: Told, names: Sequence[str]) -> tuple[Bar, ...]:
    """One bar for each account, whatever it is compared with; the longest first."""
    by_account: dict[str, list[ReportLine]] = {}
    for line in shown.report.lines:
        if line.in_parent is not None:
            by_account.setdefault(line.account_id, []).append(line)
    bars = (_bar(voice, lines, shown.report.currency, names) for lines in by_account.values())
    return tuple(sorted((bar for bar in bars if bar.parts), key=lambda bar: -bar.value))


def _bar(voice: Voice, lines: Sequence[ReportLine], currency: str, names: Sequence[str]) -> Bar:
    found = [line.in_parent for line in lines if line.in_parent is not None]
    sizes = (
        sum(told.by_t1 for told in found),
        sum(told.by_t4 - told.by_t1 for told in found),
        sum(told.later for told in found),
        sum(told.open for told in found),
    )
    name = lines[0].name
    parts = tuple(
        Part(index, Money(minor, currency).decimal, f"{name}, {said}: {voice.plain_money(Money(minor, currency))}")
        for index, (minor, said) in enumerate(zip(sizes, names, strict=True))
        if minor
    )
    return Bar(name, name, parts, name)


def _cells(voice: Voice, row: Figures) -> tuple[str, ...]:
    amounts = (row.by_t1, Money(row.by_t4.minor - row.by_t1.minor, row.by_t4.currency), row.open)
    return (row.line.name, voice.label("leg", row.line.leg.value), *(voice.money(one) for one in amounts))
