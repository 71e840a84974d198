"""Days past due and the buckets they fall into.

``days_past_due`` is the raw age of the oldest unpaid instalment; ``delinquent_days`` leaves out days of grace and
of pauses. Buckets are data: 1 to 29, 30 to 59, … days; the edge belongs to the later bucket.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.dated import Period


@dataclass(frozen=True, slots=True)
class Bucket:
    """A span of days past due from ``first`` on, up to the next bucket's ``first``."""

    code: str
    first: int


BUCKETS: Final = (
    Bucket("current", 0),
    Bucket("1-29", 1),
    Bucket("30-59", 30),
    Bucket("60-89", 60),
    Bucket("90-119", 90),
    Bucket("120+", 120),
)


def days_past_due(oldest_due_date: date | None, as_of: date) -> int:
    """``as_of`` less the due date of the oldest unpaid instalment; 0 where nothing is overdue."""
    return 0 if oldest_due_date is None else max(0, (as_of - oldest_due_date).days)


def delinquent_days(
    oldest_due_date: date | None, as_of: date, *, grace_days: int = 0, pauses: Sequence[Period] = ()
) -> int:
    """Days past due without grace and without the days that pauses cover (days under two pauses count once)."""
    if oldest_due_date is None:
        return 0
    start = oldest_due_date
    paused: set[int] = set()
    for pause in pauses:
        first = max(pause.start, start).toordinal()
        last = as_of.toordinal() if pause.end is None else min(pause.end, as_of).toordinal()
        paused.update(range(first, last))
    return max(0, days_past_due(start, as_of) - grace_days - len(paused))


def bucket_of(days: int) -> str:
    """The code of the bucket that a number of days past due falls into."""
    return next(bucket.code for bucket in reversed(BUCKETS) if days >= bucket.first)


def next_change(oldest_due_date: date | None, as_of: date) -> date | None:
    """The day on which the debt, if nothing is paid, enters its next bucket; ``None`` in the last or without debt."""
    if oldest_due_date is None:
        return None
    days = days_past_due(oldest_due_date, as_of)
    later = [bucket.first for bucket in BUCKETS if bucket.first > days]
    return date.fromordinal(oldest_due_date.toordinal() + later[0]) if later else None
