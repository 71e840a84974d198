"""Consolidated balances: what cannot be converted is shown as it is, never as nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.errors import Unavailable
from domain.fx import Rate, fresh
from domain.money import Money
from ledger.balances import consolidate

DAY = date(2026, 11, 23)
BRL, THB, USD = Money(10_000, "BRL"), Money(33_000, "THB"), Money(500, "USD")


def rates(base: str, quote: str, on: date) -> Rate:
    """Reais at a fifth of a dollar, of today; baht of a month ago; nothing else."""
    known = {"BRL": (Decimal("0.2"), DAY), "THB": (Decimal("0.03"), date(2026, 10, 1)), "USD": (Decimal(1), DAY)}
    found = known.get(base)
    rate = Rate(base, quote, found[0], found[1], "tests", (f"{base}/{quote}",)) if found else None
    return fresh(rate, base=base, quote=quote, on=on, limit_days=7)


def consolidated(*amounts: Money) -> tuple[list[tuple[str, int | None, str | None]], Money, bool]:
    report = consolidate({amount.currency: amount for amount in amounts}, currency="USD", as_of=DAY, rate=rates)
    lines = [
        (
            line.original.currency,
            line.converted.amount.minor if line.converted else None,
            line.error.code if line.error else None,
        )
        for line in report.lines
    ]
    return lines, report.total, report.complete


def test_amounts_are_converted_and_added() -> None:
    assert consolidated(BRL, USD) == ([("BRL", 2_000, None), ("USD", 500, None)], Money(2_500, "USD"), True)


def test_a_stale_rate_leaves_its_currency_unconverted() -> None:
    lines, total, complete = consolidated(BRL, THB)
    assert lines[1] == ("THB", None, "rate_stale")
    assert (total, complete) == (Money(2_000, "USD"), False)


def test_a_missing_rate_leaves_its_currency_unconverted() -> None:
    assert consolidated(Money(7, "IDR")) == ([("IDR", None, "rate_missing")], Money(0, "USD"), False)


def test_a_line_carries_the_rate_its_source_and_its_day() -> None:
    report = consolidate({"BRL": BRL}, currency="USD", as_of=DAY, rate=rates)
    converted = report.lines[0].converted
    assert converted is not None
    assert (converted.rate.value, converted.rate.source, converted.rate.as_of) == (Decimal("0.2"), "tests", DAY)


def test_nothing_is_complete_and_comes_to_zero() -> None:
    assert consolidated() == ([], Money(0, "USD"), True)


def test_an_error_that_is_no_refusal_is_not_swallowed() -> None:
    def broken(_base: str, _quote: str, _on: date) -> Rate:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        consolidate({"BRL": BRL}, currency="USD", as_of=DAY, rate=broken)


def test_a_source_that_is_away_is_told_on_the_line() -> None:
    def away(_base: str, _quote: str, _on: date) -> Rate:
        raise Unavailable("rates_unreachable", "The source is away.")

    (line,) = consolidate({"BRL": BRL}, currency="USD", as_of=DAY, rate=away).lines
    assert (line.converted, line.error.code if line.error else "") == (None, "rates_unreachable")
