"""Which days may belong together: business days between an event and its settlement, and shifts of clocks."""

from __future__ import annotations

from typing import Final

from domain.matching.rules import Windows

_DAYS_OF_WEEK: Final = 7
_MONDAY_ORDINAL: Final = 1  # 0001-01-01 was a Monday in the proleptic calendar


class Days:
    """The windows of a rule set, for rows between two days; ``turned`` where the left side tells later."""

    __slots__ = ("_number", "_origin", "_spans", "key_days", "turned", "windows")

    def __init__(self, windows: Windows, first: int, last: int) -> None:
        self.windows = windows
        self.turned = False
        self.key_days = windows.key_days
        self._spans: dict[int, tuple[int, int]] = {}
        reach = 2 * (windows.before_days + windows.after_days + windows.clock_shift_days) + _MARGIN
        self._origin = first - reach
        closed = {day.toordinal() for day in windows.holidays}
        count, self._number = 0, []
        for day in range(self._origin, last + reach + 1):
            count += (day - _MONDAY_ORDINAL) % _DAYS_OF_WEEK not in windows.weekend and day not in closed
            self._number.append(count)

    def business(self, day: int) -> int:
        """The number of business days up to and including a day, from a fixed start."""
        return self._number[min(max(day - self._origin, 0), len(self._number) - 1)]

    def within(self, left: int, right: int) -> bool:
        """May a right row of that day be the left row's money, by the window alone?"""
        first, last = self.span(left)
        return first <= right <= last

    def span(self, left: int) -> tuple[int, int]:
        """The first and the last day on which the right side may tell of a left row of that day."""
        known = self._spans.get(left)
        if known is None:
            known = self._spans[left] = (self._edge(left, -1), self._edge(left, 1))
        return known

    def _edge(self, left: int, step: int) -> int:
        windows = self.windows
        later = (step > 0) != self.turned
        most = windows.after_days if later else windows.before_days
        day, shift = left, windows.clock_shift_days
        here = self.business(left)
        while abs(day + step - left) <= shift or abs(self.business(day + step) - here) <= most:
            day += step
            if abs(day - left) > len(self._number):
                break
        return day

    def lag(self, left: int, right: int) -> int:
        """Business days between two rows, never negative."""
        return abs(self.business(right) - self.business(left))

    def turn(self) -> None:
        """From now on the left side tells later than the right side."""
        self.turned = True
        self._spans.clear()


_MARGIN: Final = 90  # calendar days that a run of holidays may stretch a window by
