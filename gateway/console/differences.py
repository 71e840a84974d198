"""Differences: what is not explained, for how long, how much, and who looks after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from connectors.wording.payment_labels import marked
from domain.ageing import AGE_STEPS, LATE_DAYS, step_of
from domain.differences import DifferenceKind
from domain.money import Money, zero
from gateway import flow_reports
from gateway.console import charts, flow_pictures, paging
from gateway.console.charts import Bar, Chart, Part, Series
from gateway.console.conversion import into_own_currency
from gateway.console.flow_pictures import step_name
from gateway.console.home import Picture
from gateway.console.pages import ConsoleRoute, Visit, Visiting, page
from gateway.console.voice import Voice
from gateway.conversion import Conversion
from gateway.flow_reports import Filters, Waiting
from gateway.reconciliation_files import MOST_DIFFERENCES, difference_file
from store import creditors, differences, workbench
from store.differences import Difference, DifferenceFilter
from store.listings import Place
from store.workbench import DifferenceSum

router = APIRouter(route_class=ConsoleRoute)

ROWS_A_PAGE: Final = 50
STATES: Final = ("open", "claimed", "resolved", "accepted")
_TONES: Final = ("age-1", "age-3", "age-4", "age-5")


@dataclass(frozen=True, slots=True)
class Sums:
    """What is filtered comes to: how many, each currency's sum, and all of it converted."""

    count: int
    parts: tuple[Money, ...]
    total: Money
    late: int
    oldest: date | None


@router.get("/reconcile/differences")
def differences_page(here: Visiting) -> HTMLResponse:
    """Differences that are filtered, the newest first, under what they come to and how old they are."""
    today = here.services.now().date()
    wanted = difference_filter(here.request.query_params, today)
    after = paging.from_word(here.request.query_params.get("after"), moments=False)
    conversion = into_own_currency(here)
    with here.tx() as tx:
        found = differences.page(tx, wanted, before_id=after.id if after else None, limit=ROWS_A_PAGE + 1)
        sums = workbench.difference_sums(tx, wanted)
        links = {one.id: one for one in creditors.connections(tx)}
        owners = workbench.owners(tx)
    names = {link.id: link.name for link in links.values()}
    return page(
        here,
        "differences.html",
        place="reconcile",
        rows=found[:ROWS_A_PAGE],
        next=Place("0", found[ROWS_A_PAGE - 1].id) if len(found) > ROWS_A_PAGE else None,
        comes_to=_sums(sums, conversion, today),
        converted=conversion.of,
        picture=ageing(here.voice, sums, conversion, names, today),
        suspense=_suspense(here, today),
        links=links,
        accounts=list(names.items()),
        kinds=tuple(kind.value for kind in DifferenceKind),
        states=STATES,
        ages=[(str(step), step_name(here.voice, one)) for step, one in enumerate(AGE_STEPS)],
        owners=[(name, name) for name in owners],
        filtered=bool(_asked(here.request.query_params)),
        age_step=lambda one: step_of(max(0, (today - one.day).days)),
        days_of=lambda one: max(0, (today - one.day).days),
        tones=_TONES,
        today=today,
    )


@router.get("/reconcile/differences.xlsx")
def differences_file(here: Visiting) -> Response:
    """What is filtered, as a workbook."""
    wanted = difference_filter(here.request.query_params, here.services.now().date())
    with here.tx() as tx:
        file = difference_file(differences.page(tx, wanted, limit=MOST_DIFFERENCES))
    return Response(file.content, media_type=file.media, headers=file.headers)


def _asked(query: Mapping[str, str]) -> dict[str, str]:
    names = ("kind", "state", "owner", "account", "age", "due")
    return {name: query[name] for name in names if query.get(name)}


def difference_filter(query: Mapping[str, str], today: date) -> DifferenceFilter:
    """The filter that an address states; those that stand unless a state is named. Ages are steps of days."""
    state = query.get("state") if query.get("state") in STATES else None
    kind = query.get("kind") if query.get("kind") in {one.value for one in DifferenceKind} else None
    first, last = _days_of(query.get("age", ""), today)
    return DifferenceFilter(
        kind=kind,
        state=state,
        owner=query.get("owner") or None,
        connection_id=query.get("account") or None,
        standing=state is None,
        first_day=first,
        last_day=last,
        due_before=today if query.get("due") == "past" else None,
    )


def _days_of(age: str, today: date) -> tuple[date | None, date | None]:
    """The first and last day of an ageing step; the youngest has no end, for days that are still to come."""
    if age not in {str(step) for step in range(len(AGE_STEPS))}:
        return None, None
    step = AGE_STEPS[int(age)]
    first = None if step.last is None else today - timedelta(days=step.last)
    return first, None if step.first == 0 else today - timedelta(days=step.first)


def _sums(found: Sequence[DifferenceSum], conversion: Conversion, today: date) -> Sums:
    by_currency = _by_currency(found)
    late = sum(one.count for one in found if (today - one.day).days >= LATE_DAYS)
    return Sums(
        sum(one.count for one in found),
        tuple(by_currency.values()),
        conversion.total(by_currency.values()),
        late,
        min((one.day for one in found), default=None),
    )


def _by_currency(found: Sequence[DifferenceSum]) -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for one in found:
        sums[one.currency] = sums.get(one.currency, zero(one.currency)) + Money(one.minor, one.currency)
    return dict(sorted(sums.items()))


# Pictures -------------------------------------------------------------------------------------------------------------


def ageing(
    voice: Voice, found: Sequence[DifferenceSum], conversion: Conversion, names: Mapping[str, str], today: date
) -> Picture:
    """What is filtered by account, stacked by age, without sign."""
    steps = tuple(step_name(voice, one) for one in AGE_STEPS)
    by_account: dict[str, list[Money]] = defaultdict(lambda: [zero(conversion.currency) for _ in AGE_STEPS])
    rows = []
    for one in found:
        amount = Money(one.minor, one.currency)
        step = step_of(max(0, (today - one.day).days))
        rows.append((names[one.connection_id], steps[step], voice.count(one.count), voice.money(amount)))
        converted = conversion.of(amount)
        if converted is not None:
            by_account[one.connection_id][step] += converted.amount
    chart = Chart(
        finding=_finding(voice, by_account, conversion.currency),
        unit=conversion.currency,
        category=voice.gettext("Account"),
        bars=_bars(voice, by_account, names, steps),
        series=tuple(Series(name, tone) for name, tone in zip(steps, _TONES, strict=True)),
        tick=voice.compact,
        rtl=voice.direction == "rtl",
        long_names=True,
    )
    return Picture(
        finding=chart.finding,
        unit=voice.gettext("Differences without sign, by days since the money moved, in %(currency)s",
                           currency=conversion.currency),
        drawing=charts.rows(chart),
        series=chart.series,
        columns=tuple(voice.gettext(one) for one in _COLUMNS),
        rows=tuple(rows),
        empty=not chart.bars,
        rates=tuple(conversion.rates.values()),
        left_out=tuple(conversion.left_out(_by_currency(found).values()).values()),
    )  # fmt: skip


_COLUMNS: Final = (marked("Account"), marked("Age"), marked("Differences"), marked("Amount"))


def _finding(voice: Voice, by_account: Mapping[str, Sequence[Money]], currency: str) -> str:
    late_from = step_of(LATE_DAYS)
    late = sum((one for steps in by_account.values() for one in steps[late_from:]), zero(currency))
    total = sum((one for steps in by_account.values() for one in steps), zero(currency))
    return voice.gettext(
        "%(late)s of %(total)s in differences has stood for %(days)s days or more",
        late=voice.short_money(late),
        total=voice.short_money(total),
        days=voice.count(LATE_DAYS),
    )


def _bars(
    voice: Voice, by_account: Mapping[str, Sequence[Money]], names: Mapping[str, str], steps: Sequence[str]
) -> tuple[Bar, ...]:
    bars = []
    for connection_id, amounts in by_account.items():
        name = names[connection_id]
        parts = tuple(
            Part(step, amount.decimal, f"{name}, {steps[step]}: {voice.plain_money(amount)}")
            for step, amount in enumerate(amounts)
            if amount
        )
        bars.append(Bar(name, name, parts, name))
    return tuple(sorted((bar for bar in bars if bar.parts), key=lambda bar: -bar.value))


def _suspense(here: Visit, today: date) -> Picture:
    """How long money that nobody knows has waited."""
    lookup = here.services.rates_of(here.person.tenant_id).rate
    with here.tx() as tx:
        about = flow_reports.scope(tx, Filters(), lookup=lookup, rates_on=today)
        rows = flow_reports.waiting(tx, about, Waiting.SUSPENSE, as_of=today)
    return flow_pictures.ageing(here, about, rows, kind=Waiting.SUSPENSE, as_of=today)


def sign_words(voice: Voice, one: Difference) -> str:
    """What a difference's amount means."""
    if one.amount_minor < 0:
        return voice.gettext("less than in the book")
    return voice.gettext("more than in the book")
