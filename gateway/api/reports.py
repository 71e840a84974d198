"""Reports: what came in over time, how long money has waited, and the way from gross to swept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from domain.account_statements import Period
from domain.ageing import AGE_STEPS
from domain.errors import AfluenteError
from domain.fx import Converted
from domain.money import Money
from gateway import flow_reports
from gateway.api.rates import RateView
from gateway.auth import Reader
from gateway.conversion import Conversion
from gateway.flow_reports import AgeingRow, Filters, Interval, ReceiptsRow, Scope, Waiting
from gateway.shapes import Amount, CountryCode, CurrencyCode, Identifier, Shape
from ledger.waterfall import Step, waterfall

router = APIRouter(prefix="/v1/reports", tags=["reports"])

From = Annotated[date, Query(alias="from", description="The first effective day that counts.")]
Until = Annotated[date, Query(alias="to", description="The first effective day that no longer counts.")]
Parent = Annotated[
    Identifier | None,
    Query(description="A creditor's parent account, whose currency the report is in; all of them where left out."),
]
Child = Annotated[Identifier | None, Query(description="One child account.")]
Country = Annotated[CountryCode | None, Query()]
Currency = Annotated[CurrencyCode | None, Query(description="Child accounts in this currency.")]


class GapView(Shape):
    """An amount that is in no total, for its currency has no usable rate; and why."""

    amount: Amount
    error_code: str
    error: str


class ReceiptsLine(Shape):
    """What one child account received in a stretch of time, before fees and taxes, less what was corrected."""

    first: Annotated[date, Field(description="The first day of the day, week or month.")]
    child_id: str
    name: str
    platform: str | None
    country: str | None
    receipts: int
    amount: Amount
    converted: Annotated[Amount | None, Field(description="In the report's currency; null without a usable rate.")]

    @classmethod
    def of(cls, row: ReceiptsRow, platform: str | None) -> ReceiptsLine:
        """The shape of a row."""
        return cls(
            first=row.first,
            child_id=row.holder.id,
            name=row.holder.name,
            platform=platform,
            country=row.holder.country,
            receipts=row.receipts,
            amount=Amount.of(row.amount),
            converted=_amount(row.converted),
        )


class ReceiptsReport(Shape):
    """Receipts over time; ``total`` is what could be converted, currency by currency, ``left_out`` what could not."""

    first: date
    until: date
    interval: str
    currency: str
    rates_on: date
    total: Amount
    left_out: list[GapView]
    rates: list[RateView]
    rows: list[ReceiptsLine]


class StepView(Shape):
    """One ageing step: whole days from ``first`` through ``last`` (null: without end), and what is in it."""

    first: int
    last: int | None
    total: Amount


class WaitingLine(Shape):
    """What waits on one leaf account in one ageing step (its index in ``steps``), and since when the oldest of it."""

    account_id: str
    role: str
    child_id: str
    name: str
    country: str | None
    step: int
    since: date
    amount: Amount
    converted: Amount | None

    @classmethod
    def of(cls, row: AgeingRow) -> WaitingLine:
        """The shape of a row."""
        return cls(
            account_id=row.account_id,
            role=row.role.value,
            child_id=row.holder.id,
            name=row.holder.name,
            country=row.holder.country,
            step=row.step,
            since=row.since,
            amount=Amount.of(row.amount),
            converted=_amount(row.converted),
        )


class AgeingReport(Shape):
    """How long money has waited by the end of a day, first in first out."""

    kind: str
    as_of: date
    currency: str
    total: Amount
    steps: list[StepView]
    left_out: list[GapView]
    rates: list[RateView]
    rows: list[WaitingLine]


class WaterfallStep(Shape):
    """One step and what it adds (positive) or takes."""

    step: Annotated[str, Field(description=f"One of {', '.join(Step)}.")]
    amount: Amount


class WaterfallReport(Shape):
    """From gross to swept in the parent's currency: the steps before ``left`` come to it, to the minor unit."""

    account_id: str
    first: date
    until: date
    currency: str
    rates_on: date
    steps: list[WaterfallStep]
    left_out: list[GapView]
    rates: list[RateView]


@router.get("/receipts", operation_id="reportReceipts", summary="Report receipts over time")
def report_receipts(
    caller: Reader,
    first: From,
    until: Until,
    interval: Annotated[Interval, Query()] = Interval.DAY,
    parent_id: Parent = None,
    child_id: Child = None,
    country: Country = None,
    currency: Currency = None,
) -> ReceiptsReport:
    """What came in by day, week or month and child account, gross, in its currency and in the currency of account."""
    period = Period(first, until)
    wanted = Filters(parent_id, child_id, country, currency)
    services = caller.services
    rates_on = min(period.last, services.now().date())
    with caller.transaction() as tx:
        lookup = services.rates_of(caller.tenant_id).rate
        about = flow_reports.scope(tx, wanted, lookup=lookup, rates_on=rates_on)
        rows = flow_reports.receipts(tx, about, period, interval)
    return ReceiptsReport(
        first=period.first,
        until=period.until,
        interval=interval.value,
        currency=about.conversion.currency,
        rates_on=rates_on,
        total=_total(rows, about),
        left_out=_left_out(rows, about),
        rates=_rates(about.conversion),
        rows=[ReceiptsLine.of(row, about.platform(row.holder)) for row in rows],
    )


@router.get("/ageing", operation_id="reportAgeing", summary="Report how long money has waited")
def report_ageing(
    caller: Reader,
    kind: Annotated[Waiting, Query(description="On its way to the bank, or not yet matched.")],
    as_of: Annotated[date | None, Query(description="By the end of this day; today (UTC) where left out.")] = None,
    parent_id: Parent = None,
    child_id: Child = None,
    country: Country = None,
    currency: Currency = None,
) -> AgeingReport:
    """Money at platforms and on its way, or in suspense, by ageing step; what leaves is what came first."""
    wanted = Filters(parent_id, child_id, country, currency)
    services = caller.services
    today = services.now().date()
    day = as_of or today
    with caller.transaction() as tx:
        lookup = services.rates_of(caller.tenant_id).rate
        about = flow_reports.scope(tx, wanted, lookup=lookup, rates_on=min(day, today))
        rows = flow_reports.waiting(tx, about, kind, as_of=day)
    return AgeingReport(
        kind=kind.value,
        as_of=day,
        currency=about.conversion.currency,
        total=_total(rows, about),
        steps=[
            StepView(first=step.first, last=step.last, total=_total([row for row in rows if row.step == index], about))
            for index, step in enumerate(AGE_STEPS)
        ],
        left_out=_left_out(rows, about),
        rates=_rates(about.conversion),
        rows=[WaitingLine.of(row) for row in rows],
    )


@router.get("/waterfall", operation_id="reportWaterfall", summary="Report the way from gross to swept")
def report_waterfall(
    caller: Reader,
    parent_id: Annotated[Identifier, Query(description="A creditor's parent account.")],
    first: From,
    until: Until,
) -> WaterfallReport:
    """Gross receipts, fees, tax, what was given back, what exchange cost, what was swept, and what is left."""
    period = Period(first, until)
    services = caller.services
    rates_on = min(period.last, services.now().date())
    with caller.transaction() as tx:
        rate = services.rates_of(caller.tenant_id).rate
        told = waterfall(tx, parent_id, period, rate=rate, rates_on=rates_on)
    return WaterfallReport(
        account_id=told.account_id,
        first=period.first,
        until=period.until,
        currency=told.currency,
        rates_on=rates_on,
        steps=[WaterfallStep(step=step.value, amount=Amount.of(amount)) for step, amount in told.steps.items()],
        left_out=[_gap(amount, error) for amount, error in told.unconverted],
        rates=[RateView.of(rate) for rate in told.rates if rate.base != rate.quote],
    )


def _amount(converted: Converted | None) -> Amount | None:
    return None if converted is None else Amount.of(converted.amount)


def _total(rows: Iterable[ReceiptsRow | AgeingRow], about: Scope) -> Amount:
    return Amount.of(flow_reports.converted_sum(rows, about.conversion.currency))


def _left_out(rows: Iterable[ReceiptsRow | AgeingRow], about: Scope) -> list[GapView]:
    missing: Mapping[str, Money] = flow_reports.left_out(rows)
    return [_gap(amount, about.conversion.failures[code]) for code, amount in sorted(missing.items())]


def _gap(amount: Money, error: AfluenteError) -> GapView:
    return GapView(amount=Amount.of(amount), error_code=error.code, error=error.message)


def _rates(conversion: Conversion) -> list[RateView]:
    return [RateView.of(rate) for rate in conversion.rates.values()]
