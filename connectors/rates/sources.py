"""Which sources an installation asks for rates, and how old their rates may be."""

from __future__ import annotations

from connectors.rates.book import MONTHLY_LIMIT_DAYS, RateBook
from connectors.rates.ecb import EcbRates
from connectors.rates.forex_python_online import ForexPythonRates
from connectors.rates.hmrc import HmrcRates
from connectors.rates.pegs import PegRates
from domain.fx import RateProvider


def standard_book(*, online_url: str | None, daily_limit_days: int) -> RateBook:
    """Pegs, the European Central Bank and HMRC from bundled history; before them the online source where one is set.

    Daily rates may be ``daily_limit_days`` old; a limit beyond the monthly one widens that too.
    """
    providers: list[RateProvider] = [PegRates(), EcbRates(), HmrcRates()]
    if online_url:
        providers.insert(0, ForexPythonRates(address=online_url))
    monthly_limit_days = max(MONTHLY_LIMIT_DAYS, daily_limit_days)
    return RateBook(providers, default_limit_days=daily_limit_days, monthly_limit_days=monthly_limit_days)
