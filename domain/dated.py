"""Effective-dated values: what held when, as half-open date ranges that never overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from domain.errors import Invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` up to, not including, ``end``; an open end is ``None``."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise Invalid("period_empty", f"The period from {self.start} to {self.end} holds no day.")

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """Whether any day lies in both."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)

    def days_within(self, start: date, end: date) -> int:
        """How many days of the half-open range ``start`` to ``end`` lie in this period."""
        first = max(self.start, start)
        last = end if self.end is None else min(self.end, end)
        return max(0, (last - first).days)


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """One value and the period in which it held."""

    value: T
    period: Period


class History(Generic[T]):
    """A value's history: periods in order, none overlapping."""

    def __init__(self, entries: Iterable[Dated[T]]) -> None:
        self.entries: tuple[Dated[T], ...] = tuple(sorted(entries, key=lambda entry: entry.period.start))
        for earlier, later in zip(self.entries, self.entries[1:], strict=False):
            if earlier.period.overlaps(later.period):
                raise Invalid("history_overlaps", f"Two values hold on {later.period.start}.")

    def at(self, day: date) -> T | None:
        """The value that held on a day, or ``None`` where none did."""
        return next((entry.value for entry in self.entries if day in entry.period), None)

    def set_from(self, day: date, value: T) -> History[T]:
        """The history with ``value`` holding from ``day`` on; what held after it is cut."""
        kept = [entry for entry in self.entries if entry.period.end is not None and entry.period.end <= day]
        cut = [
            Dated(entry.value, Period(entry.period.start, day))
            for entry in self.entries
            if entry.period.start < day and (entry.period.end is None or entry.period.end > day)
        ]
        return History([*kept, *cut, Dated(value, Period(day))])
