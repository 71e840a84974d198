"""Monthly rates of HM Revenue & Customs, and whether independent sources agree about the world."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connectors.rates.ecb import EcbRates
from connectors.rates.hmrc import LACKING_AT_ECB, HmrcRates
from connectors.rates.pegs import PEGS, PegRates
from domain.contacts import Confidence
from domain.fx import Cadence

OCTOBER = date(2026, 10, 1)
IN_BOTH = ("BRL", "MXN", "IDR", "THB", "MYR", "PHP", "CNY", "SGD", "USD", "HKD", "TRY", "ILS", "EUR")

hmrc = HmrcRates()


@pytest.fixture(scope="module")
def ecb() -> EcbRates:
    return EcbRates()


def value(source: EcbRates | HmrcRates | PegRates, base: str, quote: str, on: date) -> Decimal:
    rate = source.rate(base, quote, on)
    assert rate is not None
    return rate.value


# --- what it says


def test_a_published_rate_is_given_as_it_was_published() -> None:
    rate = hmrc.rate("GBP", "COP", date(2026, 10, 17))
    assert rate is not None
    assert (rate.value, rate.as_of, rate.path) == (Decimal("4198.0295"), OCTOBER, ("GBP/COP",))


@pytest.mark.parametrize(
    ("on", "as_of"),
    [(date(2026, 9, 30), date(2026, 9, 1)), (OCTOBER, OCTOBER), (date(2026, 10, 31), OCTOBER)],
)
def test_a_rate_holds_through_its_month(on: date, as_of: date) -> None:
    rate = hmrc.rate("GBP", "COP", on)
    assert rate is not None
    assert rate.as_of == as_of


def test_a_cross_goes_through_the_pound_within_one_month() -> None:
    rate = hmrc.rate("COP", "USD", OCTOBER)
    assert rate is not None
    assert rate.path == ("COP/GBP", "GBP/USD")
    assert {leg.as_of for leg in rate.legs} == {OCTOBER}
    product = rate.legs[0].value * rate.legs[1].value
    assert abs(product / rate.value - 1) < Decimal("1e-15")


def test_a_leg_says_its_source_month_and_confidence() -> None:
    rate = hmrc.rate("COP", "GBP", OCTOBER)
    assert rate is not None
    (leg,) = rate.legs
    assert (leg.cadence, leg.confidence) == (Cadence.MONTHLY, Confidence.SECONDARY)
    assert "HM Revenue & Customs monthly rates of 2026-10" in leg.source
    assert "[secondary]" in leg.source


def test_every_currency_that_the_central_bank_lacks_is_there(ecb: EcbRates) -> None:
    assert [code for code in sorted(LACKING_AT_ECB) if ecb.rate("EUR", code, OCTOBER) is not None] == []
    assert [code for code in sorted(LACKING_AT_ECB) if hmrc.rate(code, "USD", OCTOBER) is None] == []


def test_a_month_after_the_bundle_has_the_last_one_there_is() -> None:
    last = hmrc.last_month()
    rate = hmrc.rate("GBP", "COP", last.replace(year=last.year + 1))
    assert rate is not None
    assert rate.as_of == last


@pytest.mark.parametrize(
    ("base", "quote", "on"),
    [
        ("GBP", "COP", date(2014, 1, 31)),
        ("GBP", "COP", date(1, 1, 1)),
        ("COP", "COP", OCTOBER),
        ("GBP", "ECS", OCTOBER),  # HMRC's own code, which ISO 4217 gave up
        ("GBP", "HRK", date(2026, 10, 1)),  # ended with the kuna
    ],
)
def test_what_was_not_published_is_none(base: str, quote: str, on: date) -> None:
    assert hmrc.rate(base, quote, on) is None


def test_the_first_month_is_there() -> None:
    rate = hmrc.rate("GBP", "COP", date(2014, 2, 1))
    assert rate is not None
    assert rate.as_of == date(2014, 2, 1)


# --- whether the sources agree


@pytest.mark.parametrize("currency", IN_BOTH)
def test_the_central_bank_and_customs_agree_within_five_percent(ecb: EcbRates, currency: str) -> None:
    # A month's customs rate is fixed in the second half of the month before.
    fixed = date(2026, 9, 23)
    ratio = value(hmrc, "GBP", currency, OCTOBER) / value(ecb, "GBP", currency, fixed)
    assert abs(ratio - 1) < Decimal("0.05")


@pytest.mark.parametrize("peg", PEGS, ids=lambda peg: peg.currency)
@pytest.mark.parametrize("month", [date(2025, 1, 1), OCTOBER])
def test_a_peg_and_customs_agree_within_one_percent(peg, month: date) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - from PEGS
    ratio = value(hmrc, "USD", peg.currency, month) / value(PegRates(), "USD", peg.currency, month)
    assert abs(ratio - 1) < Decimal("0.01")
