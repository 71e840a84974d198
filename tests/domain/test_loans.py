"""Loans: what an instalment may be, and what of a schedule is owed and overdue on a day."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import Invalid
from domain.loans import Instalment, arrears
from domain.money import Money

TODAY = date(2026, 11, 23)


def instalment(number: int, due: date, *, amount: int = 100, paid: int = 0) -> Instalment:
    return Instalment("loan_1", number, due, Money(amount, "BRL"), Money(paid, "BRL"))


@pytest.mark.parametrize(("amount", "paid"), [(100, 0), (100, 100), (1, 0)])
def test_an_instalment_is_paid_from_nothing_to_all(amount: int, paid: int) -> None:
    assert instalment(1, TODAY, amount=amount, paid=paid).open.minor == amount - paid


@pytest.mark.parametrize(("amount", "paid"), [(100, 101), (100, -1), (0, 0), (-1, -1)])
def test_an_instalment_that_makes_no_sense_is_refused(amount: int, paid: int) -> None:
    with pytest.raises(Invalid, match="instalment_invalid"):
        instalment(1, TODAY, amount=amount, paid=paid)


def test_an_instalment_is_overdue_from_the_day_after_it_was_due() -> None:
    due_today, due_yesterday = instalment(1, TODAY), instalment(1, date(2026, 11, 22))
    assert arrears([due_today], currency="BRL", as_of=TODAY).overdue.minor == 0
    assert arrears([due_yesterday], currency="BRL", as_of=TODAY).overdue.minor == 100


def test_arrears_count_what_is_open_of_what_is_late() -> None:
    schedule = [
        instalment(1, date(2026, 9, 1), paid=100),
        instalment(2, date(2026, 10, 1), paid=40),
        instalment(3, date(2026, 11, 1)),
        instalment(4, date(2026, 12, 1)),
    ]
    owed = arrears(schedule, currency="BRL", as_of=TODAY)
    assert (owed.overdue.minor, owed.outstanding.minor, owed.overdue_instalments) == (160, 260, 2)
    assert owed.oldest_due_date == date(2026, 10, 1)


def test_nothing_owed_has_no_oldest_due_date() -> None:
    owed = arrears([], currency="BRL", as_of=TODAY)
    assert (owed.overdue.minor, owed.outstanding.minor, owed.oldest_due_date) == (0, 0, None)
