"""Rows of two currencies without a label: one row each, at a known rate, in the window, unique both ways."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

from domain.matching import names
from domain.matching.board import Board, Context
from domain.matching.exchange import expected_minor
from domain.matching.names import Likeness
from domain.matching.outcome import Stage
from domain.matching.reasons import Reason, days_apart, plain
from domain.matching.rules import FxRate

_SCORES: Final = {Likeness.SAME: 85, Likeness.CLOSE: 78, Likeness.WEAK: 70, Likeness.UNKNOWN: 66, Likeness.DIFFERENT: 0}
_MOST_CANDIDATES: Final = 20
_POINTS: Final = 10_000


def match(board: Board, contexts: Sequence[Context]) -> None:
    """Propose conversions of open rows for every rate of the rule set."""
    by_currency = {context.currency: context for context in contexts}
    for rate in board.rules.fx.rates:
        for base, quote in ((rate.base, rate.quote), (rate.quote, rate.base)):
            if base in by_currency and quote in by_currency and not rate.label:
                _convert(board, rate, by_currency[base], by_currency[quote])


def _convert(board: Board, rate: FxRate, base: Context, quote: Context) -> None:
    left, right = board.left, board.right
    theirs = sorted(board.open_right(quote), key=lambda row: (right.amounts[row], right.table.ids[row]))
    values = [right.amounts[row] for row in theirs]
    wanted: dict[int, list[tuple[int, int]]] = {}
    found: dict[int, list[int]] = {}
    for row in board.open_left(base):
        expected = expected_minor(left.nets[row], base.currency, quote.currency, rate)
        slack = abs(expected) * board.rules.fx.tolerance_basis_points // _POINTS
        start, stop = bisect_left(values, expected - slack), bisect_right(values, expected + slack)
        if not 0 < stop - start <= _MOST_CANDIDATES:
            continue
        for other in theirs[start:stop]:
            score = _SCORES[names.compare(left.payer(row), right.payer(other))]
            if score and board.days.within(left.table.days[row], right.table.days[other]):
                wanted.setdefault(other, []).append((score, row))
                found.setdefault(row, []).append(other)
    for other, claims in wanted.items():
        if len(claims) == 1 and len(found[claims[0][1]]) == 1:
            _propose(board, rate, *claims[0], other)


def _propose(board: Board, rate: FxRate, score: int, row: int, other: int) -> None:
    apart = board.right.table.days[other] - board.left.table.days[row]
    converted = Reason("converted", (f"{rate.value:f}", rate.base, rate.quote, rate.source))
    reasons = (converted, plain("unique_both_ways"), days_apart(apart))
    board.settle(Stage.FX, score, (row,), (other,), reasons=reasons, proved=False)
