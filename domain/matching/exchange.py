"""Rows of two currencies: compared at the platform's stated rate, else at a rate set, else at what others imply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from domain.errors import Invalid
from domain.matching import references
from domain.matching.board import Board, Context, Side
from domain.matching.outcome import Stage
from domain.matching.reasons import Reason, days_apart
from domain.matching.references import LEAST_INFORMATIVE
from domain.matching.rules import FxRate
from domain.money import exponent

_STATED, _RATE_SET, _OFF_RATE, _AGREEING, _ALONE = 97, 92, 62, 88, 66
_POINTS: Final = 10_000
_PAIR: Final = 2
_WITNESSES: Final = 2  # other conversions of the pair that agree
_SHOWN: Final = Decimal("0.000001")


class Crossing(NamedTuple):
    """Rows of one label in two currencies, with the rate that their totals imply (major units)."""

    label: str
    left: tuple[int, ...]
    right: tuple[int, ...]
    base: str
    quote: str
    base_minor: int
    quote_minor: int
    apart: int

    @property
    def implied(self) -> Decimal:
        """Units of the right side's currency for one of the left side's."""
        return _major(self.quote_minor, self.quote) / _major(self.base_minor, self.base)


def _major(minor: int, currency: str) -> Decimal:
    try:
        return Decimal(minor).scaleb(-exponent(currency))
    except Invalid:  # a code of the files' own making: taken with two decimals, as most are
        return Decimal(minor).scaleb(-2)


def match(board: Board, contexts: Sequence[Context]) -> None:
    """Settle labels (a reference or a payout) that stand open in one currency left and in another right."""
    if len(contexts) < _PAIR:
        return
    for by_batch in (False, True):
        crossings = list(_crossings(board, contexts, by_batch=by_batch))
        implied: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
        for crossing in crossings:
            implied[crossing.base, crossing.quote].append(crossing.implied)
        for rates in implied.values():
            rates.sort()
        for crossing in crossings:
            free = not any(board.left.state[row] for row in crossing.left)
            if free and not any(board.right.state[row] for row in crossing.right):
                _settle(board, crossing, implied[crossing.base, crossing.quote])


def _crossings(board: Board, contexts: Sequence[Context], *, by_batch: bool) -> Iterable[Crossing]:
    places: dict[str, tuple[dict[str, list[int]], dict[str, list[int]]]] = {}
    batches = _batches(board) if by_batch else frozenset()
    for context in contexts:
        sides = (board.left, board.open_left(context)), (board.right, board.open_right(context))
        for number, (side, rows) in enumerate(sides):
            for row in rows:
                for label in _quoted(side, row, batches) if by_batch else _reference(side, row):
                    at = places.setdefault(label, ({}, {}))[number]
                    at.setdefault(context.currency, []).append(row)
    for label, (left, right) in sorted(places.items()):
        if len(left) == len(right) == 1 and left.keys() != right.keys():
            crossing = _crossing(board, label, left, right)
            if crossing is not None:
                yield crossing


def _batches(board: Board) -> frozenset[str]:
    labels = {*board.left.table.batches, *board.right.table.batches} - {""}
    return frozenset(map(references.compact, labels))


def _reference(side: Side, row: int) -> tuple[str, ...]:
    reference = side.refs[row]
    return (reference,) if len(reference) >= LEAST_INFORMATIVE and not reference.isalpha() else ()


def _quoted(side: Side, row: int, batches: frozenset[str]) -> set[str]:
    """The payout of a row, else the payouts and references that its text names."""
    batch = side.table.batches[row]
    if batch:
        return {references.compact(batch)}
    text = side.table.references[row]
    return {*side.reference(row).parts, *(references.words(text) & batches)} if text else set()


def _crossing(board: Board, label: str, left: dict[str, list[int]], right: dict[str, list[int]]) -> Crossing | None:
    (base, ours), (quote, theirs) = next(iter(left.items())), next(iter(right.items()))
    ours_minor, theirs_minor = (
        sum(board.left.nets[row] for row in ours),
        sum(board.right.amounts[row] for row in theirs),
    )
    if min(len(ours), len(theirs)) > 1 or ours_minor * theirs_minor <= 0:
        return None
    apart = max(board.right.table.days[row] for row in theirs) - max(board.left.table.days[row] for row in ours)
    return Crossing(label, tuple(ours), tuple(theirs), base, quote, ours_minor, theirs_minor, apart)


def _settle(board: Board, crossing: Crossing, implied: list[Decimal]) -> None:
    rows = len(crossing.left) + len(crossing.right)
    said = Reason("reference_shared" if rows == _PAIR else "same_batch", (crossing.label, rows))
    rate = _rate(board, crossing)
    near = abs(crossing.apart) <= board.days.key_days
    if rate is None and not near:
        return
    if rate is None:
        score, why = _by_others(board, crossing, implied)
        implying = (said, why, days_apart(crossing.apart))
        board.settle(Stage.FX, score, crossing.left, crossing.right, reasons=implying, proved=False)
        return
    expected = expected_minor(crossing.base_minor, crossing.base, crossing.quote, rate)
    difference = crossing.quote_minor - expected
    points = -(-abs(difference) * _POINTS // max(1, abs(expected)))
    within = points <= board.rules.fx.tolerance_basis_points
    exact = rate.stated and abs(difference) <= board.rules.fx.stated_rounding_minor * rows
    score = _STATED if exact else _RATE_SET if within else _OFF_RATE
    converted = Reason("converted", (f"{rate.value:f}", rate.base, rate.quote, rate.source))
    reasons = (said, converted, Reason("rate_gap", (points,)), days_apart(crossing.apart))
    board.settle(Stage.FX, score, crossing.left, crossing.right, reasons=reasons, proved=exact and near)


def expected_minor(base_minor: int, base: str, quote: str, rate: FxRate) -> int:
    """What an amount of ``base`` is in minor units of ``quote`` at a rate, in either direction, rounded half up."""
    value = rate.value if rate.base == base else 1 / rate.value
    scale = _major(1, base) / _major(1, quote)
    return int((Decimal(base_minor) * value * scale).to_integral_value(rounding=ROUND_HALF_UP))


def _rate(board: Board, crossing: Crossing) -> FxRate | None:
    """The rate stated for this label, then for this day, then for the pair at all; the newest not after the day."""
    pair = {crossing.base, crossing.quote}
    known = [rate for rate in board.rules.fx.rates if {rate.base, rate.quote} == pair]
    labelled = [rate for rate in known if rate.label and references.compact(rate.label) == crossing.label]
    if labelled:
        return labelled[0]
    day = max(board.right.table.days[row] for row in crossing.right)
    dated = [rate for rate in known if not rate.label and rate.day is not None and rate.day.toordinal() <= day]
    if dated:
        return max(dated, key=lambda rate: (rate.day is not None and rate.day.toordinal(), rate.stated))
    return next((rate for rate in known if not rate.label and rate.day is None), None)


def _by_others(board: Board, crossing: Crossing, implied: list[Decimal]) -> tuple[int, Reason]:
    """Without a rate: do other conversions of the pair imply about the same one?"""
    allowed = Decimal(board.rules.fx.tolerance_basis_points) / _POINTS
    middle = implied[len(implied) // 2]
    agrees = abs(crossing.implied / middle - 1) <= allowed
    others = sum(1 for rate in implied if abs(rate / middle - 1) <= allowed) - agrees
    score = _AGREEING if agrees and others >= _WITNESSES else _ALONE
    shown = f"{crossing.implied.quantize(_SHOWN):f}"
    return score, Reason("rate_implied", (shown, crossing.base, crossing.quote, others))
