"""Exchange rates: any converted figure explained, how every currency stands, and the rates that treasury states."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from connectors import registry
from connectors.rates import treasury
from connectors.rates.book import RateBook, Standing, standings
from connectors.rates.treasury import files
from connectors.wording import formatting
from domain.errors import AfluenteError, Forbidden, Invalid
from domain.fx import Converted, StatedRate
from domain.money import Money
from gateway.console.conversion import into_own_currency
from gateway.console.fx_results import results_of
from gateway.console.pages import ConsoleRoute, Posting, Visit, Visiting, go, page
from gateway.console.receipts import day_or_none
from gateway.console.voice import Voice
from store import rates

router = APIRouter(route_class=ConsoleRoute)

STATEMENTS_SHOWN: Final = 20
FAR_OFF: Final = Decimal("0.05")
"""A stated rate further than this from the other sources is marked, not refused: markets do move."""

_STATES_RATES: Final = frozenset({"admin", "treasury"})
_PLACE: Final = "fx"
_SIGNIFICANT: Final = 6
_LONGEST_COUNT: Final = 3


@dataclass(frozen=True)
class Question:
    """What the form asks: an amount as it was written, two currencies and a day."""

    amount: str
    base: str
    quote: str
    day: date


@dataclass(frozen=True)
class Proposed:
    """A rate of an uploaded file beside what the other sources say of its day."""

    rate: StatedRate
    usual: Standing
    difference: Decimal | None  # a ratio: 0.01 is one percent above the other sources

    @property
    def far_off(self) -> bool:
        """Whether it differs so much that a person should look again."""
        return self.difference is not None and abs(self.difference) > FAR_OFF


@router.get("/fx")
def fx_page(here: Visiting) -> HTMLResponse:
    """The question and its answer, how every currency stands today, and what treasury stated."""
    return _page(here)


def _page(here: Visit, *, refused: AfluenteError | None = None) -> HTMLResponse:
    own = into_own_currency(here)
    offered = _offered(own.currency)
    asked = _question(here, own.currency, own.day)
    with here.tx() as tx:
        book = treasury.of_tenant(here.services.rates, tx)
        answer, error = _answer(book, asked)
        table = standings(book, offered, into=own.currency, on=own.day)
        stated = rates.stated(tx, limit=STATEMENTS_SHOWN)
    by = "month" if here.request.query_params.get("results") == "month" else "day"
    count = here.request.query_params.get("stated", "")
    return page(
        here,
        "fx.html",
        place=_PLACE,
        status=refused.status if refused else 200,
        refused=refused,
        asked=asked,
        answer=answer,
        error=error,
        offered=offered,
        table=table,
        settlement=own.currency,
        today=own.day,
        statements=stated,
        may_state=_may_state(here),
        told=int(count) if count.isdecimal() and len(count) <= _LONGEST_COUNT else None,
        figure=lambda value: figure(here.voice, value),
        row_limit=files.MAX_ROWS,
        results=results_of(here, by=by),
        by=by,
    )


def _offered(settlement: str) -> list[str]:
    """The currencies of served countries and the three that others are reached through, in order of code."""
    served = {code for country in registry.countries().values() for code in country.currencies}
    return sorted(served | {settlement, "USD", "EUR", "GBP"})


def _question(here: Visit, settlement: str, today: date) -> Question:
    given = here.request.query_params
    return Question(
        amount=given.get("amount", "").strip()[:30],
        base=given.get("base", "").strip().upper()[:3] or "USD",
        quote=given.get("quote", "").strip().upper()[:3] or settlement,
        day=day_or_none(given.get("on")) or today,
    )


def _answer(book: RateBook, asked: Question) -> tuple[Converted | None, AfluenteError | None]:
    if not asked.amount:
        return None, None
    try:
        return book.convert(Money.parse(asked.amount, asked.base), asked.quote, asked.day), None
    except AfluenteError as error:
        return None, error


def figure(voice: Voice, value: Decimal) -> str:
    """A rate with six significant digits, however small it is."""
    decimals = max(0, _SIGNIFICANT - 1 - value.adjusted())
    return formatting.number(value, voice.locale, decimals=decimals)


@router.get("/fx/treasury/template.csv")
def template(here: Visiting) -> Response:
    """The file to fill in."""
    del here
    return Response(
        files.TEMPLATE,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="rates.csv"'},
    )


@router.post("/fx/treasury")
def try_file(form: Posting) -> HTMLResponse:
    """Show what a file would state beside what other sources say; nothing is kept."""
    here = form.visit
    try:
        _need_to_state(here)
        filename, content = form.file("file")
        found = files.read(content, today=here.services.now().date())
        if not found.rates and not found.refused:
            raise Invalid(files.UNREADABLE, "The file holds no rates.", fix="Add a row for each rate.")
    except AfluenteError as error:
        return _page(here, refused=error)
    with here.tx() as tx:
        new = rates.not_yet_stated(tx, found.rates)
    return page(
        here,
        "fx_preview.html",
        place=_PLACE,
        filename=filename,
        proposed=[_beside(here.services.rates, one) for one in new],
        known=len(found.rates) - len(new),
        refused=found.refused,
        again=_as_csv(new),
        figure=lambda value: figure(here.voice, value),
        share=lambda ratio: formatting.percent(ratio, here.voice.locale, decimals=2),
    )


@router.post("/fx/treasury/state")
def state_rates(form: Posting) -> Response:
    """Keep the rates that were shown; they are read and checked again, and what counts already is left out."""
    here = form.visit
    try:
        _need_to_state(here)
        found = files.read(form.text("rates").encode(), today=here.services.now().date())
        if found.refused:
            raise found.refused[0].error
    except AfluenteError as error:
        return _page(here, refused=error)
    with here.tx() as tx:
        new = rates.not_yet_stated(tx, found.rates)
        tenant_id, now = here.person.tenant_id, here.services.now()
        rates.state(tx, new, tenant_id=tenant_id, stated_by=here.person.name, now=now)
    return go(f"/fx?stated={len(new)}")


def _beside(book: RateBook, rate: StatedRate) -> Proposed:
    usual = book.standing(rate.base, rate.quote, rate.as_of)
    return Proposed(rate, usual, rate.value / usual.rate.value - 1 if usual.rate is not None else None)


def _as_csv(stated: Sequence[StatedRate]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(files.COLUMNS)
    writer.writerows([one.base, one.quote, f"{one.value:f}", one.as_of.isoformat(), one.source] for one in stated)
    return out.getvalue()


def _may_state(here: Visit) -> bool:
    return here.person.role in _STATES_RATES


def _need_to_state(here: Visit) -> None:
    if not _may_state(here):
        raise Forbidden("not_your_role", "Your role may look at this, but not change it.")
