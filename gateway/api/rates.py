"""Rates: what one currency is in another on a day, with source, date and path; what treasury states; frozen sets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints
from sqlalchemy import Connection

from connectors.rates import treasury
from domain.errors import Invalid
from domain.fx import Converted, Leg, Rate, StatedRate, explain, freeze
from domain.money import Money
from gateway import paging
from gateway.auth import MoneyDesk, Reader, Treasury
from gateway.idempotency import Given, OnceDep
from gateway.shapes import Amount, Body, CurrencyCode, Identifier, Page, Shape, ShortText
from store import rates as kept
from store.listings import Place
from store.rates import FrozenSet, Statement

router = APIRouter(prefix="/v1/rates", tags=["rates"])

DecimalText = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$")]
On = Annotated[date | None, Query(description="The day; today (UTC) where left out.")]

MOST_STATED = 500
MOST_CURRENCIES = 200


class RateView(Shape):
    """``value`` units of ``quote`` for one unit of ``base``."""

    base: str
    quote: str
    value: DecimalText
    as_of: Annotated[date, Field(description="The day the source published it for.")]
    source: str
    path: Annotated[list[str], Field(description="The pairs it was made of.")]

    @classmethod
    def of(cls, rate: Rate) -> RateView:
        """The shape of a rate."""
        return cls(
            base=rate.base,
            quote=rate.quote,
            value=f"{rate.value:f}",
            as_of=rate.as_of,
            source=rate.source,
            path=list(rate.path),
        )


class LegView(Shape):
    """One published rate behind a rate: ``value`` units of ``quote`` for one unit of ``base``."""

    base: str
    quote: str
    value: DecimalText
    as_of: date
    source: str
    cadence: Annotated[str, Field(description="stated (by treasury), peg, daily or monthly.")]
    confidence: str

    @classmethod
    def of(cls, leg: Leg) -> LegView:
        """The shape of a leg."""
        return cls(
            base=leg.base,
            quote=leg.quote,
            value=f"{leg.value:f}",
            as_of=leg.as_of,
            source=leg.source,
            cadence=leg.cadence.value,
            confidence=leg.confidence.value,
        )


class StepView(LegView):
    """A leg within a conversion: how old it was on the day, and what the amount is after it (rounded for show)."""

    age_days: int
    after: Amount


class Explanation(Shape):
    """A converted amount, the rate it was converted at, and every published rate behind that rate, in order."""

    original: Amount
    converted: Amount
    rate: RateView
    on: date
    legs: list[StepView]

    @classmethod
    def of(cls, converted: Converted, on: date) -> Self:
        """The shape of a conversion on a day."""
        steps = [
            StepView(**LegView.of(leg).model_dump(), age_days=(on - leg.as_of).days, after=Amount.of(after))
            for leg, after in converted.steps()
        ]
        return cls(
            original=Amount.of(converted.original),
            converted=Amount.of(converted.amount),
            rate=RateView.of(converted.rate),
            on=on,
            legs=steps,
        )


class StatementView(Shape):
    """A rate that treasury stated: ``value`` units of ``quote`` for one unit of ``base``."""

    seq: int
    base: str
    quote: str
    value: DecimalText
    as_of: date
    source: str
    stated_by: str
    stated_at: datetime

    @classmethod
    def of(cls, statement: Statement) -> Self:
        """The shape of a statement."""
        one = statement.stated
        return cls(
            seq=statement.seq,
            base=one.base,
            quote=one.quote,
            value=f"{one.value:f}",
            as_of=one.as_of,
            source=one.source,
            stated_by=statement.stated_by,
            stated_at=statement.stated_at,
        )


class StatementPage(Page[StatementView]):
    """One page of statements."""


class NewStatement(Body):
    """A rate to state: ``value`` units of ``quote`` for one unit of ``base``."""

    base: CurrencyCode
    quote: CurrencyCode
    value: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,13}(\.[0-9]{1,18})?$")]
    as_of: date
    source: ShortText

    def stated(self, *, today: date) -> StatedRate:
        """The rate; raises what ``StatedRate`` raises, and ``rate_of_the_future``."""
        if self.as_of > today:
            raise Invalid("rate_of_the_future", f"{self.as_of} has not come yet.")
        return StatedRate(self.base, self.quote, Decimal(self.value), self.as_of, self.source)


class NewStatements(Body):
    """Rates to state together: all or none."""

    rates: Annotated[list[NewStatement], Field(min_length=1, max_length=MOST_STATED)]


class Stated(Shape):
    """How many rates were stated."""

    stated: int


class NewRateSet(Body):
    """Which currencies to freeze, into which, as of which day (today, UTC, where left out)."""

    settlement_currency: CurrencyCode
    currencies: Annotated[list[CurrencyCode], Field(min_length=1, max_length=MOST_CURRENCIES)]
    as_of: date | None = None


class FrozenRate(RateView):
    """A frozen rate with the published rates behind it."""

    legs: list[LegView]


class GapView(Shape):
    """A currency that had no usable rate when the set was frozen."""

    currency: str
    error_code: str
    error: str


class RateSetView(Shape):
    """Rates into one currency as they were frozen; its ``id`` is made of its content."""

    id: str
    settlement_currency: str
    as_of: date
    sources: list[str]
    rates: list[FrozenRate]
    gaps: list[GapView]
    frozen_by: str
    frozen_at: datetime

    @classmethod
    def of(cls, frozen: FrozenSet) -> Self:
        """The shape of a set."""
        return cls(
            id=frozen.id,
            settlement_currency=frozen.rates.settlement_currency,
            as_of=frozen.rates.as_of,
            sources=list(frozen.rates.sources),
            rates=[
                FrozenRate(**RateView.of(rate).model_dump(), legs=[LegView.of(leg) for leg in explain(rate)])
                for rate in frozen.rates.rates
            ],
            gaps=[GapView(currency=gap.currency, error_code=gap.code, error=gap.message) for gap in frozen.rates.gaps],
            frozen_by=frozen.frozen_by,
            frozen_at=frozen.frozen_at,
        )


@router.get("", operation_id="getRate", summary="Look a rate up")
def get_rate(
    caller: Reader,
    base: Annotated[CurrencyCode, Query(examples=["BRL"])],
    quote: Annotated[CurrencyCode, Query(examples=["USD"])],
    on: On = None,
) -> RateView:
    """The newest rate on or before a day; one that is missing or too old is an error, not a guess."""
    services = caller.services
    with caller.transaction() as tx:
        book = treasury.of_tenant(services.rates, tx)
        return RateView.of(book.rate(base, quote, on or services.now().date()))


@router.get("/explanation", operation_id="explainConversion", summary="Convert an amount and explain the result")
def explain_conversion(
    caller: Reader,
    amount: Annotated[str, Query(pattern=r"^-?[0-9]{1,16}(\.[0-9]{1,4})?$", examples=["1500.00"])],
    base: Annotated[CurrencyCode, Query(examples=["COP"])],
    quote: Annotated[CurrencyCode, Query(examples=["USD"])],
    on: On = None,
) -> Explanation:
    """Every published rate that the converted amount rests on, with its source, day and age."""
    services = caller.services
    day = on or services.now().date()
    money = Money.parse(amount, base)
    with caller.transaction() as tx:
        return Explanation.of(treasury.of_tenant(services.rates, tx).convert(money, quote, day), day)


@router.get("/stated", operation_id="listStatedRates", summary="List rates that treasury stated")
def list_stated(
    caller: Reader, cursor: paging.Cursor = None, limit: paging.Limit = paging.DEFAULT_LIMIT
) -> StatementPage:
    """Newest first."""
    with caller.transaction() as tx:
        found = kept.stated(tx, before_seq=paging.after_seq(cursor), limit=limit + 1)
    shown = found[:limit]
    following = Place(str(shown[-1].seq), "") if len(found) > limit else None
    return StatementPage(data=[StatementView.of(one) for one in shown], next_cursor=paging.encode(following))


@router.post(
    "/stated", status_code=201, operation_id="stateRates", summary="State rates of treasury", response_model=Stated
)
def state_rates(body: NewStatements, caller: Treasury, once: OnceDep) -> Response:
    """They beat every other source. Of several for one pair and day the newest counts; none is ever changed."""
    services = caller.services

    def effect(tx: Connection) -> Given:
        now = services.now()
        rates = [one.stated(today=now.date()) for one in body.rates]
        kept.state(tx, rates, tenant_id=caller.tenant_id, stated_by=caller.actor, now=now)
        return Given.of(Stated(stated=len(rates)))

    return once.in_transaction(caller, _said(body), effect).response()


@router.post(
    "/sets",
    status_code=201,
    operation_id="freezeRates",
    summary="Freeze rates for a report",
    response_model=RateSetView,
)
def freeze_rates(body: NewRateSet, caller: MoneyDesk, once: OnceDep) -> Response:
    """Keeps the rates of a day, so that a report made with them can be made again exactly.

    A currency without a usable rate is kept as a gap with its reason. Freezing the same rates again is the same set.
    """
    services = caller.services

    def effect(tx: Connection) -> Given:
        now = services.now()
        book = treasury.of_tenant(services.rates, tx)
        rates = freeze(body.currencies, into=body.settlement_currency, on=body.as_of or now.date(), rate=book.rate)
        frozen = kept.keep_set(tx, rates, tenant_id=caller.tenant_id, frozen_by=caller.actor, now=now)
        return Given.of(RateSetView.of(frozen), location=f"/v1/rates/sets/{frozen.id}")

    return once.in_transaction(caller, _said(body), effect).response()


@router.get("/sets/{set_id}", operation_id="getRateSet", summary="Read a frozen set of rates")
def get_rate_set(set_id: Identifier, caller: Reader) -> RateSetView:
    """The rates as they were frozen."""
    with caller.transaction() as tx:
        return RateSetView.of(kept.get_set(tx, set_id))


def _said(body: Body) -> Any:
    return body.model_dump(mode="json")
