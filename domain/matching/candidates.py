"""Who belongs to whom where no key is shared: mutual best with a margin, ties left ambiguous, chance counted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from domain.matching import names
from domain.matching.board import Board, Context, Side
from domain.matching.chance import Chance
from domain.matching.names import Likeness
from domain.matching.outcome import Stage
from domain.matching.pairs import STRONG, Pair, buckets, crowded, gather, reasons
from domain.matching.reasons import Reason, plain
from domain.matching.references import Evidence

SURE_FROM: Final = 70  # scores of the first pass; weaker pairs wait until sums were searched
_ROUNDS: Final = 8
_PENALTIES: Final = ((0.01, 0), (0.1, 5), (0.5, 12))
_UNLIKELY: Final = 20
_CHANCY: Final = frozenset({Evidence.ABSENT, Evidence.CONFLICT})


def match(board: Board, context: Context, least: int) -> None:
    """Settle mutual best pairs round by round, then put rows with equal candidates down as ambiguous."""
    if not board.open_left(context) or not board.open_right(context):
        return
    pairs = gather(board, context, least)
    chance = Chance(board, context) if pairs else None
    elimination = False
    for _ in range(_ROUNDS):
        chosen = _mutual_best(pairs, board.rules.margin)
        if not chosen or chance is None:
            break
        recurring = _recurring(board, context, chosen)
        for pair in chosen:
            _settle(board, context, pair, chance=chance, elimination=elimination, recurs=pair in recurring)
        taken = {(pair.left, pair.right) for pair in chosen}
        pairs = [pair for pair in pairs if _open(board, pair) and (pair.left, pair.right) not in taken]
        elimination = True
    _ambiguous(board, context, pairs)
    if least >= SURE_FROM:
        _crowds(board, context)


def _crowds(board: Board, context: Context) -> None:
    """Rows of one amount that are too many to compare: of one payer, or without payer and reference."""
    for _, left, right in list(buckets(board, context)):
        if not crowded(board, left, right):
            continue
        by_payer: dict[str, tuple[list[int], list[int]]] = {}
        for number, (side, rows) in enumerate(((board.left, left), (board.right, right))):
            for row in rows:
                if not side.state[row]:
                    by_payer.setdefault(side.payer(row), ([], []))[number].append(row)
        by_payer.pop("", None)
        for ours, theirs in by_payer.values():
            if ours and theirs and crowded(board, ours, theirs):
                _leave_crowd(board, ours, theirs)
        _blank_crowd(board, left, right)


def _blank_crowd(board: Board, left: list[int], right: list[int]) -> None:
    ours = [row for row in left if not board.left.state[row]]
    theirs = [row for row in right if not board.right.state[row]]
    blank_left = [row for row in ours if _blank(board, board.left, row)]
    blank_right = [row for row in theirs if _blank(board, board.right, row)]
    if blank_right and ours:
        _leave_crowd(board, ours, blank_right)
    elif blank_left and theirs:
        _leave_crowd(board, blank_left, theirs)


def _blank(board: Board, side: Side, row: int) -> bool:
    """Does nothing of the row tell it apart: no payer, and no reference but one that a crowd shares?"""
    telling = side.reference(row).informative and side.refs[row] not in board.common
    return not telling and not side.table.payers[row]


def _leave_crowd(board: Board, left: list[int], right: list[int]) -> None:
    said = Reason("equal_candidates", (len(left), len(right)))
    board.leave_ambiguous(Stage.UNIQUE_WINDOW, SURE_FROM, tuple(left), tuple(right), (said,))


def _open(board: Board, pair: Pair) -> bool:
    return not board.left.state[pair.left] and not board.right.state[pair.right]


def _mutual_best(pairs: Iterable[Pair], margin: int) -> list[Pair]:
    """Pairs that are better by the margin than anything else that either of their rows has."""
    best: tuple[dict[int, Pair], dict[int, Pair]] = ({}, {})
    second: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for pair in pairs:
        for number, row in enumerate((pair.left, pair.right)):
            known = best[number].get(row)
            if known is None or pair.score > known.score:
                best[number][row] = pair
                if known is not None:
                    second[number][row] = known.score
            elif pair.score > second[number].get(row, 0):
                second[number][row] = pair.score
    return [
        pair
        for row, pair in best[0].items()
        if best[1][pair.right].left == row
        and pair.score - second[0].get(row, 0) >= margin
        and pair.score - second[1].get(pair.right, 0) >= margin
    ]


def _settle(board: Board, context: Context, pair: Pair, *, chance: Chance, elimination: bool, recurs: bool) -> None:
    told = [*reasons(board, context, pair), plain("by_elimination" if elimination else "unique_both_ways")]
    carried = pair.reference >= STRONG
    stage = Stage.REFERENCE if pair.reference > Evidence.ABSENT else Stage.UNIQUE_WINDOW
    proved = carried or not (elimination or recurs)
    score = pair.score
    if pair.reference in _CHANCY and pair.payer != Likeness.SAME:
        expected = chance.of(pair)
        told.append(Reason("chance", (_percent(expected),)))
        lost = next((points for most, points in _PENALTIES if expected < most), _UNLIKELY)
        score -= lost // (1 + (pair.payer == Likeness.CLOSE))
    if not carried:
        proved = proved and _silent(board, pair) and pair.payer == Likeness.SAME
    board.settle(stage, score, (pair.left,), (pair.right,), reasons=tuple(told), proved=proved)


def _silent(board: Board, pair: Pair) -> bool:
    """Does at least one of the rows say nothing at all that could be a number, so that nothing contradicts?"""
    said = board.left.refs[pair.left], board.right.refs[pair.right]
    return pair.reference == Evidence.ABSENT and any(not text or text.isalpha() for text in said)


def _percent(expected: float) -> str:
    """A share as a percentage of at most four significant digits, the same on every machine."""
    return f"{min(expected, 1.0) * 100:.2f}"


def _recurring(board: Board, context: Context, chosen: Iterable[Pair]) -> set[Pair]:
    """Pairs known by payer and amount alone where either could be another: see ``_recurs``."""
    doubtful = [pair for pair in chosen if pair.reference in _CHANCY and pair.payer == Likeness.SAME]
    if not doubtful:
        return set()
    seen = (
        Seen(board.left, context.left, [pair.left for pair in doubtful]),
        Seen(board.right, context.right, [pair.right for pair in doubtful]),
    )
    return {pair for pair in doubtful if _recurs(board, pair, seen)}


class Seen:
    """All rows of one side, matched or not, that share an amount or a payer with doubtful ones, in order of days."""

    def __init__(self, side: Side, rows: list[int], doubtful: list[int]) -> None:
        self.side = side
        self.table = side.table
        self.amounts = side.amounts
        payers, days = side.table.payers, side.table.days
        self._of_amount: dict[int, list[int]] = {side.amounts[row]: [] for row in doubtful}
        self._of_payer: dict[str, list[int]] = {payers[row]: [] for row in doubtful}
        for row in rows:
            if side.amounts[row] in self._of_amount:
                self._of_amount[side.amounts[row]].append(row)
            if payers[row] in self._of_payer:
                self._of_payer[payers[row]].append(days[row])
        for found in self._of_amount.values():
            found.sort(key=days.__getitem__)
        for found in self._of_payer.values():
            found.sort()

    def crowd(self, row: int, reach: int) -> bool:
        """Is the row's amount, or its payer, common in the days around it?"""
        day = self.table.days[row]
        days = self._of_payer[self.table.payers[row]]
        return (
            len(self.near(row, reach)) > _COMMON
            or bisect_right(days, day + reach) - bisect_left(days, day - reach) > _COMMON_PAYER
        )

    def near(self, row: int, reach: int) -> list[int]:
        """Rows of the same amount around it, itself included; one more than are common, at most."""
        rows, days = self._of_amount[self.amounts[row]], self.table.days
        start = bisect_left(rows, days[row] - reach, key=days.__getitem__)
        stop = bisect_right(rows, days[row] + reach, key=days.__getitem__)
        return rows[start : min(stop, start + _COMMON + 1)]


def _recurs(board: Board, pair: Pair, seen: tuple[Seen, Seen]) -> bool:
    """Does the payer have another row of the amount around the window, or is the amount common there?

    Rows that are matched count too, on either side; so does a payout's row that stands against one without payout.
    """
    left, right = board.left.table, board.right.table
    if bool(left.batches[pair.left]) != bool(right.batches[pair.right]):
        return True
    first, last = board.days.span(left.days[pair.left])
    reach = last - first
    for one, row in zip(seen, (pair.left, pair.right), strict=True):
        if one.crowd(row, reach):
            return True
        if any(
            names.compare(one.side.payer(other), one.side.payer(row)) >= Likeness.CLOSE
            for other in one.near(row, reach)
            if other != row
        ):
            return True
    return False


_COMMON: Final = 3  # rows of an amount; with more it tells nobody apart
_COMMON_PAYER: Final = 6  # rows of a payer around the days; with more, one of them is easily another's


def _ambiguous(board: Board, context: Context, pairs: list[Pair]) -> None:
    """Rows that are equally good for each other, put down together."""
    tied = [pair for pair in pairs if _open(board, pair) and pair.score >= SURE_FROM]
    best: dict[tuple[int, int], int] = {}
    for pair in tied:
        for key in ((0, pair.left), (1, pair.right)):
            best[key] = max(best.get(key, 0), pair.score)
    near = [pair for pair in tied if pair.score > min(best[0, pair.left], best[1, pair.right]) - board.rules.margin]
    by_left: dict[int, list[Pair]] = defaultdict(list)
    for pair in near:
        by_left[pair.left].append(pair)
    for left, right in components((pair.left, pair.right) for pair in near):
        group = [pair for row in left for pair in by_left[row]]
        if len(group) == 1 or _in_order(board, context, group, left, right):
            continue
        said = (Reason("equal_candidates", (len(left), len(right))), *reasons(board, context, _first(board, group)))
        top = max(pair.score for pair in group)
        stage = Stage.REFERENCE if top > _ABSENT_BEST else Stage.UNIQUE_WINDOW
        board.leave_ambiguous(stage, top, tuple(left), tuple(right), said)


_ABSENT_BEST: Final = 96


def _first(board: Board, group: Iterable[Pair]) -> Pair:
    """The pair that stands for a group, by content and not by place."""
    ids = board.left.table.ids, board.right.table.ids
    return min(group, key=lambda pair: (-pair.score, ids[0][pair.left], ids[1][pair.right]))


def components(edges: Iterable[tuple[int, int]]) -> list[tuple[list[int], list[int]]]:
    """Rows of two sides that hang together by edges, each in order of place."""
    parent: dict[tuple[int, int], tuple[int, int]] = {}

    def root(node: tuple[int, int]) -> tuple[int, int]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in edges:
        parent[root((0, one))] = root((1, other))
    groups: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
    for side, row in sorted(parent):
        groups.setdefault(root((side, row)), ([], []))[side].append(row)
    return list(groups.values())


_IN_ORDER: Final = 75


def _in_order(board: Board, context: Context, group: list[Pair], left: list[int], right: list[int]) -> bool:
    """Rows of one recurring reference, as many on each side, on different days: proposed in the order of days."""
    left_days, right_days = board.left.table.days, board.right.table.days
    ours, theirs = sorted(left, key=left_days.__getitem__), sorted(right, key=right_days.__getitem__)
    if len(ours) != len(theirs) or any(pair.reference != Evidence.EQUAL for pair in group):
        return False
    if len({left_days[row] for row in ours}) != len(ours) or len({right_days[row] for row in theirs}) != len(theirs):
        return False
    known = {(pair.left, pair.right): pair for pair in group}
    couples = list(zip(ours, theirs, strict=True))
    if any(
        couple not in known or not board.days.within(left_days[couple[0]], right_days[couple[1]]) for couple in couples
    ):
        return False
    for couple in couples:
        told = (*reasons(board, context, known[couple]), Reason("paired_in_order", (len(ours),)))
        board.settle(Stage.REFERENCE, _IN_ORDER, (couple[0],), (couple[1],), reasons=told, proved=False)
    return True
