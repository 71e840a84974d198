"""Promises to pay: kept, partly kept or broken by cleared money and value dates, never by the calendar alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.errors import Invalid
from domain.money import Money

LONGEST_DAYS = 60


class PromiseState(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    PARTIAL = "partial"
    BROKEN = "broken"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Promise:
    """An amount promised by a day. ``tolerance_basis_points`` of it may be missing (100 = 1 %)."""

    id: str
    amount: Money
    taken_on: date
    due_date: date
    tolerance_basis_points: int
    grace_days: int
    state: PromiseState

    @property
    def last_day(self) -> date:
        """The last value date that counts."""
        return self.due_date + timedelta(days=self.grace_days)

    @property
    def enough_minor(self) -> int:
        """The least amount in minor units that keeps it, rounded up."""
        missing_allowed = self.amount.minor * self.tolerance_basis_points // 10_000
        return self.amount.minor - missing_allowed


def outcome(promise: Promise, received: Money, today: date) -> PromiseState:
    """The state of a promise given money received from the day it was taken to its last day, by value date.

    Enough money keeps it at once; before the last day has passed it stays open; afterwards some money makes it
    partial and none broken.
    """
    if received.minor >= promise.enough_minor:
        return PromiseState.KEPT
    if today <= promise.last_day:
        return PromiseState.OPEN
    return PromiseState.PARTIAL if received.minor > 0 else PromiseState.BROKEN


def check_new(amount: Money, *, due_date: date, today: date, overdue: Money) -> None:
    """Refuse a promise that makes no sense, with a code and a way out."""
    if amount.minor <= 0:
        raise Invalid("promise_amount_invalid", "A promise is of an amount above zero.")
    if amount.currency != overdue.currency:
        raise Invalid(
            "promise_currency_invalid", f"The case is in {overdue.currency}.", fix="Promise in that currency."
        )
    if due_date < today:
        raise Invalid("promise_date_past", f"{due_date} is past.", fix="Choose today or a later day.")
    if due_date > today + timedelta(days=LONGEST_DAYS):
        raise Invalid(
            "promise_date_too_late",
            f"{due_date} is more than {LONGEST_DAYS} days away.",
            fix="Agree on a payment plan instead, or choose an earlier day.",
        )
