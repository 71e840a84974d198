"""Which of several paths the book takes, how old each leg may be, and how a pair stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest

from connectors.rates.book import RateBook, standings
from connectors.rates.sources import standard_book
from domain.errors import Unavailable
from domain.fx import Cadence, Leg, Rate, of_legs

TODAY = date(2026, 11, 23)


@dataclass
class Source:
    """Says what a test has it say."""

    code: str
    legs: list[Leg]
    asked: list[str] = field(default_factory=list)

    def rate(self, base: str, quote: str, on: date) -> Rate | None:
        self.asked.append(f"{base}/{quote}")
        found = [leg for leg in self.legs if leg.pair == f"{base}/{quote}" and leg.as_of <= on]
        return of_legs([found[-1]]) if found else None


class Away:
    """Never answers."""

    code = "away"

    def rate(self, base: str, quote: str, on: date) -> Rate | None:
        raise Unavailable("rate_source_unreachable", f"{base} {quote} {on}")


def says(pair: str, value: str = "2", *, days: int = 0, cadence: Cadence = Cadence.DAILY, name: str = "") -> Source:
    base, quote = pair.split("/")
    day = TODAY - timedelta(days=days)
    return Source(name or pair, [Leg(base, quote, Decimal(value), day, name or pair, cadence)])


def path(book: RateBook, base: str = "BRL", quote: str = "CNY") -> tuple[str, ...]:
    return book.rate(base, quote, TODAY).path


# --- preference


def test_the_fewest_legs_win_over_the_freshest() -> None:
    assert path(RateBook([says("BRL/USD"), says("USD/CNY"), says("BRL/CNY", days=5)])) == ("BRL/CNY",)


def test_among_as_many_legs_the_freshest_wins() -> None:
    old, new = says("BRL/CNY", "2", days=3, name="old"), says("BRL/CNY", "3", days=2, name="new")
    assert RateBook([old, new]).rate("BRL", "CNY", TODAY).source == "new"


def test_among_equals_the_one_named_first_wins() -> None:
    first, second = says("BRL/CNY", name="first"), says("BRL/CNY", name="second")
    assert RateBook([first, second]).rate("BRL", "CNY", TODAY).source == "first"


def test_of_two_ways_round_the_fresher_wins() -> None:
    by_dollar = [says("BRL/USD", days=3), says("USD/CNY")]
    by_euro = [says("BRL/EUR", days=2), says("EUR/CNY")]
    assert path(RateBook([*by_dollar, *by_euro])) == ("BRL/EUR", "EUR/CNY")


def test_a_daily_way_round_wins_over_a_monthly_rate() -> None:
    monthly = says("BRL/CNY", cadence=Cadence.MONTHLY)
    assert path(RateBook([monthly, says("BRL/USD"), says("USD/CNY")])) == ("BRL/USD", "USD/CNY")


def test_a_fresh_monthly_rate_stands_in_for_a_stale_daily_one() -> None:
    book = RateBook([says("BRL/CNY", days=8), says("BRL/CNY", "3", days=22, cadence=Cadence.MONTHLY, name="month")])
    assert book.rate("BRL", "CNY", TODAY).source == "month"


@pytest.mark.parametrize(("days", "source"), [(7, "treasury"), (8, "daily")])
def test_treasury_wins_as_long_as_it_is_young_enough(days: int, source: str) -> None:
    stated = says("BRL/CNY", "3", days=days, cadence=Cadence.STATED, name="treasury")
    assert RateBook([says("BRL/CNY", name="daily")]).beside(stated).rate("BRL", "CNY", TODAY).source == source


def test_treasury_wins_where_it_states_the_pair_the_other_way() -> None:
    stated = says("CNY/BRL", "4", cadence=Cadence.STATED, name="treasury")
    rate = RateBook([says("BRL/CNY", name="daily")]).beside(stated).rate("BRL", "CNY", TODAY)
    assert (rate.source, rate.value) == ("treasury", Decimal("0.25"))


def test_of_equal_ways_round_the_one_over_treasurys_rate_wins() -> None:
    stated = says("USD/CNY", "7", days=3, cadence=Cadence.STATED, name="treasury")
    rate = RateBook([says("BRL/USD"), says("USD/CNY")]).beside(stated).rate("BRL", "CNY", TODAY)
    assert rate.source == "BRL/USD; treasury"


def test_a_single_good_leg_asks_no_way_round() -> None:
    source = says("BRL/CNY")
    RateBook([source]).rate("BRL", "CNY", TODAY)
    assert source.asked == ["BRL/CNY"]


# --- age


@pytest.mark.parametrize(("cadence", "limit"), [(Cadence.DAILY, 7), (Cadence.STATED, 7), (Cadence.MONTHLY, 62)])
def test_each_kind_of_source_has_its_limit(cadence: Cadence, limit: int) -> None:
    assert RateBook([says("BRL/CNY", days=limit, cadence=cadence)]).rate("BRL", "CNY", TODAY)
    with pytest.raises(Unavailable, match="rate_stale"):
        RateBook([says("BRL/CNY", days=limit + 1, cadence=cadence)]).rate("BRL", "CNY", TODAY)


def test_a_peg_has_no_age() -> None:
    assert RateBook([says("USD/AED", days=9000, cadence=Cadence.PEG)]).rate("USD", "AED", TODAY)


@pytest.mark.parametrize(("daily_days", "taken"), [(7, True), (8, False)])
def test_every_leg_is_held_to_its_own_limit(daily_days: int, *, taken: bool) -> None:
    month = says("KWD/USD", days=50, cadence=Cadence.MONTHLY)
    book = RateBook([month, says("USD/CNY", days=daily_days)])
    assert book.standing("KWD", "CNY", TODAY).state == ("fresh" if taken else "stale")


def test_a_limit_for_one_currency_counts_for_monthly_rates_too() -> None:
    month = says("KWD/CNY", days=40, cadence=Cadence.MONTHLY)
    with pytest.raises(Unavailable, match="rate_stale"):
        RateBook([month], limit_days={"KWD": 39}).rate("KWD", "CNY", TODAY)


# --- standing


def test_a_stale_pair_still_shows_its_newest_rate() -> None:
    one = RateBook([says("BRL/CNY", days=8)]).standing("BRL", "CNY", TODAY)
    assert (one.state, one.age_days, one.limit_days) == ("stale", 8, 7)
    assert one.rate is not None


def test_a_pair_without_source_is_missing_and_with_a_silent_one_unreachable() -> None:
    assert RateBook([]).standing("BRL", "CNY", TODAY).state == "missing"
    assert RateBook([Away()]).standing("BRL", "CNY", TODAY).state == "unreachable"


def test_a_pegged_pair_has_no_limit() -> None:
    one = RateBook([says("USD/AED", cadence=Cadence.PEG)]).standing("AED", "USD", TODAY)
    assert (one.state, one.limit_days) == ("fresh", None)


def test_the_currency_itself_is_not_listed() -> None:
    listed = standings(RateBook([says("BRL/CNY")]), ["CNY", "BRL", "BRL"], into="CNY", on=TODAY)
    assert [one.base for one in listed] == ["BRL"]


# --- the standard sources


@pytest.mark.parametrize(
    ("base", "quote", "taken"),
    [
        ("AED", "CNY", ("AED/USD", "USD/EUR", "EUR/CNY")),
        ("BRL", "GBP", ("BRL/EUR", "EUR/GBP")),
        ("COP", "USD", ("COP/GBP", "GBP/USD")),
        ("AED", "USD", ("AED/USD",)),
    ],
)
def test_bundled_sources_reach_each_other(base: str, quote: str, taken: tuple[str, ...]) -> None:
    book = standard_book(online_url=None, daily_limit_days=31)
    assert book.rate(base, quote, date(2026, 10, 20)).path == taken


def test_a_wider_daily_limit_is_never_narrower_for_monthly_rates() -> None:
    book = standard_book(online_url=None, daily_limit_days=366)
    assert book.rate("COP", "USD", date(2027, 6, 1)).as_of == date(2026, 11, 1)
