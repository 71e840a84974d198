"""References quoted whole inside the other side's text, found by look-up instead of comparing letters."""

from __future__ import annotations

from typing import Final

from domain.matching import names, references
from domain.matching.board import Board, Context, Side
from domain.matching.names import Likeness
from domain.matching.outcome import Stage
from domain.matching.reasons import Reason, days_apart, plain

_SCORES: Final = {Likeness.SAME: 99, Likeness.CLOSE: 98, Likeness.WEAK: 96, Likeness.UNKNOWN: 96}
_LEAST: Final = 6  # characters of a reference that is looked for inside a text


def match(board: Board, context: Context) -> None:
    """Settle rows of one amount where one text quotes the other's reference, neither quoting nor quoted elsewhere."""
    left, right = board.open_left(context), board.open_right(context)
    for turned in (False, True):
        own, other = (right, left) if turned else (left, right)
        side, texts = (board.right, board.left) if turned else (board.left, board.right)
        for row, text in _quotations(board, side, own, texts, other):
            _settle(board, context.currency, text if turned else row, row if turned else text)


def _quotations(board: Board, side: Side, rows: list[int], texts: Side, others: list[int]) -> list[tuple[int, int]]:
    """Rows with the one text that quotes their reference, where that text quotes no other."""
    owners = _owners(board, side, rows)
    quoted: dict[int, list[int]] = {}
    for text in others:
        said = texts.table.references[text]
        if not owners or texts.state[text] or not said or said.isalnum():
            continue
        found = {owners[word] for word in references.words(said) if word in owners}
        if len(found) == 1:
            quoted.setdefault(found.pop(), []).append(text)
    return [(row, found[0]) for row, found in quoted.items() if len(found) == 1 and row >= 0]


def _owners(board: Board, side: Side, rows: list[int]) -> dict[str, int]:
    """Open rows by their reference; a reference of several belongs to -1."""
    owners: dict[str, int] = {}
    for row in rows:
        reference = side.refs[row]
        if len(reference) >= _LEAST and not side.state[row] and reference not in board.common:
            owners[reference] = -1 if reference in owners else row
    return {reference: row for reference, row in owners.items() if references.informative(reference)}


def _settle(board: Board, currency: str, left: int, right: int) -> None:
    if board.left.state[left] or board.right.state[right] or board.left.amounts[left] != board.right.amounts[right]:
        return
    left_day, right_day = board.left.table.days[left], board.right.table.days[right]
    payer = names.compare(board.left.payer(left), board.right.payer(right))
    if payer == Likeness.DIFFERENT or not board.days.within(left_day, right_day):
        return
    reference = min(board.left.refs[left], board.right.refs[right], key=lambda text: (len(text), text))
    reasons = (
        Reason("same_amount", (board.left.amounts[left], currency)),
        Reason("reference_contained", (reference,)),
        plain("unique_both_ways"),
        days_apart(right_day - left_day),
    )
    board.settle(Stage.REFERENCE, _SCORES[payer], (left,), (right,), reasons=reasons)
