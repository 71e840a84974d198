"""Why a row is left over: repeated, already matched, taken back, too late, not searched, or simply missing."""

from __future__ import annotations

from domain.matching.board import Board, Context, Side
from domain.matching.outcome import SET_ASIDE
from domain.matching.reasons import Reason, plain
from domain.matching.references import LEAST_INFORMATIVE

Owners = dict[str, list[int]]


def explain(board: Board, context: Context) -> tuple[dict[int, Reason], dict[int, Reason]]:
    """A reason for every open row of a currency, by place, left and right."""
    left, right = board.open_left(context), board.open_right(context)
    told: list[dict[int, Reason]] = []
    views = (
        (board.left, left, board.right, context.right, "missing_on_right"),
        (board.right, right, board.left, context.left, "missing_on_left"),
    )
    for number, (side, rows, other, others, missing) in enumerate(views):
        own = context.right if number else context.left
        same_side, other_side = _owners(side, own, side, rows), _owners(other, others, side, rows)
        searched = board.searched[number]
        told.append({row: _why(side, row, other, same_side, other_side, searched, missing) for row in rows})
    return told[0], told[1]


def _owners(side: Side, rows: list[int], asked: Side, open_rows: list[int]) -> Owners:
    """Rows of a side by those references that open rows ask about."""
    wanted = {asked.refs[row] for row in open_rows}
    owners: Owners = {}
    for row in rows:
        reference = side.refs[row]
        if reference in wanted and len(reference) >= LEAST_INFORMATIVE and side.state[row] != SET_ASIDE:
            owners.setdefault(reference, []).append(row)
    return owners


def _why(
    side: Side, row: int, other: Side, same_side: Owners, other_side: Owners, searched: dict[int, int], missing: str
) -> Reason:
    reference, amount = side.refs[row], side.amounts[row]
    own = [one for one in same_side.get(reference, ())[:_LOOKED_AT] if one != row]
    theirs = other_side.get(reference, ())[:_LOOKED_AT]
    if amount < 0:
        taken_back = [one for one in own if side.amounts[one] > 0]
        if taken_back:
            return Reason("reversal_of", (_first_id(side, taken_back),))
    late = [one for one in theirs if not other.state[one] and other.amounts[one] == amount]
    if late:
        nearest = min(late, key=lambda one: (abs(other.table.days[one] - side.table.days[row]), other.table.ids[one]))
        return Reason(
            "outside_window", (other.table.ids[nearest], abs(other.table.days[nearest] - side.table.days[row]))
        )
    matched = [one for one in own if side.state[one] and side.amounts[one] == amount]
    if matched:
        return Reason("already_matched", (_first_id(side, matched),))
    differing = [one for one in theirs if not other.state[one]]
    if differing:
        first = min(differing, key=lambda one: other.table.ids[one])
        return Reason("amount_differs", (other.table.ids[first], amount - other.amounts[first]))
    if row in searched:
        return Reason("unknown_budget", (searched[row],))
    return plain(missing)


_LOOKED_AT = 50  # rows of one reference


def _first_id(side: Side, rows: list[int]) -> str:
    return min(side.table.ids[row] for row in rows)
