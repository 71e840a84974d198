"""The treasurer's first page: what came in today, what is not explained, what must be done, and where the money is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fastapi.responses import HTMLResponse
from markupsafe import Markup

from domain.account_statements import Period
from domain.accounts import MONEY_ROLES
from domain.ageing import LATE_DAYS, step_of
from domain.fx import Converted
from domain.money import Money, zero
from gateway import flow_reports
from gateway.console import flow_pictures
from gateway.console.flow_pictures import By
from gateway.console.pages import Visit, page
from gateway.console.sparklines import balance_line
from gateway.console.voice import Voice
from gateway.flow_reports import AgeingRow, Filters, Interval, ReceiptsRow, Scope, Waiting
from ledger import balances, flows
from store import inbox, overview, workbench
from store.overview import SuspenseSum
from store.workbench import Standing

DAYS_SHOWN: Final = 30
LATE_SHOWN: Final = 5
HOLDERS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Holding:
    """One child account in the table: what it holds, how that went, and what of it waits for how long."""

    id: str
    name: str
    amount: Money
    converted: Converted | None
    spark: Markup
    on_its_way: Money
    unmatched: Money
    oldest_days: int | None


@dataclass(frozen=True)
class _Read:
    """What one reading of the book found."""

    about: Scope
    came_in: Sequence[ReceiptsRow]
    waits: Mapping[Waiting, Sequence[AgeingRow]]
    held: Mapping[str, Money]
    of_holder: Mapping[str, Money]
    history: Mapping[str, Mapping[date, Money]]
    suspense: Sequence[SuspenseSum]
    errors: int
    standing: Mapping[str, Standing]


def home(here: Visit) -> HTMLResponse:
    """The page."""
    today = here.services.now().astimezone(here.voice.zone).date()
    period = Period(today - timedelta(days=DAYS_SHOWN - 1), today + timedelta(days=1))
    read = _read(here, today, period)
    conversion = read.about.conversion
    of_today = [row for row in read.came_in if row.first == today]
    unexplained = flow_reports.converted_sum(read.waits[Waiting.SUSPENSE], conversion.currency)
    late = [row for row in read.waits[Waiting.IN_TRANSIT] if row.step >= step_of(LATE_DAYS) and row.amount]
    return page(
        here,
        "treasury_home.html",
        place="home",
        today=today,
        came_in=flow_reports.converted_sum(of_today, conversion.currency),
        came_in_parts=flow_reports.parts(of_today),
        arrived=[row for row in of_today if row.amount],
        unexplained=unexplained,
        unexplained_parts=flow_reports.parts(read.waits[Waiting.SUSPENSE]),
        called=lambda holder: flow_pictures.holder_name(here.voice, holder),
        currency=conversion.currency,
        held=conversion.total(read.held.values()),
        held_parts=[(amount, conversion.of(amount)) for amount in read.held.values()],
        errors=read.errors,
        suspense=read.suspense,
        late=late[:LATE_SHOWN],
        more_late=max(0, len(late) - LATE_SHOWN),
        late_days=LATE_DAYS,
        proposals=sum(one.proposals + one.ambiguous for one in read.standing.values()),
        differences=sum(one.differences for one in read.standing.values()),
        overdue=sum(one.overdue for one in read.standing.values()),
        without_rate=conversion.left_out([*read.held.values(), *(row.amount for row in read.came_in)]),
        receipts=flow_pictures.receipts(
            here, read.about, read.came_in, period=period, interval=Interval.DAY, by=By.PLATFORM
        ),
        holdings=_holdings(here.voice, read, today),
        parents=read.about.parent_ids,
    )


def _read(here: Visit, today: date, period: Period) -> _Read:
    lookup = here.services.rates_of(here.person.tenant_id).rate
    with here.tx() as tx:
        about = flow_reports.scope(tx, Filters(), lookup=lookup, rates_on=here.services.now().date())
        came_in = flow_reports.receipts(tx, about, period, Interval.DAY)
        waits = {kind: flow_reports.waiting(tx, about, kind, as_of=today) for kind in Waiting}
        held = balances.totals(tx, *about.parent_ids, roles=MONEY_ROLES)
        history = flows.balance_history(tx, about.parent_ids, period)
        stands = workbench.standings(tx, today=today)
        suspense, errors = overview.suspense(tx), inbox.counts_by_state(tx).get("error", 0)
    standing = {holder_id: list(days.values())[-1] for holder_id, days in history.items()}
    return _Read(about, came_in, waits, held, standing, history, suspense, errors, stands)


def _holdings(voice: Voice, read: _Read, today: date) -> list[Holding]:
    """Every account that holds money or has some waiting, the largest first."""
    found = []
    for holder in read.about.holders.values():
        nothing = zero(holder.currency)
        amount = read.of_holder.get(holder.id, nothing)
        way = [row for row in read.waits[Waiting.IN_TRANSIT] if row.holder.id == holder.id]
        unmatched = [row for row in read.waits[Waiting.SUSPENSE] if row.holder.id == holder.id]
        if not (amount or way or unmatched):
            continue
        found.append(
            Holding(
                holder.id,
                flow_pictures.holder_name(voice, holder),
                amount,
                read.about.conversion.of(amount),
                balance_line(voice, read.history.get(holder.id, {}), today),
                sum((row.amount for row in way), nothing),
                sum((row.amount for row in unmatched), nothing),
                max(((today - row.since).days for row in (*way, *unmatched)), default=None),
            )
        )
    found.sort(key=lambda one: abs(one.converted.amount.minor) if one.converted else 0, reverse=True)
    return found[:HOLDERS_SHOWN]
