"""Plans that a debtor may take: within the terms, to the last minor unit, on days that offices work."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.instalment_plans import InstalmentTerms, choices, name_of
from domain.money import Money
from tests.domain.test_calendars import CALENDAR

TODAY = date(2026, 11, 17)


def offered(terms: InstalmentTerms, overdue: Money, *, today: date = TODAY) -> list[list[tuple[date, Money]]]:
    return [list(one) for one in choices(terms, overdue, today=today, calendar=CALENDAR, subdivision=None)]


def brl(text: str) -> Money:
    return Money.parse(text, "BRL")


def test_payments_are_equal_whole_and_the_last_is_what_is_left() -> None:
    plans = offered(InstalmentTerms(3, brl("300"), 7), brl("1000.50"))
    assert [[amount for _, amount in plan] for plan in plans] == [
        [brl("501"), brl("499.50")],
        [brl("334"), brl("334"), brl("332.50")],
    ]


def test_a_payment_may_be_as_small_as_the_terms_say_and_no_smaller() -> None:
    terms = InstalmentTerms(4, brl("250"), 7)
    assert [len(plan) for plan in offered(terms, brl("1000"))] == [2, 3, 4]
    assert [len(plan) for plan in offered(terms, brl("999.99"))] == [2, 3]
    assert offered(terms, brl("499.99")) == []
    assert [len(plan) for plan in offered(terms, brl("500"))] == [2]


def test_a_longer_plan_may_fit_where_a_shorter_one_does_not() -> None:
    """Of 100 in eight whole payments the last would be 9, in ten each is 10."""
    assert [len(plan) for plan in offered(InstalmentTerms(12, brl("10"), 7), brl("100"))] == [2, 3, 4, 5, 6, 7, 10]


def test_other_days_or_amounts_are_another_plan() -> None:
    terms = InstalmentTerms(2, brl("1"), 7)
    names = {
        name_of(tuple(offered(terms, amount, today=day)[0]))
        for amount in (brl("100"), brl("101"), Money.parse("100", "BRL"))
        for day in (TODAY, date(2026, 11, 18))
    }
    assert len(names) == 4


def test_days_are_a_month_apart_and_roll_on_where_offices_are_closed() -> None:
    terms = InstalmentTerms(2, brl("1"), 7)
    assert [day for day, _ in offered(terms, brl("10"), today=date(2026, 11, 17))[0]] == [
        date(2026, 11, 24),
        date(2026, 12, 24),
    ]
    assert [day for day, _ in offered(terms, brl("10"), today=date(2026, 11, 18))[0]] == [
        date(2026, 11, 26),  # the 25th is a holiday
        date(2026, 12, 25),  # and the next is counted from the day that was meant
    ]


def test_the_last_day_of_a_short_month_does_not_move_those_after_it() -> None:
    terms = InstalmentTerms(3, brl("1"), 1)
    days = [day for day, _ in offered(terms, brl("10"), today=date(2028, 1, 30))[1]]
    assert days == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]


def test_a_debt_in_another_currency_than_the_terms_is_not_spread() -> None:
    assert offered(InstalmentTerms(3, brl("1"), 7), Money.parse("1000", "USD")) == []


@pytest.mark.parametrize(("most", "least", "days"), [(1, "1", 7), (13, "1", 7), (3, "0", 7), (3, "1", 0), (3, "1", 32)])
def test_terms_that_make_no_sense_are_refused(most: int, least: str, days: int) -> None:
    with pytest.raises(Invalid) as refused:
        InstalmentTerms(most, brl(least), days)
    assert refused.value.code == "instalment_terms_invalid"


@pytest.mark.parametrize(("most", "days"), [(2, 1), (12, 31)])
def test_terms_at_their_bounds_are_taken(most: int, days: int) -> None:
    assert InstalmentTerms(most, brl("0.01"), days).most_payments == most


@given(
    minor=st.integers(1, 10**12),
    currency=st.sampled_from(["BRL", "KWD", "CLP", "IDR"]),
    most=st.integers(2, 12),
    least=st.integers(1, 10**10),
    within=st.integers(1, 31),
)
def test_every_plan_keeps_the_terms(minor: int, currency: str, most: int, least: int, within: int) -> None:
    overdue = Money(minor, currency)
    for plan in offered(InstalmentTerms(most, Money(least, currency), within), overdue):
        days, amounts = [day for day, _ in plan], [amount.minor for _, amount in plan]
        assert 2 <= len(plan) <= most
        assert sum(amounts) == minor
        assert min(amounts) >= least
        assert len(set(amounts[:-1])) == 1
        assert days == sorted(set(days))
        assert TODAY + timedelta(days=within) <= days[0]
