"""Money in flow: what came in over time, how long it waits at platforms and unexplained, and how it became swept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from connectors import registry
from domain.account_statements import Period
from domain.money import Money
from gateway import flow_reports
from gateway.console import flow_pictures
from gateway.console.flow_pictures import By
from gateway.console.pages import ConsoleRoute, Visit, Visiting, page
from gateway.console.receipts import day_or_none
from gateway.flow_reports import AgeingRow, Filters, Interval, Part, ReceiptsRow, Scope, Waiting
from ledger import waterfall
from store import creditors

router = APIRouter(route_class=ConsoleRoute)

DAYS_SHOWN: Final = 30
_MOST_DAYS: Final = 45
_MOST_WEEKS: Final = 40
_WEEK: Final = 7
ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


@dataclass(frozen=True)
class Asked:
    """What the address asks for: days (the last one included), how they are summed and coloured, and which accounts."""

    first: date
    through: date
    interval: Interval
    by: By
    filters: Filters

    @property
    def period(self) -> Period:
        """The days, as the book counts them."""
        return Period(self.first, self.through + timedelta(days=1))


@router.get("/flows")
def flows_page(here: Visiting) -> HTMLResponse:
    """Four pictures of the same money, for the days and accounts that the address names."""
    today = here.services.now().date()
    asked = _asked(here, today)
    rates_on = min(asked.through, today)
    lookup = here.services.rates_of(here.person.tenant_id).rate
    with here.tx() as tx:
        owners = creditors.every(tx)
        about = flow_reports.scope(tx, asked.filters, lookup=lookup, rates_on=rates_on)
        came_in = flow_reports.receipts(tx, about, asked.period, asked.interval)
        waits = {kind: flow_reports.waiting(tx, about, kind, as_of=asked.through) for kind in Waiting}
        fallen = [
            waterfall.waterfall(tx, parent_id, asked.period, rate=lookup, rates_on=rates_on)
            for parent_id in about.parent_ids
        ]
    return page(
        here,
        "flows.html",
        place="accounts",
        asked=asked,
        today=today,
        owners={owner.parent_account_id: owner.name for owner in owners},
        countries=tuple(registry.countries()),
        intervals=tuple(Interval),
        ways=tuple(By),
        receipts=flow_pictures.receipts(
            here, about, came_in, period=asked.period, interval=asked.interval, by=asked.by
        ),
        waiting=[
            flow_pictures.ageing(here, about, rows, kind=kind, as_of=asked.through) for kind, rows in waits.items()
        ],
        made={
            "came_in": _made(came_in, about),
            **{kind.value: _made(rows, about) for kind, rows in waits.items()},
        },
        waterfalls=[(told.account_id, flow_pictures.waterfall(here, told)) for told in fallen],
        rates_on=rates_on,
    )


def _made(rows: Sequence[ReceiptsRow | AgeingRow], about: Scope) -> tuple[list[Part], Money]:
    """What a sum is made of, by currency, and the sum."""
    return flow_reports.parts(rows), flow_reports.converted_sum(rows, about.conversion.currency)


def _asked(here: Visit, today: date) -> Asked:
    query = here.request.query_params
    through = min(day_or_none(query.get("to")) or today, today)
    first = min(day_or_none(query.get("from")) or through - timedelta(days=DAYS_SHOWN - 1), through)
    wanted = {name: query.get(name) or None for name in ("parent", "country", "currency")}
    return Asked(
        first,
        through,
        _choice(Interval, query.get("interval")) or _fitting((through - first).days + 1),
        _choice(By, query.get("by")) or By.PLATFORM,
        Filters(wanted["parent"], None, wanted["country"], wanted["currency"]),
    )


def _choice(kind: type[ChoiceT], text: str | None) -> ChoiceT | None:
    return next((one for one in kind if one.value == text), None)


def _fitting(days: int) -> Interval:
    """The interval at which so many days make a chart that a person can read."""
    if days <= _MOST_DAYS:
        return Interval.DAY
    return Interval.WEEK if days <= _MOST_WEEKS * _WEEK else Interval.MONTH
