"""The way to ask for money: within limits, answering before silent, cheap before dear, known cost before unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.errors import AfluenteError, Invalid, Refused
from domain.money import Money
from domain.routing import Terms, Way, away_after, is_away, read_terms, ways_for

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def chosen(*ways: Way, minor: int = 10_000, amount_open: bool = False) -> list[str]:
    return [way.connection_id for way in ways_for(ways, Money(minor, "BRL"), amount_open=amount_open, now=NOW)]


def way(name: str, *, takes_open: bool = False, away_until: datetime | None = None, **terms: object) -> Way:
    return Way(name, "pix", made_here=False, takes_open=takes_open, terms=Terms(**terms), away_until=away_until)  # type: ignore[arg-type]


@pytest.mark.parametrize(("minor", "taken"), [(999, False), (1000, True), (2000, True), (2001, False)])
def test_an_amount_is_taken_from_the_least_to_the_most(*, minor: int, taken: bool) -> None:
    assert Terms(least_minor=1000, most_minor=2000).take(minor) is taken


def test_without_limits_every_amount_is_taken() -> None:
    assert Terms().take(10**15)


@pytest.mark.parametrize(
    ("terms", "cost"),
    [
        (Terms(), None),
        (Terms(cost_fixed_minor=40), 40),
        (Terms(cost_percent=Decimal("0.99")), 99),
        (Terms(cost_percent=Decimal("0.991")), 100),  # rounded up: never less than it will be
        (Terms(cost_percent=Decimal(1), cost_fixed_minor=40), 140),
    ],
)
def test_what_collecting_10000_costs(terms: Terms, cost: int | None) -> None:
    assert terms.cost_minor(10_000) == cost


def test_the_cheapest_comes_first_and_an_unknown_cost_last() -> None:
    assert chosen(way("unknown"), way("dear", cost_fixed_minor=200), way("cheap", cost_fixed_minor=100)) == [
        "cheap",
        "dear",
        "unknown",
    ]


def test_which_is_cheaper_depends_on_the_amount() -> None:
    fixed, share = way("fixed", cost_fixed_minor=100), way("share", cost_percent=Decimal(1))
    assert chosen(fixed, share, minor=9_900)[0] == "share"
    assert chosen(fixed, share, minor=10_100)[0] == "fixed"


def test_equals_keep_their_order() -> None:
    assert chosen(way("older"), way("newer")) == ["older", "newer"]


@pytest.mark.parametrize(("seconds", "first"), [(1, "dear"), (0, "cheap")])
def test_who_does_not_answer_comes_after_who_does_until_the_moment_is_over(seconds: int, first: str) -> None:
    silent = way("cheap", cost_fixed_minor=1, away_until=NOW + timedelta(seconds=seconds))
    assert chosen(silent, way("dear", cost_fixed_minor=100))[0] == first


def test_limits_pass_a_way_over() -> None:
    assert chosen(way("small", most_minor=9_999), way("large")) == ["large"]


@pytest.mark.parametrize(
    ("ways", "amount_open", "code"),
    [
        ((), False, "no_rail"),
        ((way("small", most_minor=9_999),), False, "amount_outside_limits"),
        ((way("fixed"),), True, "open_amount_not_possible"),
    ],
)
def test_where_there_is_no_way_it_says_why(*, ways: tuple[Way, ...], amount_open: bool, code: str) -> None:
    with pytest.raises(Refused) as refused:
        chosen(*ways, amount_open=amount_open)
    assert refused.value.code == code


def test_an_open_amount_goes_where_codes_can_be_open_whatever_the_limits() -> None:
    assert chosen(way("fixed"), way("open", takes_open=True, most_minor=1), amount_open=True) == ["open"]


@pytest.mark.parametrize(("failures", "minutes"), [(3, 1), (4, 2), (5, 4), (7, 16), (8, 30), (400, 30)])
def test_a_platform_is_passed_over_for_twice_as_long_each_time(failures: int, minutes: int) -> None:
    assert away_after(failures, NOW) == NOW + timedelta(minutes=minutes)


def test_two_failures_are_chance() -> None:
    assert away_after(2, NOW) is None
    assert not is_away(None, NOW)


def test_terms_are_read_in_the_currencys_own_minor_units() -> None:
    stated = {"least": "10", "most": "5000.50", "cost_percent": "0.99", "cost_fixed": "0.40"}
    assert read_terms(stated, "BRL") == Terms(1_000, 500_050, Decimal("0.99"), 40)
    assert read_terms({"least": "1.000"}, "KWD").least_minor == 1_000


@pytest.mark.parametrize(
    "stated",
    [
        {"lowest": "1.00"},
        {"least": "-1.00"},
        {"least": "2.00", "most": "1.99"},
        {"cost_percent": "100.01"},
        {"cost_percent": "-0.01"},
        {"cost_percent": "NaN"},
        {"cost_percent": "cheap"},
    ],
)
def test_terms_that_mean_nothing_are_refused(stated: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="terms_invalid"):
        read_terms(stated, "BRL")


@pytest.mark.parametrize("stated", [{"least": "2.00", "most": "2.00"}, {"cost_percent": "100"}, {"cost_percent": "0"}])
def test_terms_at_their_ends_are_taken(stated: dict[str, str]) -> None:
    read_terms(stated, "BRL")


def test_an_amount_finer_than_the_currency_is_refused() -> None:
    with pytest.raises(AfluenteError):
        read_terms({"least": "1.005"}, "BRL")
