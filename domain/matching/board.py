"""The state of one run: two prepared sides, which rows are still open, and the groups found so far."""

from __future__ import annotations

from typing import NamedTuple

from domain.matching import amounts, names, references
from domain.matching.days import Days
from domain.matching.outcome import OPEN, STATE_OF, Stage, Status
from domain.matching.reasons import Reason
from domain.matching.references import Reference
from domain.matching.rows import Table
from domain.matching.rules import RuleSet


class Found(NamedTuple):
    """A group by places in the columns."""

    stage: Stage
    status: Status
    score: int
    left: tuple[int, ...]
    right: tuple[int, ...]
    reasons: tuple[Reason, ...]


class Side:
    """The columns of one side, amounts signed by kind, references made comparable."""

    __slots__ = ("_grossed", "_known", "_payers", "amounts", "nets", "refs", "rules", "state", "table")

    def __init__(self, table: Table, rules: RuleSet) -> None:
        self.table = table
        self.rules = rules
        self.state = bytearray(len(table))
        self.refs = [references.compact(text) if text else "" for text in table.references]
        kinds = {kind: kind.strip().lower() for kind in set(table.kinds)}
        minus = {kind for kind, plain in kinds.items() if plain in rules.negative_kinds}
        self.amounts = table.amounts
        if minus:
            self.amounts = [
                -abs(amount) if kind in minus else amount
                for amount, kind in zip(table.amounts, table.kinds, strict=True)
            ]
        self._grossed: list[int] | None = None
        self._known: frozenset[str] | None = None
        self._payers: dict[str, str] = {"": ""}
        self.nets = self.amounts
        if any(table.fees) or any(table.taxes):
            taken = zip(self.amounts, table.fees, table.taxes, strict=True)
            self.nets = [amount - fee - tax for amount, fee, tax in taken]

    def grossed(self) -> list[int]:
        """The amounts with their fees and taxes put back, for a side that states what is left."""
        if self._grossed is None:
            pairs = zip(self.amounts, self.nets, strict=True)
            self._grossed = [2 * amount - net for amount, net in pairs]
        return self._grossed

    def known(self) -> frozenset[str]:
        """Every reference of the side, matched or not."""
        if self._known is None:
            self._known = frozenset(self.refs)
        return self._known

    def reference(self, index: int) -> Reference:
        """The reference of a row with the parts of its text."""
        return references.read(self.table.references[index])

    def payer(self, index: int) -> str:
        """The key of a row's payer: the same for the same name however it is written; empty without one."""
        text = self.table.payers[index]
        known = self._payers.get(text)
        if known is None:
            known = self._payers[text] = names.key(text)
        return known

    def kind(self, index: int) -> str:
        """The kind of a row, in small letters."""
        return self.table.kinds[index].strip().lower()

    def taken_of(self, index: int) -> int:
        """The fee and tax that the row itself states."""
        return self.amounts[index] - self.nets[index]

    def by_schedule(self, index: int) -> int:
        """The amount less what the schedules of its kind take of it."""
        kind = self.kind(index)
        applying = [schedule for schedule in self.rules.schedules if not schedule.per_batch and schedule.applies(kind)]
        return self.amounts[index] - amounts.scheduled(self.amounts[index], applying)


class Context(NamedTuple):
    """The rows of one currency, by place; all that may be compared with each other without a rate."""

    currency: str
    left: list[int]
    right: list[int]


class Board:
    """Both sides of a run; groups are put down once and never taken back."""

    __slots__ = ("common", "days", "found", "left", "right", "rules", "searched", "units")

    def __init__(self, left: Side, right: Side, rules: RuleSet, days: Days) -> None:
        self.left = left
        self.right = right
        self.rules = rules
        self.days = days
        self.found: list[Found] = []
        self.units = 0
        self.common: set[str] = set()  # references of so many rows that they name a shop, not a debt
        self.searched: tuple[dict[int, int], dict[int, int]] = ({}, {})  # rows whose sums were not all searched

    def open_left(self, context: Context) -> list[int]:
        """The left rows of a currency that no group holds."""
        state = self.left.state
        return [index for index in context.left if not state[index]]

    def open_right(self, context: Context) -> list[int]:
        """The right rows of a currency that no group holds."""
        state = self.right.state
        return [index for index in context.right if not state[index]]

    def faces(self) -> tuple[tuple[list[int], list[int]], ...]:
        """Which columns of amounts may be equal: gross to gross first, then less or plus the fees that rows state."""
        left, right = self.left, self.right
        faces = [(left.amounts, right.amounts)]
        if left.nets is not left.amounts:
            faces.append((left.nets, right.amounts))
        if right.nets is not right.amounts:
            faces += [(left.amounts, right.nets), (left.amounts, right.grossed())]
        return tuple(faces)

    def settle(
        self,
        stage: Stage,
        score: int,
        left: tuple[int, ...],
        right: tuple[int, ...],
        *,
        reasons: tuple[Reason, ...],
        proved: bool = True,
    ) -> bool:
        """Put a group down, confirmed where it is proved and the rules allow; too low a score leaves its rows open."""
        confirming = self.rules.confirming
        if proved and score >= confirming.score and stage in confirming.stages:
            self._put(Found(stage, Status.CONFIRMED, score, left, right, reasons))
            return True
        if score < self.rules.propose_from:
            return False
        self._put(Found(stage, Status.PROPOSED, score, left, right, reasons))
        return True

    def leave_ambiguous(
        self, stage: Stage, score: int, left: tuple[int, ...], right: tuple[int, ...], reasons: tuple[Reason, ...]
    ) -> None:
        """Put down rows that belong together without saying which to which."""
        self._put(Found(stage, Status.AMBIGUOUS, score, left, right, reasons))

    def _put(self, group: Found) -> None:
        state = STATE_OF[group.status]
        for side, members in ((self.left, group.left), (self.right, group.right)):
            for index in members:
                if side.state[index] != OPEN:
                    raise AssertionError(f"row {index} is taken twice by {group.stage}")
                side.state[index] = state
        self.found.append(group)
