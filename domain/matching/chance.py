"""How surprising an agreement is: how many rows would show an amount by chance, told from the rows around it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import Final

from domain.matching.board import Board, Context, Side
from domain.matching.pairs import Pair

_BAND: Final = 50  # a fiftieth of the amount on each side
_MOST_NEIGHBOURS: Final = 400
_ROUNDEST: Final = 10_000


class Chance:
    """The open rows of one currency as a crowd of amounts, in units of their greatest common divisor."""

    def __init__(self, board: Board, context: Context) -> None:
        ours, theirs = board.open_left(context), board.open_right(context)
        values = [abs(board.left.amounts[row]) for row in ours] + [abs(board.right.amounts[row]) for row in theirs]
        self.unit = math.gcd(*values) or 1
        self._crowds = tuple(
            sorted(abs(side.amounts[row]) // self.unit for row in rows)
            for side, rows in ((board.left, ours), (board.right, theirs))
        )
        self._share = self._window_share(board, ours, theirs)
        self._amounts = board.left.amounts

    def _window_share(self, board: Board, ours: list[int], theirs: list[int]) -> float:
        """The part of all days that a window covers."""
        days = _ends(board.left, ours) + _ends(board.right, theirs)
        first, last = board.days.span(min(days))
        return min(1.0, (last - first + 1) / (max(days) - min(days) + 1))

    def of(self, pair: Pair) -> float:
        """How many other rows in the window one expects to show this amount by chance."""
        value = max(1, abs(self._amounts[pair.left]) // self.unit)
        return max(self._expected(crowd, value) for crowd in self._crowds) * self._share

    def _expected(self, crowd: list[int], value: int) -> float:
        """Neighbours of the same roundness, spread over the places that such amounts have in the band."""
        step = 1
        while step < _ROUNDEST and value % (step * 10) == 0:
            step *= 10
        band = value // _BAND
        start, stop = bisect_left(crowd, value - band), bisect_right(crowd, value + band)
        seen = crowd[start : min(stop, start + _MOST_NEIGHBOURS)]
        alike = sum(1 for other in seen if other % step == 0) * (stop - start) / max(1, len(seen))
        return max(0.0, alike - 1) / (2 * band // step + 1)


def _ends(side: Side, rows: list[int]) -> list[int]:
    days = [side.table.days[row] for row in rows]
    return [min(days), max(days)] if days else []


def of_sets(values: list[int], sets: int, unit: int) -> float:
    """How many of so many sets of some amounts one expects to hit one exact total by chance."""
    spread = (max(sum(value for value in values if value > 0), 1) - sum(value for value in values if value < 0)) // unit
    return sets / max(1, spread)
