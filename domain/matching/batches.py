"""Labelled sums: the rows of a payout, of one shared reference, or of the references that a text lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from domain.matching import amounts, references
from domain.matching.board import Board, Context, Side
from domain.matching.outcome import Stage
from domain.matching.reasons import Reason
from domain.matching.references import LEAST_INFORMATIVE

_NET, _GROSS, _SCHEDULED = 99, 99, 97
_HELD_BACK: Final = 85
_DIFFERS: Final = ((100, 84), (500, 76), (2_000, 66))
_TWO: Final = 2

Labels = dict[str, tuple[list[int], list[int]]]


class Members(NamedTuple):
    """Rows of one side that carry one label, against rows of the other."""

    side: Side
    rows: list[int]
    other: Side
    others: list[int]
    turned: bool  # are ``rows`` the right side's?


def match(board: Board, context: Context) -> None:
    """Settle labelled sums of a currency: payouts, then shared references."""
    for label, (left, right) in sorted(_payouts(board, context).items()):
        if left and right:
            _label(board, context, label, left, right)
    for reference, (left, right) in sorted(shared(board, context).items()):
        ours, theirs = still_open(board, left, right)
        if ours and theirs and len(ours) + len(theirs) > _TWO:
            _shared_reference(board, context, reference, ours, theirs)


def still_open(board: Board, left: list[int], right: list[int]) -> tuple[list[int], list[int]]:
    """Those rows of a label that no group has taken meanwhile: a row may stand under what it is and what it quotes."""
    return [row for row in left if not board.left.state[row]], [row for row in right if not board.right.state[row]]


def match_listed(board: Board, context: Context) -> None:
    """Settle rows whose text lists references of several rows of the other side; both directions."""
    for turned in (False, True):
        _listed(board, context, turned=turned)


def _payouts(board: Board, context: Context) -> Labels:
    """Open rows by payout: the label of a row, or a label of the other side that its reference quotes."""
    labels: Labels = {}
    unlabelled: tuple[list[int], list[int]] = ([], [])
    for number, (side, rows) in enumerate(_open(board, context)):
        for row in rows:
            batch = side.table.batches[row]
            if batch:
                labels.setdefault(references.compact(batch), ([], []))[number].append(row)
            elif side.refs[row]:
                unlabelled[number].append(row)
    for number, side in enumerate((board.left, board.right)):
        for row in unlabelled[number]:
            label = _quoted(side, row, labels, 1 - number)
            if label is not None:
                labels[label][number].append(row)
    return labels


def _quoted(side: Side, row: int, labels: Labels, other: int) -> str | None:
    """The label of the other side that a row's reference is or contains; ``None`` for none or several."""
    if not labels:
        return None
    whole = side.refs[row]
    if whole in labels and labels[whole][other]:
        return whole
    found = {part for part in references.words(side.table.references[row]) if part in labels and labels[part][other]}
    return found.pop() if len(found) == 1 else None


def _open(board: Board, context: Context) -> tuple[tuple[Side, list[int]], tuple[Side, list[int]]]:
    return (board.left, board.open_left(context)), (board.right, board.open_right(context))


def shared(board: Board, context: Context) -> Labels:
    """Open rows by the reference that they are, or quote of the other side; words and very short texts left out."""
    labels: Labels = {}
    for number, (side, rows) in enumerate(_open(board, context)):
        for row in rows:
            reference = side.refs[row]
            if len(reference) >= LEAST_INFORMATIVE and not reference.isalpha():
                labels.setdefault(reference, ([], []))[number].append(row)
    for number, row, label in _quoting(board, labels):
        labels[label][number].append(row)
    return labels


def _quoting(board: Board, labels: Labels) -> list[tuple[int, int, str]]:
    """Rows (by side) whose own reference nobody shares, with the one reference of the other side that they quote."""
    known = {label: held for label, held in labels.items() if references.telling(label)}
    return [
        (number, row, label)
        for held in labels.values()
        for number, side in enumerate((board.left, board.right))
        if not held[1 - number]
        for row in held[number]
        if (label := _quoted(side, row, known, 1 - number)) is not None
    ]


def _label(board: Board, context: Context, label: str, left: list[int], right: list[int]) -> None:
    """One payout: all against all, else all of the longer side against the one row of the other that is their sum."""
    many = members(board, left, right)
    said = Reason("same_batch", (label, len(left) + len(right)))
    totals = list(_totals(board, many))
    for others in _whole_or_one(many):
        explained = _explained(board, context, many, totals, others)
        if explained is not None:
            score, why = explained
            put(board, Stage.LABELLED_BATCH, score, many, many.rows, others, (said, why), proved=True)
            return
    if len(many.others) == 1:
        _label_differs(board, many, said)


def _whole_or_one(many: Members) -> Iterator[Sequence[int]]:
    """The short side as a whole, then each of its rows whose amount is not repeated there."""
    yield many.others
    if len(many.others) > 1:
        often = Counter(many.other.amounts[row] for row in many.others)
        for row in many.others:
            if often[many.other.amounts[row]] == 1:
                yield (row,)


def members(board: Board, left: list[int], right: list[int]) -> Members:
    """The longer side against the shorter."""
    if len(left) >= len(right):
        return Members(board.left, left, board.right, right, turned=False)
    return Members(board.right, right, board.left, left, turned=True)


def put(
    board: Board,
    stage: Stage,
    score: int,
    many: Members,
    rows: Sequence[int],
    others: Sequence[int],
    reasons: tuple[Reason, ...],
    *,
    proved: bool,
) -> bool:
    """Settle rows of the longer side against rows of the shorter."""
    left, right = (tuple(others), tuple(rows)) if many.turned else (tuple(rows), tuple(others))
    return board.settle(stage, score, left, right, reasons=reasons, proved=proved)


def _sum(board: Board, context: Context, many: Members, others: Sequence[int]) -> tuple[int, Reason] | None:
    """How the members' total is the other side's: gross, net of what rows state, or net of the schedules."""
    return _explained(board, context, many, list(_totals(board, many)), others)


def _explained(
    board: Board, context: Context, many: Members, totals: list[tuple[int, str, int]], others: Sequence[int]
) -> tuple[int, Reason] | None:
    targets = _targets(many.other, others)
    for score, code, total in totals:
        rounding = board.rules.rounding_minor * len(many.rows) * (score == _SCHEDULED)
        tolerance = max(amounts.tolerated(board.rules, total), rounding)
        if any(abs(total - target) <= tolerance for target in targets):
            return score, Reason(code, (total, context.currency))
    return None


def _targets(side: Side, rows: Sequence[int]) -> tuple[int, ...]:
    """What the short side says: its amount, and its amount with what it states was kept."""
    amount = sum(side.amounts[row] for row in rows)
    net = sum(side.nets[row] for row in rows)
    return (amount,) if amount == net else (amount, net, 2 * amount - net)


def _totals(board: Board, many: Members) -> Iterator[tuple[int, str, int]]:
    side, rows = many.side, many.rows
    gross, net = sum(side.amounts[row] for row in rows), sum(side.nets[row] for row in rows)
    yield _GROSS, "sum_gross", gross
    if net != gross:
        yield _NET, "sum_net", net
        yield _NET, "sum_net", 2 * gross - net  # fees written as negative amounts
        kept = sum(side.nets[row] if side.amounts[row] > 0 else side.amounts[row] for row in rows)
        yield _NET, "sum_net", kept
        given_back = sum(side.taken_of(row) for row in rows if side.amounts[row] < 0)
        yield _NET, "sum_net", kept + given_back  # fees of refunds, written as positive amounts
    if board.rules.schedules:
        once = [schedule for schedule in board.rules.schedules if schedule.per_batch]
        total = sum(side.by_schedule(row) for row in rows)
        yield _SCHEDULED, "sum_net", total - amounts.scheduled(total, once)
        yield _SCHEDULED, "sum_net", net - amounts.scheduled(net, once)


def _label_differs(board: Board, many: Members, said: Reason) -> None:
    """A payout that does not add up: without the one line that was held back, else as it is with the difference."""
    target = many.other.amounts[many.others[0]]
    for values in (many.side.nets, many.side.amounts):
        total = sum(values[row] for row in many.rows)
        missing = [row for row in many.rows if values[row] == total - target]
        if len(missing) == 1 and len(many.rows) > _TWO:
            rest = [row for row in many.rows if row != missing[0]]
            held = Reason("line_held_back", (many.side.table.ids[missing[0]],))
            put(board, Stage.LABELLED_BATCH, _HELD_BACK, many, rest, many.others, (said, held), proved=False)
            return
    total = min((sum(many.side.nets[row] for row in many.rows), sum(many.side.amounts[row] for row in many.rows)),
                key=lambda one: (abs(one - target), one))  # fmt: skip
    points = amounts.basis_points(total - target, target)
    score = next((score for most, score in _DIFFERS if points <= most), None)
    if score is not None and total * target > 0:
        differs = Reason("sum_differs", (total, target, total - target))
        put(board, Stage.LABELLED_BATCH, score, many, many.rows, many.others, (said, differs), proved=False)


def _shared_reference(board: Board, context: Context, reference: str, left: list[int], right: list[int]) -> None:
    """Several rows that all say one reference against one row that says it too: a payment in parts."""
    many = members(board, left, right)
    if len(many.others) != 1:
        return
    explained = _sum(board, context, many, many.others)
    if explained is None:
        return
    days = [many.side.table.days[row] - many.other.table.days[many.others[0]] for row in many.rows]
    near = max(map(abs, days)) <= board.days.key_days
    score = explained[0] if near else _HELD_BACK
    said = Reason("reference_shared", (reference, len(many.rows) + 1))
    put(board, Stage.LABELLED_BATCH, score, many, many.rows, many.others, (said, explained[1]), proved=near)


def _listed(board: Board, context: Context, *, turned: bool) -> None:
    """One row whose text lists the references of several rows of the other side, and is their sum."""
    (side, rows), (other, others) = _open(board, context) if turned else _open(board, context)[::-1]
    owners: dict[str, list[int]] = {}
    for row in others:
        if len(other.refs[row]) >= LEAST_INFORMATIVE and not other.refs[row].isalpha():
            owners.setdefault(other.refs[row], []).append(row)
    for row in rows:
        if side.table.references[row].isalnum():
            continue
        named = [owners[part] for part in sorted(references.words(side.table.references[row]) & owners.keys())]
        members = [found[0] for found in named if len(found) == 1 and not other.state[found[0]]]
        if len(members) < _TWO or len(members) != len(named):
            continue
        many = Members(other, members, side, [row], turned=turned)
        explained = _sum(board, context, many, [row])
        if explained is not None:
            said = Reason("references_listed", (len(members),))
            put(board, Stage.LISTED_REFERENCES, explained[0], many, members, [row], (said, explained[1]), proved=True)
