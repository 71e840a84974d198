"""Debts paid in part, or too much: rows of one reference whose amounts are far apart, proposed late and weakly."""

from __future__ import annotations

from typing import Final

from domain.matching import amounts, batches, names
from domain.matching.batches import Members
from domain.matching.board import Board, Context
from domain.matching.names import Likeness
from domain.matching.outcome import Stage
from domain.matching.reasons import Reason
from domain.matching.references import telling

_SCORE: Final = 62


def match(board: Board, context: Context) -> None:
    """Propose one row against all rows of its reference on the other side that stand open."""
    for reference, (left, right) in sorted(batches.shared(board, context).items()):
        ours, theirs = batches.still_open(board, left, right)
        if reference not in board.common and min(len(ours), len(theirs)) == 1:
            _propose(board, reference, batches.members(board, ours, theirs))


def _propose(board: Board, reference: str, many: Members) -> None:
    whole = many.others[0]
    target, total = many.other.amounts[whole], sum(many.side.amounts[row] for row in many.rows)
    points = amounts.basis_points(total - target, max(total, target, key=abs))
    one_way = all(many.side.amounts[row] * target > 0 for row in many.rows)
    if not one_way or points > board.rules.largest_part_basis_points or not _belong(board, reference, many):
        return
    said = Reason("reference_shared", (reference, len(many.rows) + 1))
    differs = Reason("sum_differs", (total, target, total - target))
    batches.put(board, Stage.EXPLAINED_KEY, _SCORE, many, many.rows, many.others, (said, differs), proved=False)


def _belong(board: Board, reference: str, many: Members) -> bool:
    """Are all rows near the one, and of its payer where the reference could be a stranger's?"""
    whole = many.others[0]
    day, payer = many.other.table.days[whole], many.other.payer(whole)
    return all(
        abs(many.side.table.days[row] - day) <= board.days.key_days
        and (telling(reference) or names.compare(many.side.payer(row), payer) != Likeness.DIFFERENT)
        for row in many.rows
    )
