"""Reconciling two sides: stages from the strongest evidence to the weakest, then the proof that nothing was lost."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from domain.matching import (
    batches,
    candidates,
    exchange,
    exchange_open,
    keys,
    leftovers,
    many,
    parts,
    quoted,
    unlabelled,
)
from domain.matching.board import Board, Context, Found, Side
from domain.matching.days import Days
from domain.matching.outcome import (
    AMBIGUOUS,
    CONFIRMED,
    PROPOSED,
    SET_ASIDE,
    Balance,
    Count,
    Group,
    Leftover,
    Outcome,
    Stage,
    Status,
)
from domain.matching.reasons import Reason
from domain.matching.rows import Row, Table
from domain.matching.rules import RuleSet


def reconcile(left: Table | Iterable[Row], right: Table | Iterable[Row], rules: RuleSet | None = None) -> Outcome:
    """Which rows of the two sides are the same money; the answer does not depend on the order of rows.

    Nothing is written: a dry run is a run whose outcome nobody books. Raises ``Invalid`` for rows out of range.
    """
    rules = rules or RuleSet()
    sides = tuple(Side(table if isinstance(table, Table) else Table.of(table), rules) for table in (left, right))
    aside = tuple(_set_repetitions_aside(side) for side in sides)
    days = [day for side in sides for day in side.table.days]
    board = Board(sides[0], sides[1], rules, Days(rules.windows, min(days, default=1), max(days, default=1)))
    contexts = _contexts(board)
    _run(board, contexts)
    reasons = aside
    for context in contexts:
        for known, told in zip(reasons, leftovers.explain(board, context), strict=True):
            known.update(told)
    return _outcome(board, reasons)


def _run(board: Board, contexts: list[Context]) -> None:
    keys.match(board, contexts)
    for context in contexts:
        batches.match(board, context)
        quoted.match(board, context)
        batches.match_listed(board, context)
    exchange.match(board, contexts)
    for context in contexts:
        unlabelled.match_totals(board, context)
        candidates.match(board, context, candidates.SURE_FROM)
    for context in contexts:
        unlabelled.match_payers(board, context)
        parts.match(board, context)
        unlabelled.match(board, context)
        many.match(board, context)
        candidates.match(board, context, board.rules.propose_from)
    exchange_open.match(board, contexts)


def _set_repetitions_aside(side: Side) -> dict[int, Reason]:
    """Rows whose id occurs again: equal content counts once; other content makes every row of the id doubtful."""
    ids = side.table.ids
    if len(set(ids)) == len(ids):
        return {}
    rows: dict[str, list[int]] = defaultdict(list)
    for place, known in enumerate(ids):
        rows[known].append(place)
    reasons: dict[int, Reason] = {}
    for known, places in rows.items():
        if len(places) == 1:
            continue
        same = len({side.table.row(place) for place in places}) == 1
        for place in places[1:] if same else places:
            reasons[place] = Reason("duplicate_of" if same else "conflicting_id", (known,))
            side.state[place] = SET_ASIDE
    return reasons


def _contexts(board: Board) -> list[Context]:
    """The open rows of each currency, in the order of currencies."""
    rows: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for number, side in enumerate((board.left, board.right)):
        for place, currency in enumerate(side.table.currencies):
            if not side.state[place]:
                rows[currency][number].append(place)
    return [Context(currency, *rows[currency]) for currency in sorted(rows)]


def _outcome(board: Board, reasons: tuple[dict[int, Reason], ...]) -> Outcome:
    tables = board.left.table, board.right.table
    groups = [_group(board, found) for found in board.found]
    groups.sort(key=lambda group: group.left[0])
    left, right = (
        tuple(sorted((Leftover(table.ids[row], why) for row, why in told.items()), key=lambda one: one.id))
        for table, told in zip(tables, reasons, strict=True)
    )
    return Outcome(
        rules_name=board.rules.name,
        rules_version=board.rules.version,
        input_digest=_digest(tables),
        groups=tuple(groups),
        leftover_left=left,
        leftover_right=right,
        balances=_balances(board),
        counts=_counts(board.found),
        work_units=board.units,
    )


def _group(board: Board, found: Found) -> Group:
    ours, theirs = board.left.table.ids, board.right.table.ids
    left = (ours[found.left[0]],) if len(found.left) == 1 else tuple(sorted(ours[row] for row in found.left))
    right = (theirs[found.right[0]],) if len(found.right) == 1 else tuple(sorted(theirs[row] for row in found.right))
    return Group(left, right, found.status, found.stage, found.score, found.reasons)


def _counts(found: list[Found]) -> tuple[Count, ...]:
    told: dict[tuple[Stage, Status], list[int]] = {}
    for group in found:
        count = told.setdefault((group.stage, group.status), [0, 0, 0])
        count[0] += 1
        count[1] += len(group.left)
        count[2] += len(group.right)
    return tuple(Count(stage, status, *told[stage, status]) for stage, status in sorted(told))


def _balances(board: Board) -> tuple[Balance, ...]:
    balances = []
    for name, side in (("left", board.left), ("right", board.right)):
        sums: dict[str, list[int]] = {}
        whole: dict[str, list[int]] = {}
        for amount, currency, state in zip(side.table.amounts, side.table.currencies, side.state, strict=True):
            sums.setdefault(currency, [0] * (SET_ASIDE + 1))[state] += amount
            total = whole.setdefault(currency, [0, 0])
            total[0] += amount
            total[1] += 1
        for currency in sorted(whole):
            by = sums[currency]
            held = by[CONFIRMED], by[PROPOSED], by[AMBIGUOUS], by[0] + by[SET_ASIDE]
            balances.append(Balance(name, currency, whole[currency][0], *held, whole[currency][1]))
    return tuple(balances)


def _digest(tables: tuple[Table, Table]) -> str:
    """SHA-256 of both sides' rows in the order of their text: equal for equal rows in any order."""
    digest = hashlib.sha256()
    for table in tables:
        columns = (table.amounts, table.days, table.fees, table.taxes)
        numbers = zip(*columns, strict=True)
        texts = zip(
            table.ids, table.currencies, table.references, table.payers, table.batches, table.kinds, strict=True
        )
        lines = sorted("\x1f".join(text) + f"\x1f{number}" for text, number in zip(texts, numbers, strict=True))
        digest.update(f"{len(lines)}\x1d".encode())
        for start in range(0, len(lines), _CHUNK):
            digest.update("\x1e".join(lines[start : start + _CHUNK]).encode())
    return digest.hexdigest()


_CHUNK = 10_000


def open_items(outcome: Outcome, left: Table, right: Table) -> tuple[Table, Table]:
    """The rows that a later run takes up again with new ones: whatever is not confirmed, repetitions left out."""
    confirmed = [group for group in outcome.groups if group.status == Status.CONFIRMED]
    done = (
        {known for group in confirmed for known in group.left},
        {known for group in confirmed for known in group.right},
    )
    return _without(left, done[0]), _without(right, done[1])


def _without(table: Table, done: set[str]) -> Table:
    seen: set[Row] = set()
    rows = [table.row(place) for place, known in enumerate(table.ids) if known not in done]
    return Table.of(row for row in rows if row not in seen and not seen.add(row))  # type: ignore[func-returns-value]  # add answers None
