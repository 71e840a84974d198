"""Plans that a debtor may take without asking: what is overdue in equal monthly payments, on the creditor's terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from domain.calendars import months_later, next_working_day
from domain.contacts import Calendar
from domain.errors import Invalid
from domain.money import Money, exponent

FEWEST_PAYMENTS: Final = 2
MOST_PAYMENTS: Final = 12
LATEST_FIRST_DAYS: Final = 31
_NAME_DIGITS: Final = 16

Payments = tuple[tuple[date, Money], ...]
"""The payments of a plan: day due and amount, in order."""


@dataclass(frozen=True, slots=True)
class InstalmentTerms:
    """How far a creditor lets debtors spread what is overdue.

    At most ``most_payments`` a month apart, none of less than ``least``, the first within ``first_within_days``.
    Raises ``Invalid``: ``instalment_terms_invalid``.
    """

    most_payments: int
    least: Money
    first_within_days: int

    def __post_init__(self) -> None:
        if not FEWEST_PAYMENTS <= self.most_payments <= MOST_PAYMENTS:
            raise _invalid(f"{FEWEST_PAYMENTS} to {MOST_PAYMENTS} payments are allowed, not {self.most_payments}.")
        if self.least.minor <= 0:
            raise _invalid("The least payment is of an amount above zero.")
        if not 1 <= self.first_within_days <= LATEST_FIRST_DAYS:
            raise _invalid(f"The first payment is due within 1 to {LATEST_FIRST_DAYS} days.")


def _invalid(why: str) -> Invalid:
    return Invalid("instalment_terms_invalid", why, fix="State other terms.")


def name_of(payments: Payments) -> str:
    """What a plan is called by whoever was shown it: other days or amounts have another name."""
    said = ";".join(f"{day.isoformat()} {amount.minor} {amount.currency}" for day, amount in payments)
    return f"{len(payments)}-{sha256(said.encode()).hexdigest()[:_NAME_DIGITS]}"


def choices(
    terms: InstalmentTerms, overdue: Money, *, today: date, calendar: Calendar, subdivision: str | None
) -> tuple[Payments, ...]:
    """Every plan within the terms, shortest first; none where even two payments would be too small.

    Payments are equal and in whole units of the currency, the last one of what is left. A day on which offices are
    closed rolls on to the next on which they work.
    """
    if overdue.currency != terms.least.currency:
        return ()
    first = today + timedelta(days=terms.first_within_days)
    found = []
    for count in range(FEWEST_PAYMENTS, terms.most_payments + 1):
        amounts = _split(overdue, count)
        if amounts[-1].minor < terms.least.minor:  # the last one is never more than the others
            continue
        days = (next_working_day(calendar, months_later(first, number), subdivision) for number in range(count))
        found.append(tuple(zip(days, amounts, strict=True)))
    return tuple(found)


def _split(amount: Money, count: int) -> tuple[Money, ...]:
    unit = 10 ** exponent(amount.currency)
    each = -(-amount.minor // (count * unit)) * unit
    minors = [*[each] * (count - 1), amount.minor - each * (count - 1)]
    return tuple(Money(minor, amount.currency) for minor in minors)
