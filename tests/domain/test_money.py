"""Money: nothing is lost when it is split, nothing is rounded in silence, nothing is read that is not an amount."""

from __future__ import annotations

from decimal import Decimal

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.iso4217 import CURRENCIES
from domain.money import MAX_MINOR, Money, exponent, total, zero

AMOUNTS = st.integers(-MAX_MINOR, MAX_MINOR)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any)


@given(AMOUNTS, WEIGHTS)
def test_allocating_loses_no_minor_unit(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "BRL").allocate(weights)
    assert sum(part.minor for part in parts) == minor


@given(AMOUNTS, WEIGHTS)
def test_an_allocated_part_is_less_than_one_unit_from_its_exact_share(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "BRL").allocate(weights)
    whole = sum(weights)
    assert all(abs(part.minor * whole - minor * weight) < whole for part, weight in zip(parts, weights, strict=True))


def test_a_remainder_goes_to_the_largest_fraction_then_to_the_first() -> None:
    assert [part.minor for part in Money(100, "BRL").allocate([1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in Money(-100, "BRL").allocate([1, 1, 1])] == [-34, -33, -33]


def test_a_weight_of_zero_gets_nothing() -> None:
    assert [part.minor for part in Money(101, "BRL").allocate([0, 1, 1])] == [0, 51, 50]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [2, -1]])
def test_weights_that_share_out_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(Invalid, match="weights_invalid"):
        Money(100, "BRL").allocate(weights)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1500.00", "BRL", 150_000),
        ("1500", "BRL", 150_000),
        ("-0.01", "BRL", -1),
        ("1500", "CLP", 1_500),
        ("1.500", "KWD", 1_500),
        ("1.5000", "KWD", 1_500),
        ("1.2345", "CLF", 12_345),
        ("92233720368547758.07", "BRL", MAX_MINOR),
        (Decimal("0.10"), "AED", 10),
        (7, "THB", 700),
    ],
)
def test_a_decimal_amount_is_read_exactly(text: str | Decimal | int, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("", "BRL", "amount_malformed"),
        ("12,50", "BRL", "amount_malformed"),
        ("twelve", "BRL", "amount_malformed"),
        ("NaN", "BRL", "amount_malformed"),
        ("sNaN", "BRL", "amount_malformed"),
        ("Infinity", "BRL", "amount_malformed"),
        (0.5, "BRL", "amount_malformed"),
        (True, "BRL", "amount_malformed"),
        (None, "BRL", "amount_malformed"),
        ("0.001", "BRL", "amount_too_precise"),
        ("0.5", "CLP", "amount_too_precise"),
        ("0.0001", "KWD", "amount_too_precise"),
        ("0.00001", "CLF", "amount_too_precise"),
        ("1.00000000000000000000000000000000001", "BRL", "amount_too_precise"),
        ("1e-999999", "BRL", "amount_malformed"),
        ("92233720368547758.08", "BRL", "amount_too_large"),
        ("1e30", "BRL", "amount_malformed"),
        ("1e999999", "BRL", "amount_malformed"),
        ("1", "XXX", "currency_unknown"),
        ("1", "brl", "currency_unknown"),
        ("1", "", "currency_unknown"),
    ],
)
def test_what_is_no_amount_is_refused(text: object, currency: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        Money.parse(text, currency)  # type: ignore[arg-type]  # wrong kinds are what is tested
    assert caught.value.code == code


@given(AMOUNTS, st.sampled_from(["BRL", "CLP", "KWD", "CLF"]))
def test_an_amount_written_is_the_amount_read(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert Money.parse(str(amount).removesuffix(f" {currency}"), currency) == amount


@pytest.mark.parametrize(("currency", "written"), [("CLP", "5 CLP"), ("BRL", "0.05 BRL"), ("KWD", "0.005 KWD")])
def test_an_amount_is_written_with_the_decimals_of_its_currency(currency: str, written: str) -> None:
    assert str(Money(5, currency)) == written


@pytest.mark.parametrize("minor", [1.0, True, "1"])
def test_minor_units_are_whole_numbers(minor: object) -> None:
    with pytest.raises(Invalid, match="amount_not_whole"):
        Money(minor, "BRL")  # type: ignore[arg-type]  # wrong kinds are what is tested


def test_an_amount_fits_into_64_bits() -> None:
    assert Money(MAX_MINOR, "BRL").minor == MAX_MINOR
    with pytest.raises(Invalid, match="amount_too_large"):
        Money(MAX_MINOR + 1, "BRL")


@pytest.mark.parametrize(
    ("minor", "currency", "rate", "into", "expected"),
    [
        (100, "USD", "5.005", "BRL", 501),  # 5.005 rounds up
        (100, "USD", "5.00499", "BRL", 500),
        (-100, "USD", "5.005", "BRL", -501),  # away from zero on both sides
        (100, "USD", "0.3065", "KWD", 307),  # two decimals into three
        (100, "USD", "950.5", "CLP", 951),  # two decimals into none
        (951, "CLP", "0.001", "USD", 95),
        (MAX_MINOR, "BRL", "1.000000000000000000", "BRL", MAX_MINOR),
    ],
)
def test_a_conversion_rounds_half_up(minor: int, currency: str, rate: str, into: str, expected: int) -> None:
    assert Money(minor, currency).convert(rate=Decimal(rate), currency=into) == Money(expected, into)


def test_a_conversion_that_grows_too_large_is_refused() -> None:
    with pytest.raises(Invalid, match="amount_too_large"):
        Money(MAX_MINOR, "USD").convert(rate=Decimal("1e15"), currency="IDR")


def test_two_currencies_are_neither_added_nor_compared() -> None:
    one, other = Money(1, "BRL"), Money(1, "USD")
    for act in (lambda: one + other, lambda: one - other, lambda: one < other, lambda: one >= other):
        with pytest.raises(Invalid, match="currency_mismatch"):
            act()


def test_a_total_of_nothing_is_zero_of_its_currency() -> None:
    assert total([], "THB") == zero("THB")
    assert not zero("THB")


@pytest.mark.parametrize(("currency", "digits"), [("CLP", 0), ("BRL", 2), ("IQD", 3), ("LAK", 2), ("CLF", 4)])
def test_minor_units_are_those_of_iso_4217(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


def test_numbers_of_currencies_are_those_that_an_independent_table_has() -> None:
    known = {entry.alpha_3: int(entry.numeric) for entry in pycountry.currencies}
    shared = CURRENCIES.keys() & known.keys()
    assert {code: CURRENCIES[code].number for code in shared} == {code: known[code] for code in shared}
    assert len(shared) > 150


def test_no_two_currencies_share_a_number() -> None:
    numbers = [info.number for info in CURRENCIES.values()]
    assert len(numbers) == len(set(numbers))
