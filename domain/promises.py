"""Promises to pay: kept, partly kept or broken by cleared money and value dates, never by the calendar alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.errors import Invalid
from domain.money import Money

LONGEST_DAYS = 60
MOST_PAYMENTS = 60


class PromiseState(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    PARTIAL = "partial"
    BROKEN = "broken"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Promise:
    """An amount promised by a day. ``tolerance_basis_points`` of it may be missing (100 = 1 %).

    A payment of a plan counts what comes in after ``before_minor``, which its earlier payments need first.
    """

    id: str
    amount: Money
    taken_on: date
    due_date: date
    tolerance_basis_points: int
    grace_days: int
    state: PromiseState
    before_minor: int = 0

    @property
    def last_day(self) -> date:
        """The last value date that counts."""
        return self.due_date + timedelta(days=self.grace_days)

    @property
    def enough_minor(self) -> int:
        """The least amount in minor units that keeps it, rounded up; with what earlier payments of a plan need."""
        missing_allowed = self.amount.minor * self.tolerance_basis_points // 10_000
        return self.before_minor + self.amount.minor - missing_allowed


def outcome(promise: Promise, received: Money, today: date) -> PromiseState:
    """The state of a promise given money received from the day it was taken to its last day, by value date.

    Enough money keeps it at once; before the last day has passed it stays open; afterwards some money makes it
    partial and none broken.
    """
    if received.minor >= promise.enough_minor:
        return PromiseState.KEPT
    if today <= promise.last_day:
        return PromiseState.OPEN
    return PromiseState.PARTIAL if received.minor > promise.before_minor else PromiseState.BROKEN


def check_plan(payments: Sequence[tuple[date, Money]], *, today: date, outstanding: Money) -> None:
    """Refuse a plan whose payments are not dated one after the other, are of nothing, or are more than is owed.

    Errors: ``plan_empty``, ``plan_too_long``, ``promise_amount_invalid``, ``promise_currency_invalid``,
    ``plan_days_invalid``, ``plan_exceeds_debt``.
    """
    if not payments:
        raise Invalid("plan_empty", "A plan has at least one payment.")
    if len(payments) > MOST_PAYMENTS:
        raise Invalid("plan_too_long", f"A plan has at most {MOST_PAYMENTS} payments.")
    for _, amount in payments:
        _check_amount(amount, outstanding)
    days = [day for day, _ in payments]
    if days != sorted(set(days)) or days[0] < today:
        raise Invalid(
            "plan_days_invalid",
            "The payments of a plan fall due on later and later days, none of them past.",
            fix="Order them by day.",
        )
    if sum(amount.minor for _, amount in payments) > outstanding.minor:
        raise Invalid("plan_exceeds_debt", f"The plan is of more than the {outstanding} that are owed.")


def _check_amount(amount: Money, owed: Money) -> None:
    if amount.minor <= 0:
        raise Invalid("promise_amount_invalid", "A promise is of an amount above zero.")
    if amount.currency != owed.currency:
        raise Invalid("promise_currency_invalid", f"The case is in {owed.currency}.", fix="Promise in that currency.")


def check_new(amount: Money, *, due_date: date, today: date, overdue: Money) -> None:
    """Refuse a promise that makes no sense, with a code and a way out."""
    _check_amount(amount, overdue)
    if due_date < today:
        raise Invalid("promise_date_past", f"{due_date} is past.", fix="Choose today or a later day.")
    if due_date > today + timedelta(days=LONGEST_DAYS):
        raise Invalid(
            "promise_date_too_late",
            f"{due_date} is more than {LONGEST_DAYS} days away.",
            fix="Agree on a payment plan instead, or choose an earlier day.",
        )
