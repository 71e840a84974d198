"""Results of holding foreign money: the moving average, its identity to the minor unit, and money that is owed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.fx import Rate
from domain.fx_result import (
    DayResult,
    Holding,
    Movement,
    carry,
    carry_days,
    needs_rate,
    of_day,
    unrealised,
    worth,
)
from domain.money import Money, zero

DAY = date(2026, 11, 20)
NOTHING = Holding.nothing("BRL", "USD")


def rate(value: str, day: date = DAY) -> Rate:
    return Rate("BRL", "USD", Decimal(value), day, "test", ("BRL/USD",))


def brl(minor: int) -> Money:
    return Money(minor, "BRL")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def came(minor: int) -> Movement:
    return Movement.plain(brl(minor), "USD")


def sold(minor: int, brought: int) -> Movement:
    return Movement.exchanged(brl(minor), usd(brought))


def test_what_is_received_costs_the_days_rate() -> None:
    done = carry(NOTHING, came(100_00), rate("0.20"))
    assert done.holding == Holding(brl(100_00), usd(20_00))
    assert not done.realised


def test_a_second_inflow_moves_the_average() -> None:
    first = carry(NOTHING, came(100_00), rate("0.20")).holding
    assert carry(first, came(100_00), rate("0.30")).holding == Holding(brl(200_00), usd(50_00))


def test_an_exchange_realises_what_it_brought_beyond_its_share_of_the_basis() -> None:
    done = carry(Holding(brl(200_00), usd(50_00)), sold(100_00, 28_00), None)
    assert (done.holding, done.realised) == (Holding(brl(100_00), usd(25_00)), usd(3_00))


def test_an_exchange_below_the_basis_is_a_loss() -> None:
    assert carry(Holding(brl(200_00), usd(50_00)), sold(100_00, 24_99), None).realised == usd(-1)


def test_a_refund_leaves_at_its_basis_and_earns_nothing() -> None:
    done = carry(Holding(brl(200_00), usd(50_00)), came(-50_00), None)
    assert (done.holding, done.realised, done.left) == (Holding(brl(150_00), usd(37_50)), usd(0), usd(12_50))


def test_a_half_minor_unit_of_the_basis_goes_with_what_leaves() -> None:
    assert carry(Holding(brl(2), usd(1)), came(-1), None).holding == Holding(brl(1), usd(0))


def test_whoever_takes_all_takes_all_of_the_basis() -> None:
    done = carry(Holding(brl(3), usd(100)), sold(3, 90), None)
    assert (done.holding, done.realised) == (NOTHING, usd(-10))


def test_inflows_of_a_day_come_before_its_outflows() -> None:
    done = carry(NOTHING, came(100_00) + sold(100_00, 21_00), rate("0.20"))
    assert (done.holding, done.realised) == (NOTHING, usd(1_00))


def test_money_bought_costs_what_was_paid_whatever_the_days_rate() -> None:
    done = carry(NOTHING, Movement.exchanged(brl(-100_00), usd(-21_00)), None)
    assert done.holding == Holding(brl(100_00), usd(21_00))


def test_what_leaves_beyond_what_is_held_is_owed_at_the_days_rate() -> None:
    done = carry(Holding(brl(100_00), usd(25_00)), came(-150_00), rate("0.20"))
    assert (done.holding, done.realised) == (Holding(brl(-50_00), usd(-10_00)), usd(0))


@pytest.mark.parametrize(("value", "gain"), [("0.18", 1_00), ("0.22", -1_00)])
def test_covering_what_is_owed_realises_the_difference(value: str, gain: int) -> None:
    done = carry(Holding(brl(-50_00), usd(-10_00)), came(50_00), rate(value))
    assert (done.holding, done.realised) == (NOTHING, usd(gain))


def test_what_comes_beyond_what_is_owed_is_held_at_the_days_rate() -> None:
    done = carry(Holding(brl(-50_00), usd(-10_00)), came(150_00), rate("0.20"))
    assert (done.holding, done.realised) == (Holding(brl(100_00), usd(20_00)), usd(0))


@pytest.mark.parametrize("minor", [100_00, -100_00])
def test_unrealised_is_worth_less_basis(minor: int) -> None:
    held = Holding(brl(minor), usd(minor // 5))
    assert unrealised(held, rate("0.25")) == usd(minor // 20)


def test_nothing_held_is_worth_nothing_without_a_rate() -> None:
    assert unrealised(NOTHING, None) == usd(0)


def test_something_held_is_not_valued_without_a_rate() -> None:
    with pytest.raises(Invalid, match="rate_needed"):
        unrealised(Holding(brl(1), usd(0)), None)


def test_an_inflow_is_not_carried_without_a_rate() -> None:
    with pytest.raises(Invalid, match="rate_needed"):
        carry(NOTHING, came(1), None)


def test_money_that_came_and_went_again_needs_no_rate() -> None:
    assert not needs_rate(NOTHING, came(100) + came(-100))
    assert carry(NOTHING, came(100) + came(-100), None).holding == NOTHING


def test_an_outflow_within_what_is_held_needs_no_rate() -> None:
    held = Holding(brl(100), usd(20))
    assert (needs_rate(held, came(-100)), needs_rate(held, came(-101))) == (False, True)


def test_a_holding_of_nothing_with_a_basis_is_refused() -> None:
    with pytest.raises(Invalid, match="holding_basis_left"):
        Holding(brl(0), usd(1))


def test_a_holding_of_the_settlement_currency_is_refused() -> None:
    with pytest.raises(Invalid, match="holding_not_foreign"):
        Holding(usd(1), usd(1))


# --- for any history

MINOR = st.integers(-(10**9), 10**9)
EXCHANGES = st.tuples(st.integers(1, 10**9), st.integers(0, 10**9), st.sampled_from((1, -1)))
ONE = st.one_of(
    MINOR.map(came),
    EXCHANGES.map(lambda one: Movement.exchanged(brl(one[0] * one[2]), usd(one[1] * one[2]))),
)
RATES = st.decimals("0.0001", "50", places=6).map(lambda value: rate(str(value)))
DAYS = st.lists(st.tuples(st.lists(ONE, max_size=5), RATES), max_size=8)


def carried(days: list[tuple[list[Movement], Rate]]) -> tuple[list[tuple[Movement, DayResult]], Holding]:
    holding, found = NOTHING, []
    for movements, day_rate in days:
        moved = of_day(movements, currency="BRL", settlement_currency="USD")
        result = carry(holding, moved, day_rate)
        found.append((moved, result))
        holding = result.holding
    return found, holding


@given(DAYS, RATES)
def test_results_are_worth_less_what_went_in_to_the_minor_unit(
    days: list[tuple[list[Movement], Rate]], close: Rate
) -> None:
    found, holding = carried(days)
    realised = sum(result.realised.minor for _, result in found)
    went_in = sum(result.arrived.minor - moved.brought.minor - result.left.minor for moved, result in found)
    assert realised + unrealised(holding, close).minor == worth(holding, close).minor - went_in


@given(DAYS)
def test_the_amount_held_is_what_moved(days: list[tuple[list[Movement], Rate]]) -> None:
    found, holding = carried(days)
    assert holding.amount.minor == sum(moved.net.minor for moved, _ in found)


@given(DAYS, st.randoms(use_true_random=False))
def test_the_order_inside_a_day_changes_nothing(days: list[tuple[list[Movement], Rate]], dice: object) -> None:
    turned = [(sorted(movements, key=lambda _: dice.random()), one) for movements, one in days]  # type: ignore[attr-defined]
    assert carried(turned) == carried(days)


@given(DAYS, RATES)
def test_nothing_held_has_no_basis_after_any_history(days: list[tuple[list[Movement], Rate]], last: Rate) -> None:
    _, holding = carried(days)
    assert carry(holding, came(-holding.amount.minor), last).holding == NOTHING


@given(DAYS)
def test_a_holding_is_read_back_as_it_was_written(days: list[tuple[list[Movement], Rate]]) -> None:
    _, holding = carried(days)
    assert Holding.of_document(holding.as_document()) == holding


@given(DAYS, st.integers(0, 8))
def test_carrying_from_a_kept_state_is_carrying_on(days: list[tuple[list[Movement], Rate]], cut: int) -> None:
    dates = [DAY + timedelta(days=number) for number in range(len(days))]
    moved = {
        day: of_day(one[0], currency="BRL", settlement_currency="USD") for day, one in zip(dates, days, strict=True)
    }
    rates = {day: one[1] for day, one in zip(dates, days, strict=True)}
    whole = carry_days(NOTHING, moved, rates.__getitem__)
    first = carry_days(NOTHING, {day: moved[day] for day in dates[:cut]}, rates.__getitem__)
    kept = Holding.of_document(first.holding.as_document())
    second = carry_days(kept, {day: moved[day] for day in dates[cut:]}, rates.__getitem__)
    assert (second.holding, first.realised + second.realised) == (whole.holding, whole.realised)


@given(MINOR.filter(bool), RATES)
def test_a_gain_on_what_is_held_is_a_loss_on_what_is_owed(minor: int, close: Rate) -> None:
    held, owed = Holding(brl(minor), usd(7)), Holding(brl(-minor), usd(-7))
    assert unrealised(held, close) + unrealised(owed, close) == zero("USD")
