"""Sums that nobody labelled: several rows of one side for one of the other, proved to be the only such set or not."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from domain.matching import references, sums
from domain.matching.board import Board, Context, Side
from domain.matching.candidates import components
from domain.matching.chance import of_sets
from domain.matching.outcome import Stage
from domain.matching.reasons import Reason, plain

_TOTAL_OF_LABEL, _TOTAL_PROVED = 92, 95
_BY_CHANCE: Final = ((0.01, 90), (0.1, 82), (0.5, 72))
_LEAST: Final = 62
_SEVERAL: Final = 70
_SAME_PAYER: Final = 4
_PAIR: Final = 2


class View(NamedTuple):
    """One direction of looking: ``target`` rows are explained by sets of ``pool`` rows."""

    board: Board
    context: Context
    target: Side
    pool: Side
    turned: bool  # is the pool the right side?

    def open_targets(self) -> list[int]:
        """Target rows that no group holds and that are money."""
        rows = self.context.left if self.turned else self.context.right
        return [row for row in rows if not self.target.state[row] and self.target.amounts[row]]

    def open_pool(self) -> list[int]:
        """Pool rows that no group holds and that are money."""
        rows = self.context.right if self.turned else self.context.left
        return [row for row in rows if not self.pool.state[row] and self.pool.amounts[row]]

    def near(self, target: int, row: int) -> bool:
        """Is a pool row within the window of a target?"""
        target_day, day = self.target.table.days[target], self.pool.table.days[row]
        return self.board.days.within(target_day, day) if self.turned else self.board.days.within(day, target_day)


_OF_PAYER: Final = "of one payer"


class Solved(NamedTuple):
    """What the search for one target found, by rows of the pool."""

    target: int
    pool: Sequence[int]
    sets: tuple[tuple[int, ...], ...]
    most: int  # rows of the largest sets that were searched whole
    looked: int  # sets looked through
    name: str  # of the pool, for people

    @property
    def payer(self) -> bool:
        """Are all rows of the pool the target's payer's?"""
        return self.name == _OF_PAYER


def match_totals(board: Board, context: Context) -> None:
    """Payouts whose label the other side does not know, by the total of all their rows; both directions."""
    for turned in (False, True):
        _label_totals(_view(board, context, turned=turned))


def match_payers(board: Board, context: Context) -> None:
    """Sets of one payer; both directions."""
    for turned in (False, True):
        _search(_view(board, context, turned=turned), _OF_PAYER, _payer_pools)


def match(board: Board, context: Context) -> None:
    """Sets of one day and of the whole window; both directions."""
    for turned in (False, True):
        _search(_view(board, context, turned=turned), "of one day or of the window", _near_pools)


def _view(board: Board, context: Context, *, turned: bool) -> View:
    target, pool = (board.left, board.right) if turned else (board.right, board.left)
    return View(board, context, target, pool, turned)


def _label_totals(view: View) -> None:
    """All open rows of one label the other side does not know: their total is a row there, and of one label only."""
    labels: dict[str, list[int]] = defaultdict(list)
    for row in view.open_pool():
        label = references.compact(view.pool.table.batches[row])
        if label:
            labels[label].append(row)
    targets: dict[int, list[int]] = defaultdict(list)
    for row in view.open_targets():
        targets[view.target.amounts[row]].append(row)
    claims: dict[int, list[tuple[str, list[int]]]] = defaultdict(list)
    for label, rows in sorted(labels.items()):
        totals = {sum(side[row] for row in rows) for side in (view.pool.nets, view.pool.amounts)}
        near = [row for total in totals for row in targets.get(total, ()) if any(view.near(row, one) for one in rows)]
        if len(rows) >= _PAIR and len(near) == 1:
            claims[near[0]].append((label, rows))
    for target, claimed in claims.items():
        if len(claimed) == 1:
            label, rows = claimed[0]
            said = Reason("total_of_label", (label, len(rows)))
            score = _TOTAL_PROVED if _odd_total(view, target, rows) else _TOTAL_OF_LABEL
            _put(view, Stage.BATCH_TOTAL, score, rows, target, (said, plain("unique_both_ways")))


def _odd_total(view: View, target: int, rows: list[int]) -> bool:
    """Is the total of a label so odd that no stranger shows it, on a row that says nothing else of itself?

    Oddness is counted in the greatest unit that the total and all its rows are made of, so that neither the currency
    nor other rows matter.
    """
    side, total = view.pool, view.target.amounts[target]
    unit = math.gcd(total, *(side.amounts[row] for row in rows), *(side.nets[row] for row in rows))
    named = view.target.table.batches[target] or view.target.reference(target).informative
    return not named and abs(total) // unit >= _ODD


_ODD: Final = 20_000  # units; less is met by chance among the totals of a large file


def _put(view: View, stage: Stage, score: int, rows: Sequence[int], target: int, reasons: tuple[Reason, ...]) -> bool:
    left, right = ((target,), tuple(rows)) if view.turned else (tuple(rows), (target,))
    return view.board.settle(stage, score, left, right, reasons=reasons)


Pools = Callable[[View, list[int]], dict[int, list[list[int]]]]


def _search(view: View, name: str, pools: Pools) -> None:
    """Search every target's pools, settle what is the only set of its target and wanted by no other."""
    targets = view.open_targets()
    if not targets or not view.open_pool():
        return
    by_target = pools(view, targets)
    limit = view.board.rules.budgets.pool_rows
    searches: dict[int, tuple[list[int], list[int]]] = {}  # a pool's identity: it, and its targets
    for target, its_pools in by_target.items():
        for pool in its_pools:
            searches.setdefault(id(pool), (pool, []))[1].append(target)
    for pool, its_targets in [found for found in searches.values() if len(found[0]) > limit]:
        _unknown(view, its_targets, pool)
        del searches[id(pool)]
    limits = _limits(view.board, Counter({}), searches.values())
    solved: list[Solved] = []
    for pool, its_targets in searches.values():
        solved += _solve(view, pool, its_targets, name, limits)
    _accept(view, solved)


def _limits(board: Board, sizes: Counter[int], searches: Iterable[tuple[list[int], list[int]]]) -> sums.Limits:
    """Look-ups for each search: what the run has left, shared evenly so that no order matters."""
    for pool, targets in searches:
        sizes[len(pool)] += len(targets) + _BUILDING
    rows = len(board.left.table) + len(board.right.table)
    budget = board.rules.budgets
    left = max(0, budget.units + budget.units_per_row * rows - board.units)
    limits = sums.Limits(budget.set_rows, budget.sets, 0)
    return limits._replace(units=sums.fair_cap(sizes, limits, left // _TIERS))


_TIERS: Final = 2  # at most half of what is left goes to one tier
_BUILDING: Final = 5  # a pool's partial sums cost as much as so many searches in it


def _solve(view: View, pool: list[int], targets: list[int], name: str, limits: sums.Limits) -> list[Solved]:
    """Every set of the pool that makes a target, up to a size at which chance would not make one too."""
    side = view.pool
    pool = sorted(pool, key=lambda row: (side.nets[row], side.amounts[row], side.table.ids[row]))
    faces = _faces(side, pool)
    if len(pool) > _ALWAYS_WHOLE:
        limits = limits._replace(sets=min(limits.sets, _sets_without_chance(faces[0])))
    most = sums.most_of(len(pool), limits)
    if most < _PAIR:
        _unknown(view, targets, pool)
        return []
    solvers = [sums.Pool(values, most) for values in faces]
    solved = []
    for target in targets:
        found: set[tuple[int, ...]] = set()
        for solver in solvers:
            sets = solver.find(view.target.amounts[target])
            if sets is None:
                _unknown(view, [target], pool)
            found |= {tuple(pool[place] for place in places) for places in sets or ()}
        if found:
            solved.append(Solved(target, pool, tuple(sorted(found)), most, solvers[0].looked, name))
    view.board.units += sum(solver.units for solver in solvers)
    return solved


def _concerned(side: Side, one: Solved) -> set[int]:
    """The rows of a target's sets; of several, also the rows that could stand in for them, being of equal amount."""
    rows = {row for found in one.sets for row in found}
    if len(one.sets) == 1:
        return rows
    amounts = {(side.nets[row], side.amounts[row]) for row in rows}
    return {row for row in one.pool if (side.nets[row], side.amounts[row]) in amounts}


_ALWAYS_WHOLE: Final = 12  # rows; so few are searched whole however round their amounts are
_CHANCE: Final = 0.1  # sets expected by chance, at most, in a larger pool


def _sets_without_chance(values: list[int]) -> int:
    unit = math.gcd(*values) or 1
    return max(math.comb(len(values), _PAIR), int(_CHANCE / of_sets(values, 1, unit)))


def _faces(side: Side, pool: list[int]) -> list[list[int]]:
    """The amounts of a pool net of what rows state, and gross where that is another."""
    nets, gross = [side.nets[row] for row in pool], [side.amounts[row] for row in pool]
    return [gross] if nets == gross else [nets, gross]


def _unknown(view: View, targets: list[int], pool: list[int]) -> None:
    """Remember that sums of these rows were not all searched: they are unknown, not absent."""
    of_left, of_right = view.board.searched
    of_target, of_pool = (of_left, of_right) if view.turned else (of_right, of_left)
    of_target.update(dict.fromkeys(targets, len(pool)))
    of_pool.update(dict.fromkeys(pool, len(pool)))


def _accept(view: View, solved: list[Solved]) -> None:
    """Settle only sets whose rows no other target's set wants; the rest is ambiguous together."""
    sets_of: dict[int, set[tuple[int, ...]]] = defaultdict(set)
    rows_of: dict[int, set[int]] = defaultdict(set)
    told: dict[tuple[int, tuple[int, ...]], Solved] = {}
    for one in sorted(solved, key=lambda one: -len(one.pool)):
        sets_of[one.target].update(one.sets)
        rows_of[one.target] |= _concerned(view.pool, one)
        told |= {(one.target, rows): one for rows in one.sets}
    wanted = Counter(row for rows in rows_of.values() for row in rows)
    for target, found in sets_of.items():
        rows = next(iter(found))
        if len(found) == 1 and all(wanted[row] == 1 for row in rows):
            _settle(view, told[target, rows], rows)
    edges = [
        (target, row)
        for target, rows in rows_of.items()
        for row in rows
        if not view.target.state[target] and not view.pool.state[row]
    ]
    for targets, members in components(edges):
        _leave_several(view, targets, members, sets_of)


def _settle(view: View, one: Solved, rows: tuple[int, ...]) -> None:
    unit = _unit(view, one.pool)
    expected = of_sets([view.pool.amounts[row] for row in one.pool], max(one.looked, 1), unit)
    score = next((score for most, score in _BY_CHANCE if expected < most), _LEAST)
    same_day = len({view.pool.table.days[row] for row in rows}) == 1
    score = min(96, score + _SAME_PAYER * one.payer + (2 if same_day and one.payer else 0))
    total = sum(view.pool.amounts[row] for row in rows)
    reasons = (
        Reason("sum_gross" if total == view.target.amounts[one.target] else "sum_net",
               (view.target.amounts[one.target], view.context.currency)),
        Reason("only_set", (one.name, len(one.pool), one.most)),
        Reason("chance", (f"{min(expected, 1.0) * 100:.2f}",)),
    )  # fmt: skip
    _put(view, Stage.UNLABELLED_SUM, score, rows, one.target, reasons)


def _unit(view: View, pool: Sequence[int]) -> int:
    return math.gcd(*(view.pool.amounts[row] for row in pool)) or 1


def _leave_several(
    view: View, targets: list[int], members: list[int], sets_of: dict[int, set[tuple[int, ...]]]
) -> None:
    """Targets with several sets, or whose only set others want too, put down with all rows concerned."""
    ids = view.pool.table.ids
    shown = {
        " + ".join(sorted(ids[row] for row in rows))
        for target in targets
        for rows in sets_of[target]
        if not any(view.pool.state[row] for row in rows)
    }
    said = (Reason("several_sets", (len(shown), *sorted(shown)[:_SHOWN])),)
    left, right = (targets, members) if view.turned else (members, targets)
    view.board.leave_ambiguous(Stage.UNLABELLED_SUM, _SEVERAL, tuple(left), tuple(right), said)


_SHOWN: Final = 10


def _payer_pools(view: View, targets: list[int]) -> dict[int, list[list[int]]]:
    """For a target with a payer: that payer's rows in the window, where several stand open."""
    by_payer: dict[str, list[int]] = defaultdict(list)
    for row in view.open_pool():
        key = view.pool.payer(row)
        if key:
            by_payer[key].append(row)
    known: dict[tuple[str, int], list[list[int]]] = {}  # pools by payer and day, shared by their targets
    found: dict[int, list[list[int]]] = {}
    for target in targets:
        key = view.target.payer(target)
        rows = by_payer.get(key, [])
        if len(rows) >= _PAIR:
            day = 0 if len(rows) > _TOO_MANY else view.target.table.days[target]
            if (key, day) not in known:
                near = rows if day == 0 else [row for row in rows if view.near(target, row)]
                known[key, day] = [near] if len(near) >= _PAIR else []
            if known[key, day]:
                found[target] = known[key, day]
    return found


_TOO_MANY: Final = 400  # rows of one payer; beyond it the pool is over its limit whatever the window


def _by_day(view: View) -> tuple[list[int], dict[int, list[int]]]:
    days: dict[int, list[int]] = defaultdict(list)
    for row in view.open_pool():
        days[view.pool.table.days[row]].append(row)
    return sorted(days), days


def _reach(view: View, target: int) -> tuple[int, int]:
    """The first and last day of pool rows that may belong to a target."""
    day = view.target.table.days[target]
    if view.turned:
        return view.board.days.span(day)
    first, last = view.board.days.span(day)
    reach = max(day - first, last - day) + _WEEKEND
    inside = [near for near in range(day - reach, day + reach + 1) if view.board.days.within(near, day)]
    return (inside[0], inside[-1]) if inside else (day, day)


_WEEKEND: Final = 4


def _near_pools(view: View, targets: list[int]) -> dict[int, list[list[int]]]:
    """For each target the open rows of every single day in its window, and all of the window together."""
    ordered, days = _by_day(view)
    known: dict[int, list[list[int]]] = {}
    found: dict[int, list[list[int]]] = {}
    for target in targets:
        day = view.target.table.days[target]
        if day not in known:
            first, last = _reach(view, target)
            near = ordered[bisect_left(ordered, first) : bisect_right(ordered, last)]
            whole = [row for one in near for row in days[one]]
            pools = [days[one] for one in near] if len(near) > 1 and len(whole) > _ALWAYS_WHOLE else []
            known[day] = [pool for pool in (*pools, whole) if len(pool) >= _PAIR]
        if known[day]:
            found[target] = known[day]
    return found
