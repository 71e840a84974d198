"""Rows that share a reference: equal amounts, differences that a fee explains, references that recur."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Final

from domain.matching import amounts, names
from domain.matching.board import Board, Context, Side
from domain.matching.names import Likeness
from domain.matching.outcome import Stage
from domain.matching.reasons import Reason, days_apart
from domain.matching.references import LEAST_INFORMATIVE, telling, unique_by_making, unique_within

Index = dict[str, int | list[int]]
Shared = list[tuple[str, list[int], list[int]]]

_IDENTIFIER, _REFERENCE, _OUTSIDE, _SHORTFALLS = 100, 99, 82, ((100, 86), (500, 80), (10_000, 72))
_OWN_FEE: Final = 98
_SCHEDULED: Final = 97


def match(board: Board, contexts: Iterable[Context]) -> None:
    """Pair the rows of one reference; first those without doubt, which also tell which side comes later."""
    recurring = [(context, *_singles(board, context)) for context in contexts]
    _orient(board)
    for context, several, unequal in recurring:
        for reference, left, right in several:
            _recurring(board, context, reference, left, right)
        for reference, left_row, right_row in unequal:
            unequal_pair(board, reference, left_row, right_row)
        _identifiers(board, context)


def _index(side: Side, rows: list[int]) -> Index:
    index: Index = {}
    refs = side.refs
    for row in rows:
        reference = refs[row]
        if reference:
            seen = index.setdefault(reference, row)
            if seen is row:
                continue
            if isinstance(seen, list):
                seen.append(row)
            else:
                index[reference] = [seen, row]
    return index


def _weak(reference: str) -> bool:
    """Words alone (PIX, RENT) and very short texts are no keys."""
    return len(reference) < LEAST_INFORMATIVE or reference.isalpha()


def _singles(board: Board, context: Context) -> tuple[Shared, list[tuple[str, int, int]]]:
    """Settle references that occur once a side with equal amounts; return those that recur or differ."""
    left_index, right_index = (
        _index(board.left, board.open_left(context)),
        _index(board.right, board.open_right(context)),
    )
    several: Shared = []
    unequal: list[tuple[str, int, int]] = []
    left_amounts, right_amounts = board.left.amounts, board.right.amounts
    strangers: list[tuple[str, int, int]] = []
    for reference, right in right_index.items():
        left = left_index.get(reference)
        if left is None or _weak(reference):
            continue
        if isinstance(left, list) or isinstance(right, list):
            if max(len(_rows(left)), len(_rows(right))) > _COMMON:
                board.common.add(reference)
            else:
                several.append((reference, _rows(left), _rows(right)))
        elif left_amounts[left] != right_amounts[right]:
            unequal.append((reference, left, right))
        elif _strangers(board, left, right):
            strangers.append((reference, left, right))
        else:
            _equal_pair(board, context.currency, reference, left, right)
    doubted = _doubted(board, context, [(left, right) for _, left, right in strangers])
    for reference, left, right in strangers:
        if (left, right) not in doubted:  # else the pair competes with the others of its rows
            _equal_pair(board, context.currency, reference, left, right)
    return several, unequal


def _doubted(board: Board, context: Context, pairs: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Pairs of two payers where one of them has a row of the same amount on the other side: was it a wrong number?"""
    days = board.left.table.days, board.right.table.days
    doubted: set[tuple[int, int]] = set()
    for number, (side, rows) in enumerate(((board.left, context.left), (board.right, context.right))):
        other = (board.right, board.left)[number]
        asked = {pair[1 - number] for pair in pairs}
        amounts_asked = {other.amounts[row] for row in asked}
        owned: dict[tuple[str, int], list[int]] = {}
        for row in rows:
            if side.amounts[row] in amounts_asked:
                owned.setdefault((side.payer(row), side.amounts[row]), []).append(days[number][row])
        for pair in pairs:
            row = pair[1 - number]
            rivals = owned.get((other.payer(row), other.amounts[row]), ())
            if any(abs(day - days[1 - number][row]) <= board.days.key_days for day in rivals):
                doubted.add(pair)
    return doubted


_COMMON: Final = 60  # rows of one reference; an instalment contract has fewer in any file


def _rows(found: int | list[int]) -> list[int]:
    return found if isinstance(found, list) else [found]


def _equal_pair(board: Board, currency: str, reference: str, left: int, right: int) -> None:
    """Two rows of one reference and amount: proved near in time, a proposal a little later, nothing a month away."""
    left_day, right_day = board.left.table.days[left], board.right.table.days[right]
    apart = right_day - left_day
    unique = unique_by_making(reference)
    if not unique and abs(apart) > board.days.key_days + _LATER:
        return
    near = unique or abs(apart) <= board.days.key_days
    if not unique:
        shifted = abs(apart) <= board.rules.windows.clock_shift_days or board.days.within(left_day, right_day)
        if not shifted or not telling(reference):
            near = near and not _strangers(board, left, right)
    said = Reason("same_identifier" if unique else "same_reference", (reference, board.left.amounts[left], currency))
    score = (_IDENTIFIER if unique else _REFERENCE) if near else _OUTSIDE
    board.settle(Stage.EXACT_KEY, score, (left,), (right,), reasons=(said, days_apart(apart)), proved=near)


def _strangers(board: Board, left: int, right: int) -> bool:
    """Do both rows name a payer, and not the same one?"""
    return names.compare(board.left.payer(left), board.right.payer(right)) == Likeness.DIFFERENT


_LATER: Final = 10  # days after which the same reference is rather next month's


def _orient(board: Board) -> None:
    """Learn from the certain pairs which side tells later, where the rules leave it open."""
    if board.rules.windows.direction != "auto":
        return
    left_days, right_days = board.left.table.days, board.right.table.days
    balance = 0
    for group in board.found:
        apart = right_days[group.right[0]] - left_days[group.left[0]]
        balance += (apart > 0) - (apart < 0)
    if balance < 0:
        board.days.turn()


def _recurring(board: Board, context: Context, reference: str, left: list[int], right: list[int]) -> None:
    """A reference that several rows of a side carry: equal amounts one to one, then by day where only one fits."""
    for ours, theirs in board.faces():
        for one, other in _by_amount(board, left, right, ours, theirs):
            if len(one) == len(other) == 1:
                _pair(board, context.currency, reference, one[0], other[0])
            else:
                _by_day(board, context.currency, reference, one, other)
    open_left = [row for row in left if not board.left.state[row]]
    open_right = [row for row in right if not board.right.state[row]]
    if len(open_left) == len(open_right) == 1:
        ours_minor, theirs_minor = board.left.amounts[open_left[0]], board.right.amounts[open_right[0]]
        if ours_minor != theirs_minor:  # equal ones are too far apart to be one
            unequal_pair(board, reference, open_left[0], open_right[0])


def _by_amount(
    board: Board, left: list[int], right: list[int], ours: list[int], theirs: list[int]
) -> list[tuple[list[int], list[int]]]:
    """Open rows of both sides with one amount."""
    found: dict[int, tuple[list[int], list[int]]] = {}
    for row in left:
        if not board.left.state[row]:
            found.setdefault(ours[row], ([], []))[0].append(row)
    for row in right:
        if not board.right.state[row]:
            found.setdefault(theirs[row], ([], []))[1].append(row)
    return [(one, other) for one, other in found.values() if one and other]


def _pair(board: Board, currency: str, reference: str, left: int, right: int) -> None:
    if board.left.amounts[left] == board.right.amounts[right]:
        _equal_pair(board, currency, reference, left, right)
    else:
        unequal_pair(board, reference, left, right)


def _by_day(board: Board, currency: str, reference: str, left: list[int], right: list[int]) -> None:
    """Pair rows of one reference and amount where each has exactly one counterpart in the window."""
    left_days, right_days = board.left.table.days, board.right.table.days
    left, right = sorted(left, key=left_days.__getitem__), sorted(right, key=right_days.__getitem__)
    days_right = [right_days[row] for row in right]
    spans = [board.days.span(left_days[row]) for row in left]
    firsts, lasts = [first for first, _ in spans], [last for _, last in spans]
    for row, (first, last) in zip(left, spans, strict=True):
        start, stop = bisect_left(days_right, first), bisect_right(days_right, last)
        if stop - start != 1:
            continue
        claimants = bisect_right(firsts, days_right[start]) - bisect_left(lasts, days_right[start])
        if claimants == 1:
            _settle_recurring(board, currency, reference, row, right[start], len(left) + len(right))
    _too_many(board, left, right)


def _too_many(board: Board, left: list[int], right: list[int]) -> None:
    """Rows of one reference and amount that are too many to be told apart by anything else stay together."""
    open_left = tuple(row for row in left if not board.left.state[row])
    open_right = tuple(row for row in right if not board.right.state[row])
    most = board.rules.budgets.pairs_per_row * (len(open_left) + len(open_right))
    if open_left and open_right and len(open_left) * len(open_right) > most:
        said = Reason("equal_candidates", (len(open_left), len(open_right)))
        board.leave_ambiguous(Stage.EXACT_KEY, _OUTSIDE, open_left, open_right, (said,))


def _settle_recurring(board: Board, currency: str, reference: str, left: int, right: int, rows: int) -> None:
    if board.left.amounts[left] != board.right.amounts[right]:
        unequal_pair(board, reference, left, right)
        return
    apart = board.right.table.days[right] - board.left.table.days[left]
    said = Reason("same_reference", (reference, board.left.amounts[left], currency))
    reasons = (said, Reason("nearest_in_order", (rows,)), days_apart(apart))
    proved = not _strangers(board, left, right)
    board.settle(Stage.EXACT_KEY, _SCHEDULED if proved else _OUTSIDE, (left,), (right,), reasons=reasons, proved=proved)


def _identifiers(board: Board, context: Context) -> None:
    """Identifiers that are unique by their making, found inside free text on either side."""
    places: dict[str, tuple[list[int], list[int]]] = {}
    for number, (side, rows) in enumerate(
        ((board.left, board.open_left(context)), (board.right, board.open_right(context)))
    ):
        for row in rows:
            found = side.refs[row] if unique_by_making(side.refs[row]) else unique_within(side.table.references[row])
            if found:
                places.setdefault(found, ([], []))[number].append(row)
    for identifier, (left, right) in places.items():
        if len(left) == len(right) == 1:
            if board.left.amounts[left[0]] == board.right.amounts[right[0]]:
                _equal_pair(board, context.currency, identifier, left[0], right[0])
            else:
                unequal_pair(board, identifier, left[0], right[0])


def explanation(board: Board, left: int, right: int) -> tuple[int, Reason] | None:
    """Why two rows of one reference differ in amount: a stated or contracted fee or tax, or the tolerance."""
    ours, theirs = board.left.amounts[left], board.right.amounts[right]
    difference = ours - theirs
    for side, row in ((board.left, left), (board.right, right)):
        taken = side.taken_of(row)
        if taken and abs(abs(taken) - abs(difference)) <= amounts.tolerated(board.rules, ours):
            return _OWN_FEE, Reason("fee_of_row", (side.table.fees[row], side.table.taxes[row]))
    reason = amounts.by_schedule(board.rules, board.left.kind(left), ours, difference)
    if reason is not None:
        return _SCHEDULED, reason
    if abs(difference) <= amounts.tolerated(board.rules, ours):
        return _SCHEDULED, Reason("within_tolerance", (difference,))
    return None


def unequal_pair(board: Board, reference: str, left: int, right: int, *, score_most: int = 100) -> bool:
    """Settle two rows of one reference whose amounts differ; a difference without explanation is a proposal."""
    ours, theirs = board.left.amounts[left], board.right.amounts[right]
    apart = board.right.table.days[right] - board.left.table.days[left]
    near = abs(apart) <= board.days.key_days or unique_by_making(reference)
    said = Reason("reference_shared", (reference, 2))
    explained = explanation(board, left, right)
    if explained is not None:
        score, why = explained
        score = min(score, score_most) if near else _OUTSIDE
        reasons = (said, why, days_apart(apart))
        return board.settle(Stage.EXPLAINED_KEY, score, (left,), (right,), reasons=reasons, proved=near)
    if near and ours == -theirs and _signed_by_kind(board.left, left) != _signed_by_kind(board.right, right):
        reasons = (said, Reason("sign_by_kind", (abs(ours),)), days_apart(apart))
        return board.settle(Stage.EXPLAINED_KEY, _TURNED, (left,), (right,), reasons=reasons, proved=False)
    points = amounts.basis_points(ours - theirs, ours)
    if not near or ours * theirs <= 0 or points > board.rules.largest_difference_basis_points:
        return False
    score = min(score_most, next(score for most, score in _SHORTFALLS if points <= most))
    why = Reason("difference_unexplained", (ours - theirs, points))
    reasons = (said, why, days_apart(apart))
    return board.settle(Stage.EXPLAINED_KEY, score, (left,), (right,), reasons=reasons, proved=False)


_TURNED: Final = 88


def _signed_by_kind(side: Side, row: int) -> bool:
    """Is the row written without a minus and negative by its kind alone?"""
    return side.amounts[row] != side.table.amounts[row]
