"""Exchange rates: each source, and the book that combines them; a stale or missing rate is an error."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from connectors.rates.book import RateBook
from connectors.rates.ecb import EcbRates
from connectors.rates.forex_python_online import ForexPythonRates
from connectors.rates.pegs import PEGS, PegRates
from domain.errors import Invalid, Unavailable
from domain.fx import Rate
from domain.money import Money

FRIDAY = date(2026, 10, 30)
HISTORY = """Date,USD,CNY,BRL,RUB
2026-10-30,1.10,7.92,6.60,N/A
2026-10-29,1.20,7.80,6.50,N/A
2022-03-01,1.10,7.00,5.50,117.2
"""


@pytest.fixture
def ecb(tmp_path: Path) -> EcbRates:
    file = tmp_path / "history.csv"
    file.write_text(HISTORY)
    return EcbRates(str(file))


@pytest.fixture
def book(ecb: EcbRates) -> RateBook:
    return RateBook([ecb, PegRates()])


# --- European Central Bank


def test_the_bundled_history_speaks_for_the_sample_currencies() -> None:
    bundled = EcbRates()
    for currency in ("BRL", "IDR", "THB", "CNY", "USD"):
        rate = bundled.rate(currency, "EUR", FRIDAY)
        assert rate is not None
        assert FRIDAY - rate.as_of < timedelta(days=5)


def test_a_cross_goes_through_the_euro(ecb: EcbRates) -> None:
    rate = ecb.rate("BRL", "CNY", FRIDAY)
    assert rate is not None
    assert (rate.value, rate.as_of, rate.path) == (Decimal("1.2"), FRIDAY, ("BRL/EUR", "EUR/CNY"))


@pytest.mark.parametrize(
    ("base", "quote", "value"), [("EUR", "USD", Decimal("1.10")), ("USD", "EUR", Decimal(1) / Decimal("1.10"))]
)
def test_the_euro_itself_needs_one_pair(ecb: EcbRates, base: str, quote: str, value: Decimal) -> None:
    rate = ecb.rate(base, quote, FRIDAY)
    assert rate is not None
    assert abs(rate.value - value) < Decimal("1e-15")
    assert rate.path == (f"{base}/{quote}",)


def test_a_day_without_fixing_has_the_one_before(ecb: EcbRates) -> None:
    rate = ecb.rate("EUR", "USD", FRIDAY + timedelta(days=1))
    assert rate is not None
    assert rate.as_of == FRIDAY


def test_a_rate_says_its_own_day(ecb: EcbRates) -> None:
    rate = ecb.rate("EUR", "USD", date(2026, 10, 29))
    assert rate is not None
    assert (rate.value, rate.as_of) == (Decimal("1.20"), date(2026, 10, 29))


def test_a_currency_no_longer_fixed_has_its_last_day(ecb: EcbRates) -> None:
    rate = ecb.rate("EUR", "RUB", FRIDAY)
    assert rate is not None
    assert rate.as_of == date(2022, 3, 1)


@pytest.mark.parametrize(
    ("base", "quote", "on"), [("AED", "EUR", FRIDAY), ("EUR", "EUR", FRIDAY), ("EUR", "USD", date(1998, 1, 1))]
)
def test_what_the_bank_does_not_fix_is_none(ecb: EcbRates, base: str, quote: str, on: date) -> None:
    assert ecb.rate(base, quote, on) is None


def test_the_newest_day_is_known(ecb: EcbRates) -> None:
    assert ecb.last_day() == FRIDAY


def test_many_threads_may_ask_first(ecb: EcbRates) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: ecb.rate("EUR", "USD", FRIDAY), range(32)))
    assert len(answers) == 1


# --- pegs


@pytest.mark.parametrize("peg", PEGS, ids=lambda peg: peg.currency)
def test_a_peg_holds_from_its_day_on_and_says_how_sure_it_is(peg) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - from PEGS
    rate = PegRates().rate("USD", peg.currency, peg.since)
    assert rate is not None
    assert (rate.value, rate.as_of) == (peg.per_dollar, peg.since)
    assert f"[{peg.confidence}]" in rate.source
    assert PegRates().rate("USD", peg.currency, peg.since - timedelta(days=1)) is None


def test_a_basket_is_no_peg() -> None:
    assert PegRates().rate("USD", "KWD", FRIDAY) is None


# --- the network


def test_the_service_answers_with_its_own_day(httpserver: HTTPServer) -> None:
    httpserver.expect_request(
        "/api/2026-10-31", query_string={"base": "BRL", "symbols": "CNY", "rtype": "fpy"}
    ).respond_with_data('{"base": "BRL", "date": "2026-10-30", "rates": {"CNY": 1.234567890123456789}}')
    rate = ForexPythonRates(address=httpserver.url_for("/api")).rate("BRL", "CNY", date(2026, 10, 31))
    assert rate is not None
    assert (rate.value, rate.as_of) == (Decimal("1.234567890123456789"), FRIDAY)
    assert httpserver.url_for("/api") in rate.source


@pytest.mark.parametrize(
    ("status", "body"), [(404, "no such currency"), (422, "{}"), (200, '{"date": "x", "rates": {}}')]
)
def test_a_pair_the_service_does_not_know_is_none(httpserver: HTTPServer, status: int, body: str) -> None:
    httpserver.expect_request("/2026-10-30").respond_with_data(body, status=status)
    assert ForexPythonRates(address=httpserver.url_for("/")).rate("BRL", "XXX", FRIDAY) is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, "oops"),
        (302, "elsewhere"),
        (200, "<html>"),
        (200, "[]"),
        (200, '{"rates": {"CNY": 1.2}}'),
        (200, '{"date": "2026-10-31", "rates": {"CNY": 1.2}}'),
        (200, '{"date": "2026-10-30", "rates": {"CNY": -1}}'),
        (200, '{"date": "2026-10-30", "rates": {"CNY": 0}}'),
        (200, '{"date": "2026-10-30", "rates": {"CNY": "many"}}'),
    ],
)
def test_a_garbled_answer_is_an_error(httpserver: HTTPServer, status: int, body: str) -> None:
    httpserver.expect_request("/2026-10-30").respond_with_data(body, status=status)
    with pytest.raises(Unavailable, match="rate_source_unreachable"):
        ForexPythonRates(address=httpserver.url_for("/")).rate("BRL", "CNY", FRIDAY)


def test_a_service_that_is_away_is_an_error() -> None:
    with pytest.raises(Unavailable, match="rate_source_unreachable"):
        ForexPythonRates(address="http://127.0.0.1:9/", timeout_seconds=0.5).rate("BRL", "CNY", FRIDAY)


def test_a_silent_service_is_given_up(httpserver: HTTPServer) -> None:
    import time  # noqa: PLC0415 - only this test waits

    httpserver.expect_request("/2026-10-30").respond_with_handler(lambda _: time.sleep(0.6) or None)  # type: ignore[func-returns-value, arg-type, return-value]
    with pytest.raises(Unavailable, match="rate_source_unreachable"):
        ForexPythonRates(address=httpserver.url_for("/"), timeout_seconds=0.2).rate("BRL", "CNY", FRIDAY)


# --- the book


def test_one_currency_in_itself_is_one(book: RateBook) -> None:
    assert book.rate("KWD", "KWD", FRIDAY) == Rate("KWD", "KWD", Decimal(1), FRIDAY, "identity", ())


def test_a_peg_is_inverted(book: RateBook) -> None:
    rate = book.rate("AED", "USD", FRIDAY)
    assert rate.path == ("AED/USD",)
    assert abs(rate.value * Decimal("3.6725") - 1) < Decimal("1e-15")


def test_a_pegged_currency_reaches_another_through_the_dollar_and_the_euro(book: RateBook) -> None:
    rate = book.rate("AED", "CNY", FRIDAY)
    assert rate.path == ("AED/USD", "USD/EUR", "EUR/CNY")
    assert abs(rate.value - Decimal("7.2") / Decimal("3.6725")) < Decimal("1e-15")
    assert "Central Bank of the UAE" in rate.source
    assert "European Central Bank" in rate.source


def test_two_pegs_meet_in_the_dollar(book: RateBook) -> None:
    rate = book.rate("SAR", "AED", FRIDAY)
    assert (rate.path, rate.as_of) == (("SAR/USD", "USD/AED"), FRIDAY)


def test_a_combined_rate_is_as_old_as_its_oldest_part(book: RateBook) -> None:
    assert book.rate("AED", "CNY", FRIDAY + timedelta(days=3)).as_of == FRIDAY


def test_a_rate_at_its_limit_is_taken_and_one_day_older_refused(book: RateBook) -> None:
    assert book.rate("BRL", "CNY", FRIDAY + timedelta(days=7)).as_of == FRIDAY
    with pytest.raises(Unavailable) as caught:
        book.rate("BRL", "CNY", FRIDAY + timedelta(days=8))
    assert caught.value.code == "rate_stale"
    assert caught.value.details["as_of"] == "2026-10-30"


@pytest.mark.parametrize(("limit", "taken"), [(24, True), (23, False)])
def test_whoever_asks_may_give_another_limit(book: RateBook, limit: int, *, taken: bool) -> None:
    on = FRIDAY + timedelta(days=24)
    if taken:
        assert book.rate("BRL", "CNY", on, limit_days=limit)
    else:
        with pytest.raises(Unavailable, match="rate_stale"):
            book.rate("BRL", "CNY", on, limit_days=limit)


def test_of_two_currencies_limits_the_stricter_counts(ecb: EcbRates) -> None:
    strict = RateBook([ecb], limit_days={"BRL": 2, "CNY": 30})
    assert strict.rate("BRL", "CNY", FRIDAY + timedelta(days=2))
    with pytest.raises(Unavailable, match="rate_stale"):
        strict.rate("BRL", "CNY", FRIDAY + timedelta(days=3))


def test_a_fresh_second_source_stands_in_for_a_stale_first(ecb: EcbRates, httpserver: HTTPServer) -> None:
    today = FRIDAY + timedelta(days=24)
    httpserver.expect_request(f"/{today}").respond_with_data(
        f'{{"date": "{today - timedelta(days=1)}", "rates": {{"CNY": 1.25}}}}'
    )
    rate = RateBook([ecb, ForexPythonRates(address=httpserver.url_for("/"))]).rate("BRL", "CNY", today)
    assert (rate.value, rate.as_of) == (Decimal("1.25"), today - timedelta(days=1))


def test_a_source_that_is_away_does_not_stop_another(ecb: EcbRates) -> None:
    away = ForexPythonRates(address="http://127.0.0.1:9/", timeout_seconds=0.5)
    assert RateBook([away, ecb]).rate("BRL", "CNY", FRIDAY).value == Decimal("1.2")


def test_where_the_only_source_is_away_its_error_is_the_answer() -> None:
    away = ForexPythonRates(address="http://127.0.0.1:9/", timeout_seconds=0.5)
    with pytest.raises(Unavailable, match="rate_source_unreachable"):
        RateBook([away]).rate("BRL", "CNY", FRIDAY)


def test_no_source_is_a_missing_rate(book: RateBook) -> None:
    with pytest.raises(Unavailable, match="rate_missing"):
        book.rate("KWD", "CNY", FRIDAY)


def test_a_word_that_is_no_currency_is_invalid(book: RateBook) -> None:
    with pytest.raises(Invalid, match="currency_unknown"):
        book.rate("REAL", "CNY", FRIDAY)


def test_an_amount_is_converted_with_its_rate(book: RateBook) -> None:
    converted = book.convert(Money.parse("100.01", "BRL"), "CNY", FRIDAY)
    assert (str(converted.amount), converted.rate.as_of) == ("120.01 CNY", FRIDAY)
