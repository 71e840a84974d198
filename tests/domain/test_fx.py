"""Rates and what they are made of: legs, conversions explained, stated rates, quotes and frozen sets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import AfluenteError, Conflict, Invalid, Unavailable
from domain.fx import (
    Converted,
    FxQuote,
    Leg,
    Rate,
    RateSet,
    StatedRate,
    chained,
    convert,
    explain,
    freeze,
    inverted,
    of_legs,
)
from domain.money import Money

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

values = st.decimals("0.000001", "1000000", places=6)
small = st.decimals("0.0001", "10000", places=4)  # so that no product leaves 64 bits of minor units


def leg(pair: str, value: str, *, day: date = DAY, source: str = "tests") -> Leg:
    base, quote = pair.split("/")
    return Leg(base, quote, Decimal(value), day, source)


# --- legs


def test_a_rate_is_the_product_of_its_legs_and_as_old_as_the_oldest() -> None:
    rate = of_legs([leg("COP/GBP", "0.25", day=date(2026, 11, 1), source="a"), leg("GBP/USD", "1.5", source="b")])
    assert (rate.value, rate.as_of, rate.source) == (Decimal("0.375"), date(2026, 11, 1), "a; b")
    assert rate.path == ("COP/GBP", "GBP/USD")


def test_a_rate_whose_path_is_not_that_of_its_legs_is_refused() -> None:
    with pytest.raises(Invalid, match="rate_path_wrong"):
        Rate("COP", "USD", Decimal(1), DAY, "x", ("COP/USD",), (leg("COP/GBP", "1"),))


def test_a_chain_keeps_the_legs_of_both() -> None:
    rate = chained(of_legs([leg("BRL/USD", "0.2")]), of_legs([leg("USD/EUR", "0.9"), leg("EUR/CNY", "8")]))
    assert [one.pair for one in explain(rate)] == ["BRL/USD", "USD/EUR", "EUR/CNY"]


def test_inverting_turns_every_leg_round() -> None:
    rate = inverted(of_legs([leg("BRL/EUR", "0.25"), leg("EUR/CNY", "8")]))
    assert [(one.pair, one.value) for one in explain(rate)] == [
        ("CNY/EUR", Decimal("0.125")),
        ("EUR/BRL", Decimal(4)),
    ]


@given(values)
def test_inverting_twice_gives_the_rate_back(value: Decimal) -> None:
    twice = inverted(inverted(of_legs([leg("BRL/USD", str(value))])))
    assert abs(twice.value / value - 1) < Decimal("1e-15")


def test_a_rate_without_known_legs_is_its_own() -> None:
    (one,) = explain(Rate("BRL", "USD", Decimal("0.2"), DAY, "a bank", ("BRL/USD",)))
    assert (one.pair, one.value, one.source) == ("BRL/USD", Decimal("0.2"), "a bank")


def test_a_currency_in_itself_has_no_legs() -> None:
    assert explain(Rate("BRL", "BRL", Decimal(1), DAY, "identity", ())) == ()


# --- a conversion explained


def test_every_step_shows_what_the_amount_is_after_it() -> None:
    rate = of_legs([leg("COP/GBP", "0.0002"), leg("GBP/USD", "1.5")])
    steps = convert(Money.parse("1000000", "COP"), rate).steps()
    assert [(one.pair, str(after)) for one, after in steps] == [("COP/GBP", "200.00 GBP"), ("GBP/USD", "300.00 USD")]


def test_steps_do_not_round_in_between() -> None:
    rate = of_legs([leg("COP/GBP", "0.00004"), leg("GBP/VND", "30000")])
    steps = convert(Money.parse("100", "COP"), rate).steps()
    assert [str(after) for _, after in steps] == ["0.00 GBP", "120 VND"]


@given(small, small, st.integers(-(10**9), 10**9))
def test_the_last_step_is_the_converted_amount(first: Decimal, second: Decimal, minor: int) -> None:
    rate = of_legs([leg("BRL/USD", str(first)), leg("USD/CNY", str(second))])
    converted = convert(Money(minor, "BRL"), rate)
    assert converted.steps()[-1][1] == converted.amount


def test_nothing_needs_explaining_where_nothing_was_converted() -> None:
    amount = Money.parse("5", "BRL")
    assert Converted(amount, amount, Rate("BRL", "BRL", Decimal(1), DAY, "identity", ())).steps() == ()


# --- stated rates


@pytest.mark.parametrize("value", ["0.000000000001", "1", "9999999999999", "123456789.123456789"])
def test_a_stated_rate_may_be_small_or_large(value: str) -> None:
    assert StatedRate("USD", "COP", Decimal(value), DAY, "bank").value == Decimal(value)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"base": "XXY"}, "currency_unknown"),
        ({"quote": "usd"}, "currency_unknown"),
        ({"quote": "USD"}, "rate_pair_same"),
        ({"value": Decimal(0)}, "rate_malformed"),
        ({"value": Decimal(-1)}, "rate_malformed"),
        ({"value": Decimal("NaN")}, "rate_malformed"),
        ({"value": Decimal("Infinity")}, "rate_malformed"),
        ({"value": Decimal("1.2345678901234567891")}, "rate_malformed"),
        ({"value": Decimal("1e13")}, "rate_malformed"),
        ({"value": Decimal("1e-13")}, "rate_malformed"),
        ({"source": " "}, "rate_source_missing"),
    ],
)
def test_a_stated_rate_that_makes_no_sense_is_refused(changes: dict[str, Any], code: str) -> None:
    given_ = {"base": "USD", "quote": "COP", "value": Decimal(4000), "as_of": DAY, "source": "bank"}
    with pytest.raises(Invalid, match=code):
        StatedRate(**(given_ | changes))


# --- quotes


def quote(**changes: Any) -> FxQuote:
    given_: dict[str, Any] = {
        "id": "fxq_1",
        "base": "BRL",
        "quote": "USD",
        "rate": Decimal("0.1980"),
        "mid": Decimal("0.2000"),
        "source": "bank",
        "quoted_at": NOON,
        "valid_until": NOON + timedelta(minutes=5),
    }
    return FxQuote(**(given_ | changes))


def test_a_quote_says_its_spread() -> None:
    assert (quote().spread, quote().spread_basis_points) == (Decimal("0.0020"), Decimal("100.00"))


def test_what_a_quote_brings_and_its_spread_are_the_middle_together() -> None:
    amount = Money.parse("1000.01", "BRL")
    brought, spread = quote().apply(amount)
    assert (str(brought), str(spread)) == ("198.00 USD", "2.00 USD")
    assert brought + spread == amount.convert(rate=Decimal("0.2000"), currency="USD")


def test_a_quote_converts_its_own_currency_only() -> None:
    with pytest.raises(Invalid, match="currency_mismatch"):
        quote().apply(Money.parse("1", "MXN"))


@pytest.mark.parametrize("seconds", [0, 299])
def test_a_quote_is_good_while_it_lasts(seconds: int) -> None:
    assert quote().usable(NOON + timedelta(seconds=seconds)) == quote()


@pytest.mark.parametrize("seconds", [-1, 300])
def test_a_quote_is_not_good_before_or_after(seconds: int) -> None:
    with pytest.raises(Conflict, match="quote_expired"):
        quote().usable(NOON + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"rate": Decimal(0)}, "rate_malformed"), ({"valid_until": NOON}, "quote_over"), ({"base": "USD"}, "rate_pair")],
)
def test_a_quote_that_makes_no_sense_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        quote(**changes)


# --- frozen sets


def lookup(base: str, quote_: str, on: date) -> Rate:
    if base == "KWD":
        raise Unavailable("rate_missing", "none")
    return of_legs([leg(f"{base}/{quote_}", "0.2", day=on - timedelta(days=1))])


@pytest.fixture
def frozen() -> RateSet:
    return freeze(["MXN", "KWD", "BRL", "USD", "BRL"], into="USD", on=DAY, rate=lookup)


def test_a_set_gives_the_rate_of_then(frozen: RateSet) -> None:
    assert frozen.rate("BRL", "USD", DAY) == lookup("BRL", "USD", DAY)


def test_a_set_gives_the_refusal_of_then(frozen: RateSet) -> None:
    with pytest.raises(Unavailable, match="rate_missing"):
        frozen.rate("KWD", "USD", DAY)


def test_a_set_needs_no_rate_for_its_own_currency(frozen: RateSet) -> None:
    assert [rate.base for rate in frozen.rates] == ["BRL", "MXN"]
    assert frozen.rate("USD", "USD", DAY).value == 1


@pytest.mark.parametrize(
    ("base", "into", "on"), [("THB", "USD", DAY), ("BRL", "CNY", DAY), ("BRL", "USD", DAY - timedelta(days=1))]
)
def test_a_set_does_not_guess(frozen: RateSet, base: str, into: str, on: date) -> None:
    with pytest.raises(AfluenteError, match="rate_not_in_set"):
        frozen.rate(base, into, on)


def test_a_set_is_named_by_its_content(frozen: RateSet) -> None:
    again = freeze(["KWD", "BRL", "MXN"], into="USD", on=DAY, rate=lookup)
    assert frozen.id == again.id
    rate = frozen.rates[0]
    changed = replace(frozen, rates=(replace(rate, value=rate.value + Decimal("1e-18")), *frozen.rates[1:]))
    assert changed.id != frozen.id


def test_a_set_names_its_sources(frozen: RateSet) -> None:
    assert frozen.sources == ("tests",)
