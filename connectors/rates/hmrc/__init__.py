"""HMRC monthly rates: the pound against some hundred and forty currencies since 2014, from bundled history, offline.

Source: HM Revenue & Customs, monthly exchange rates for customs and VAT (www.trade-tariff.service.gov.uk), as bundled
by the PyPI package ``hmrc-rates``. A rate is fixed before its month and holds through it: ``as_of`` is the month's
first day. It speaks where the European Central Bank has nothing; months after the bundle have the last one there is,
and ``RateBook`` decides how old is too old.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from typing import Final

from hmrc_rates import HmrcRatesError, Rates, YearMonth
from hmrc_rates import Rate as MonthlyRate

from domain.contacts import Confidence
from domain.fx import EXACT, Cadence, Leg, Rate, of_legs
from domain.iso4217 import CURRENCIES

POUND: Final = "GBP"
LONGEST_GAP_MONTHS: Final = 12  # further back than any limit on a rate's age reaches

LACKING_AT_ECB: Final = frozenset(
    {"COP", "CLP", "PEN", "ARS", "VND", "KHR", "AED", "SAR", "QAR", "KWD", "BHD", "OMR", "JOD", "EGP", "IQD"}
)
"""Currencies of served countries that the European Central Bank publishes no reference rate for."""


class HmrcRates:
    """Monthly rates of HM Revenue & Customs. Safe among threads; loading costs some 20 ms at first use."""

    code = "hmrc"

    def __init__(self) -> None:
        self._rates = Rates()

    def rate(self, base: str, quote: str, on: date) -> Rate | None:
        """The rate of the newest month not after the day's that has both sides, crossed through the pound."""
        if base == quote or not {base, quote} <= CURRENCIES.keys():
            return None
        month = self._newest(base, quote, on)
        if month is None:
            return None
        per_pound = {code: self._rates.monthly_rate(code, month).units_per_gbp for code in (base, quote)}
        legs = [_leg(POUND, quote, per_pound[quote], month)] if quote != POUND else []
        if base != POUND:
            legs.insert(0, _leg(POUND, base, per_pound[base], month).inverted())
        # Divided once from what was published, not multiplied from a leg that was rounded already.
        return replace(of_legs(legs), value=EXACT.divide(per_pound[quote], per_pound[base]))

    def last_month(self) -> date:
        """The first day of the newest month there is a table of."""
        newest = self._rates.months()[-1]
        return date(newest.year, newest.month, 1)

    def _newest(self, base: str, quote: str, on: date) -> YearMonth | None:
        """The newest month in which both currencies have a rate."""
        months = self._rates.months()
        month = YearMonth.from_date(min(on, self.last_month()))
        for _ in range(LONGEST_GAP_MONTHS):
            if self._at(base, month) and self._at(quote, month):
                return month
            if month <= months[0]:
                return None
            month = month.prev()
        return None

    def _at(self, code: str, month: YearMonth) -> MonthlyRate | None:
        try:
            return self._rates.monthly_rate(code, month)
        except HmrcRatesError:
            return None


def _leg(base: str, quote: str, value: Decimal, month: YearMonth) -> Leg:
    first = date(month.year, month.month, 1)
    source = (
        f"HM Revenue & Customs monthly rates of {first:%Y-%m} (hmrc-rates {version('hmrc-rates')})"
        f" [{Confidence.SECONDARY}]"
    )
    return Leg(base, quote, value, first, source, Cadence.MONTHLY, Confidence.SECONDARY)
