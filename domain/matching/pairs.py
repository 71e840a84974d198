"""Candidates for each other: rows of one amount, told apart by reference, payer and day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from domain.matching import names, references
from domain.matching.board import Board, Context, Side
from domain.matching.names import Likeness
from domain.matching.reasons import Reason, days_apart, plain
from domain.matching.references import Evidence

# Score by evidence of the references (rows) and of the payers (DIFFERENT, UNKNOWN, WEAK, CLOSE, SAME).
SCORES: Final = {
    Evidence.EQUAL: (92, 97, 97, 98, 99),
    Evidence.CONTAINED: (91, 96, 96, 98, 99),
    Evidence.LOOK_ALIKE: (88, 95, 96, 97, 98),
    Evidence.MISTYPED: (80, 91, 92, 94, 97),
    Evidence.SUBSTITUTED: (70, 86, 88, 90, 93),
    Evidence.TRUNCATED: (72, 86, 88, 91, 94),
    Evidence.SIMILAR: (70, 82, 84, 89, 93),
    Evidence.ABSENT: (60, 76, 80, 88, 96),
    Evidence.CONFLICT: (0, 60, 66, 76, 86),
}
OUTSIDE_WINDOW: Final = 4  # points less beyond the window, for rows that share a reference
STRONG: Final = Evidence.MISTYPED  # from here on the reference alone carries a pair
_LATE: Final = 2  # business days without a point less
_SHORT_REFERENCE: Final = 64
_SPELLED: Final = "~"  # marks a spelling of a reference
_FEW: Final = 2  # pairs of one spelling; more are numbers of a series
_FORTNIGHT: Final = 14  # days; two overlapping ones hold every pair within a week


class Pair(NamedTuple):
    """Two rows that could be the same money."""

    score: int
    left: int
    right: int
    reference: Evidence
    payer: Likeness
    face: int  # 0 gross, else less or plus the stated fee


def gather(board: Board, context: Context, least: int) -> list[Pair]:
    """All pairs of open rows of a currency that score at least ``least``; bounded by pairs a row."""
    found: dict[tuple[int, int], Pair] = {}
    for face, left, right in buckets(board, context):
        for one, other in _pairs(board, left, right):
            pair = judge(board, one, other, face)
            if pair.score >= least and (one, other) not in found:
                found[one, other] = pair
    return list(found.values())


def buckets(board: Board, context: Context) -> Iterator[tuple[int, list[int], list[int]]]:
    """Open rows of one amount, gross or net, on both sides."""
    open_left, open_right = board.open_left(context), board.open_right(context)
    for face, (ours, theirs) in enumerate(board.faces()):
        by_amount: dict[int, tuple[list[int], list[int]]] = {}
        for row in open_right:
            by_amount.setdefault(theirs[row], ([], []))[1].append(row)
        for row in open_left:
            bucket = by_amount.get(ours[row])
            if bucket is not None:
                bucket[0].append(row)
        for left, right in by_amount.values():
            if left:
                yield face, left, right


def crowded(board: Board, left: list[int], right: list[int]) -> bool:
    """Are there more pairs than the budget compares?"""
    return len(left) * len(right) > board.rules.budgets.pairs_per_row * (len(left) + len(right))


def _pairs(board: Board, left: list[int], right: list[int]) -> Iterator[tuple[int, int]]:
    """Pairs near in time; in a crowd only those that share a payer or (nearly) a reference."""
    if not crowded(board, left, right):
        for one in left:
            for other in right:
                yield one, other
        return
    for key, (ours, theirs) in _by_evidence(board, left, right).items():
        spelled = key.startswith(_SPELLED) and len(ours) * len(theirs) > _FEW
        if ours and theirs and not spelled and not crowded(board, ours, theirs):
            for one in ours:
                for other in theirs:
                    yield one, other


def _by_evidence(board: Board, left: list[int], right: list[int]) -> dict[str, tuple[list[int], list[int]]]:
    places: dict[str, tuple[list[int], list[int]]] = {}
    for number, (side, rows) in enumerate(((board.left, left), (board.right, right))):
        for row in rows:
            for key in _evidence(side, row):
                places.setdefault(key, ([], []))[number].append(row)
    return places


def _evidence(side: Side, row: int) -> set[str]:
    """Texts that two rows share when their payers agree or their references are one mistake apart."""
    name = side.payer(row)
    fortnights = {f"{(side.table.days[row] + shift) // _FORTNIGHT}" for shift in (0, _FORTNIGHT // 2)}
    found = {f"day {fortnight}" for fortnight in fortnights}
    if name:
        found |= {f"payer {name}", *(f"payer {name} {fortnight}" for fortnight in fortnights)}
        found |= {f"word {word}" for word in name.split() if len(word) > 1}
    for part in side.reference(row).parts:
        if len(part) <= _SHORT_REFERENCE:
            found |= {f"{_SPELLED}{text}" for text in (*references.deletions(part), references.look_alike(part))}
    return found


def judge(board: Board, left: int, right: int, face: int) -> Pair:
    """The evidence of two rows of one amount; score 0 where time or a known owner of the reference forbids it."""
    ours, theirs = board.left, board.right
    left_day, right_day = ours.table.days[left], theirs.table.days[right]
    inside = board.days.within(left_day, right_day)
    if not inside and abs(left_day - right_day) > board.days.key_days:
        return Pair(0, left, right, Evidence.CONFLICT, Likeness.UNKNOWN, face)
    if ours.refs[left] in board.common or theirs.refs[right] in board.common:
        alike = Evidence.ABSENT
    elif ours.refs[left] and ours.refs[left] == theirs.refs[right]:
        alike = Evidence.EQUAL if ours.reference(left).informative else Evidence.ABSENT
    else:
        alike = references.compare(ours.reference(left), theirs.reference(right))
    payer = names.compare(ours.payer(left), theirs.payer(right))
    if Evidence.SIMILAR <= alike <= Evidence.LOOK_ALIKE and _owned_by_others(board, left, right):
        alike = Evidence.CONFLICT
    score = SCORES[alike][payer] - (face > 0)
    if not inside:
        score = score - OUTSIDE_WINDOW if alike >= STRONG else 0
    else:
        score -= max(0, min(5, board.days.lag(left_day, right_day) - _LATE)) * (alike < STRONG)
    return Pair(max(0, score), left, right, alike, payer, face)


def _owned_by_others(board: Board, left: int, right: int) -> bool:
    """Is one row's reference, unlike the other's, that of a different row there? Then nobody mistyped it."""
    return board.right.refs[right] in board.left.known() or board.left.refs[left] in board.right.known()


_REFERENCE_CODES: Final = {
    Evidence.EQUAL: "reference_contained",
    Evidence.CONTAINED: "reference_contained",
    Evidence.LOOK_ALIKE: "reference_look_alike",
    Evidence.MISTYPED: "reference_mistyped",
    Evidence.SUBSTITUTED: "reference_mistyped",
    Evidence.TRUNCATED: "reference_similar",
    Evidence.SIMILAR: "reference_similar",
    Evidence.CONFLICT: "reference_differs",
}
_PAYER_CODES: Final = {
    Likeness.SAME: "payer_same",
    Likeness.CLOSE: "payer_close",
    Likeness.WEAK: "payer_weak",
    Likeness.UNKNOWN: "payer_absent",
    Likeness.DIFFERENT: "payer_differs",
}


def reasons(board: Board, context: Context, pair: Pair) -> tuple[Reason, ...]:
    """The evidence of a pair in words."""
    left, right = board.left, board.right
    amount = board.faces()[pair.face][0][pair.left]
    told = [Reason("same_amount", (amount, context.currency))]
    if pair.face:
        side, row = (left, pair.left) if left.taken_of(pair.left) else (right, pair.right)
        told.append(Reason("fee_of_row", (side.table.fees[row], side.table.taxes[row])))
    told.append(_of_reference(left.table.references[pair.left], right.table.references[pair.right], pair.reference))
    told.append(plain(_PAYER_CODES[pair.payer]))
    told.append(days_apart(right.table.days[pair.right] - left.table.days[pair.left]))
    return tuple(told)


def _of_reference(left: str, right: str, alike: Evidence) -> Reason:
    if alike == Evidence.ABSENT:
        return plain("reference_absent")
    if alike in {Evidence.EQUAL, Evidence.CONTAINED}:
        return Reason("reference_contained", (min(left, right, key=lambda text: (len(text), text)),))
    return Reason(_REFERENCE_CODES[alike], (left, right))
