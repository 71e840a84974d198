"""Rates: what one currency is in another on a day, with source, date and path."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from domain.fx import Rate
from gateway.auth import Reader
from gateway.shapes import CurrencyCode, Shape

router = APIRouter(prefix="/v1/rates", tags=["rates"])


class RateView(Shape):
    """``value`` units of ``quote`` for one unit of ``base``."""

    base: str
    quote: str
    value: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$")]
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


@router.get("", operation_id="getRate", summary="Look a rate up")
def get_rate(
    caller: Reader,
    base: Annotated[CurrencyCode, Query(examples=["BRL"])],
    quote: Annotated[CurrencyCode, Query(examples=["USD"])],
    on: Annotated[date | None, Query(description="The day; today (UTC) where left out.")] = None,
) -> RateView:
    """The newest rate on or before a day; one that is missing or too old is an error, not a guess."""
    services = caller.services
    return RateView.of(services.rates.rate(base, quote, on or services.now().date()))
