"""An instalment schedule from its compact form: first due date, rhythm, number, amount, and what is paid so far."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from domain.calendars import months_later
from domain.errors import Invalid
from domain.money import Money
from domain.portfolio import DueInstalment

_MONTHS: Final = {"monthly": 1, "quarterly": 3}


def due_dates(*, first: date, frequency: str, count: int) -> tuple[date, ...]:
    """``count`` due dates from the first; a month without that day has its last day, and the next is not moved."""
    if frequency == "weekly":
        return tuple(first + timedelta(weeks=number) for number in range(count))
    return tuple(months_later(first, _MONTHS[frequency] * number) for number in range(count))


def allocate_paid(dates: tuple[date, ...], amounts: tuple[Money, ...], paid: Money) -> tuple[DueInstalment, ...]:
    """The schedule with what is paid given to the oldest instalments first; too much is ``paid_exceeds_schedule``."""
    left = paid.minor
    instalments = []
    for number, (due_date, amount) in enumerate(zip(dates, amounts, strict=True), start=1):
        share = min(left, amount.minor)
        left -= share
        instalments.append(DueInstalment(number, due_date, amount, Money(share, amount.currency)))
    if left:
        over = Money(left, paid.currency)
        raise Invalid(
            "paid_exceeds_schedule",
            f"{paid} paid is {over} more than all {len(amounts)} instalments.",
            fix="Correct the amount paid, or the instalments.",
        )
    return tuple(instalments)


def paid_before(dates: tuple[date, ...], overdue_since: date) -> int:
    """How many instalments fell due before the oldest unpaid one; a day that is no due date is refused."""
    if overdue_since in dates:
        return dates.index(overdue_since)
    before = max((later for later in dates if later < overdue_since), default=dates[0])
    raise Invalid(
        "overdue_since_not_a_due_date",
        f"{overdue_since} is not a due date of this schedule; the one before it is {before}.",
        fix=f"Give the due date of the oldest unpaid instalment, such as {before}.",
    )
