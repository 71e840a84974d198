"""Rates over the network, read with ``forex-python`` from any service that speaks its shape.

The shape is ``GET {address}{YYYY-MM-DD}?base=BRL&symbols=CNY`` answered by
``{"base": "BRL", "date": "2026-10-30", "rates": {"CNY": 1.31}}``. Source of the client: forex-python 1.9.2 (MIT),
whose own requests have no timeout; the subclass below sends them with one and keeps the answer's own day.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any, cast

import requests
from forex_python.converter import CurrencyRates

from domain.contacts import Confidence
from domain.errors import Unavailable
from domain.fx import Cadence, Leg, Rate, of_legs

DEFAULT_ADDRESS = "https://theratesapi.com/api/"
_NO_SUCH_PAIR = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY})


class _DatedRates(CurrencyRates):  # type: ignore[misc]  # forex-python ships no types
    """forex-python with an address of choice, a timeout, and the day the service says its rate is of."""

    def __init__(self, *, address: str, timeout_seconds: float) -> None:
        super().__init__(force_decimal=True)
        self._address = address if address.endswith("/") else f"{address}/"
        self._timeout_seconds = timeout_seconds

    def _source_url(self) -> str:
        return self._address

    def dated_rate(self, base: str, quote: str, on: date) -> tuple[Decimal, date] | None:
        """The rate and its day; ``None`` where the service knows no such pair."""
        response = requests.get(
            self._source_url() + self._get_date_string(on),
            params={"base": base, "symbols": quote, "rtype": "fpy"},
            timeout=self._timeout_seconds,
            allow_redirects=False,
        )
        if response.status_code in _NO_SUCH_PAIR:
            return None
        response.raise_for_status()
        value = self._get_decoded_rate(response, quote)
        if value is None:
            return None
        document = cast("dict[str, Any]", response.json())
        return Decimal(str(value)), date.fromisoformat(document["date"])


class ForexPythonRates:
    """A network source of rates. ``address`` ends in a slash; every request ends within ``timeout_seconds``."""

    code = "forex_python_online"

    def __init__(self, *, address: str = DEFAULT_ADDRESS, timeout_seconds: float = 5.0) -> None:
        self._address = address
        self._rates = _DatedRates(address=address, timeout_seconds=timeout_seconds)

    def rate(self, base: str, quote: str, on: date) -> Rate | None:
        """The rate on or before a day, or ``None``; a silent or garbled service raises ``rate_source_unreachable``."""
        try:
            found = self._rates.dated_rate(base, quote, on)
        except (requests.RequestException, ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise self._unreachable(error) from error
        if found is None:
            return None
        value, day = found
        if not value.is_finite() or value <= 0 or day > on:
            raise self._unreachable(ValueError(f"{value} of {day}"))
        source = f"forex-python from {self._address}"
        return of_legs([Leg(base, quote, value, day, source, Cadence.DAILY, Confidence.UNVERIFIED)])

    def _unreachable(self, error: Exception) -> Unavailable:
        return Unavailable(
            "rate_source_unreachable",
            f"The rate service {self._address} gave no usable answer ({type(error).__name__}).",
            fix="Check the address and the network, or rely on the bundled rates.",
            source=self._address,
        )
