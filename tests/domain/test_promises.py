"""Promises to pay: kept, partly kept and broken at their edges, and what is refused as a promise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.errors import Invalid
from domain.money import Money
from domain.promises import LONGEST_DAYS, Promise, PromiseState, check_new, check_plan, outcome

TAKEN, DUE = date(2026, 11, 1), date(2026, 11, 10)


def promise(*, amount: int = 10_000, tolerance: int = 100, grace: int = 2) -> Promise:
    return Promise("pro_1", Money(amount, "BRL"), TAKEN, DUE, tolerance, grace, PromiseState.OPEN)


@pytest.mark.parametrize(
    ("received", "today", "state"),
    [
        (9_900, TAKEN, PromiseState.KEPT),  # one percent may lack
        (9_899, TAKEN, PromiseState.OPEN),
        (0, DUE + timedelta(2), PromiseState.OPEN),  # the last day of grace
        (0, DUE + timedelta(3), PromiseState.BROKEN),
        (1, DUE + timedelta(3), PromiseState.PARTIAL),
        (9_899, DUE + timedelta(3), PromiseState.PARTIAL),
        (9_900, DUE + timedelta(30), PromiseState.KEPT),
        (-5, DUE + timedelta(3), PromiseState.BROKEN),
    ],
)
def test_the_outcome_follows_money_and_its_last_day(received: int, today: date, state: PromiseState) -> None:
    assert outcome(promise(), Money(received, "BRL"), today) is state


def test_a_tolerance_never_rounds_in_the_debtors_disfavour_to_more_than_was_promised() -> None:
    assert promise(amount=99).enough_minor == 99
    assert promise(amount=100).enough_minor == 99
    assert promise(amount=100, tolerance=0).enough_minor == 100


OVERDUE = Money(5_000, "BRL")


@pytest.mark.parametrize(
    ("amount", "due", "code"),
    [
        (Money(0, "BRL"), TAKEN, "promise_amount_invalid"),
        (Money(-1, "BRL"), TAKEN, "promise_amount_invalid"),
        (Money(1, "USD"), TAKEN, "promise_currency_invalid"),
        (Money(1, "BRL"), TAKEN - timedelta(1), "promise_date_past"),
        (Money(1, "BRL"), TAKEN + timedelta(LONGEST_DAYS + 1), "promise_date_too_late"),
    ],
)
def test_a_promise_that_makes_no_sense_is_refused(amount: Money, due: date, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_new(amount, due_date=due, today=TAKEN, overdue=OVERDUE)
    assert caught.value.code == code


@pytest.mark.parametrize("days", [0, LONGEST_DAYS])
def test_today_and_the_last_allowed_day_may_be_promised(days: int) -> None:
    check_new(Money(1, "BRL"), due_date=TAKEN + timedelta(days), today=TAKEN, overdue=OVERDUE)


# Plans --------------------------------------------------------------------------------------------------------

FIRST, SECOND = date(2026, 12, 1), date(2027, 1, 1)


def payment(before: int) -> Promise:
    return Promise("pro_2", Money(500, "THB"), date(2026, 11, 1), SECOND, 0, 0, PromiseState.OPEN, before_minor=before)


@pytest.mark.parametrize(
    ("received", "state"),
    [(1000, PromiseState.KEPT), (999, PromiseState.PARTIAL), (501, PromiseState.PARTIAL), (500, PromiseState.BROKEN)],
)
def test_a_later_payment_of_a_plan_is_kept_by_what_the_earlier_ones_do_not_need(
    received: int, state: PromiseState
) -> None:
    assert outcome(payment(500), Money(received, "THB"), SECOND + timedelta(1)) is state


@pytest.mark.parametrize(
    ("payments", "code"),
    [
        ([], "plan_empty"),
        ([(FIRST + timedelta(n), Money(1, "THB")) for n in range(61)], "plan_too_long"),
        ([(FIRST, Money(0, "THB"))], "promise_amount_invalid"),
        ([(FIRST, Money(1, "USD"))], "promise_currency_invalid"),
        ([(SECOND, Money(1, "THB")), (FIRST, Money(1, "THB"))], "plan_days_invalid"),
        ([(FIRST, Money(1, "THB")), (FIRST, Money(1, "THB"))], "plan_days_invalid"),
        ([(FIRST, Money(600, "THB")), (SECOND, Money(401, "THB"))], "plan_exceeds_debt"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(payments: list[tuple[date, Money]], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        check_plan(payments, today=FIRST, outstanding=Money(1000, "THB"))


def test_a_plan_may_begin_today_and_be_of_everything_owed() -> None:
    check_plan([(FIRST, Money(600, "THB")), (SECOND, Money(400, "THB"))], today=FIRST, outstanding=Money(1000, "THB"))
