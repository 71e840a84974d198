"""Several rows for several: the smallest sets of two small blocks that balance, always a proposal."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from domain.matching import sums
from domain.matching.board import Board, Context
from domain.matching.outcome import Stage
from domain.matching.reasons import Reason

_SCORES: Final = (80, 66)  # of one payer; of the days alone
_MOST_ROWS: Final = 10  # a side; 2 to the 10th sets of each are compared
_PAIR: Final = 2


def match(board: Board, context: Context) -> None:
    """Look for balancing sets among the rows of one payer, then among rows that are close in time."""
    for score, blocks in zip(_SCORES, (_by_payer, _by_time), strict=True):
        for left, right in blocks(board, context):
            _balance(board, context, score, left, right)


def _by_payer(board: Board, context: Context) -> list[tuple[list[int], list[int]]]:
    blocks: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    sides = (board.left, board.open_left(context)), (board.right, board.open_right(context))
    for number, (side, rows) in enumerate(sides):
        for row in rows:
            key = side.payer(row)
            if key and side.amounts[row]:
                blocks[key][number].append(row)
    return [blocks[key] for key in sorted(blocks)]


def _by_time(board: Board, context: Context) -> list[tuple[list[int], list[int]]]:
    """Open rows in stretches without a day's gap longer than the window."""
    rows = [(board.left.table.days[row], 0, row) for row in board.open_left(context) if board.left.amounts[row]]
    rows += [(board.right.table.days[row], 1, row) for row in board.open_right(context) if board.right.amounts[row]]
    blocks: list[tuple[list[int], list[int]]] = []
    reach = -1
    for day, side, row in sorted(rows):
        if day > reach:
            blocks.append(([], []))
        blocks[-1][side].append(row)
        first, last = board.days.span(day)
        reach = max(reach, day + max(last - day, day - first))
    return blocks


def _balance(board: Board, context: Context, score: int, left: list[int], right: list[int]) -> None:
    if not (_PAIR <= len(left) <= _MOST_ROWS and _PAIR <= len(right) <= _MOST_ROWS):
        return
    ours, theirs = [board.left.nets[row] for row in left], [board.right.nets[row] for row in right]
    board.units += 2 ** len(left) + 2 ** len(right)
    found = sums.balanced(ours, theirs, most=board.rules.budgets.set_rows)
    if len(found) != 1:
        return
    rows_left, rows_right = [left[place] for place in found[0][0]], [right[place] for place in found[0][1]]
    total = sum(ours[place] for place in found[0][0])
    days = [board.left.table.days[row] for row in rows_left], [board.right.table.days[row] for row in rows_right]
    if not all(board.days.within(one, other) for one in days[0] for other in days[1]):
        return
    reasons = (Reason("sum_net", (total, context.currency)), Reason("balanced_set", (len(left) + len(right),)))
    board.settle(Stage.MANY_TO_MANY, score, tuple(rows_left), tuple(rows_right), reasons=reasons, proved=False)
