"""What an answer is worth: pairs of lines that are the same money, found or made up, and batches found whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from benchmarks.labelled.sheets import Labelled

Group = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over one or more sets; a group is two sets of ids."""

    said: int
    true: int
    known: int
    singles_found: int
    singles: int
    batches_found: int
    batches: int

    def __add__(self, other: Score) -> Score:
        """Both together."""
        return Score(
            self.said + other.said,
            self.true + other.true,
            self.known + other.known,
            self.singles_found + other.singles_found,
            self.singles + other.singles,
            self.batches_found + other.batches_found,
            self.batches + other.batches,
        )

    @property
    def precision(self) -> float:
        """Of the pairs that were said, the share that is true."""
        return self.true / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        """Of the true pairs, the share that was said."""
        return self.true / self.known if self.known else 1.0

    @property
    def single_recall(self) -> float:
        """Of the groups of one line a side, the share that was found."""
        return self.singles_found / self.singles if self.singles else 1.0

    @property
    def batch_recall(self) -> float:
        """Of the groups of more than two lines, the share that was found as a whole."""
        return self.batches_found / self.batches if self.batches else 1.0


NOTHING = Score(0, 0, 0, 0, 0, 0, 0)


def score(made: Labelled, groups: Iterable[Group]) -> Score:
    """Compare groups with the truth. A pair is one line of each side that stand in one group."""
    said = {pair for left, right in groups for pair in product(left, right)}
    whole = set(groups)
    known = {pair for one in made.truth for pair in product(one.left, one.right)}
    found = Counter(one.batch for one in made.truth if (one.left, one.right) in whole)
    there = Counter(one.batch for one in made.truth)
    return Score(len(said), len(said & known), len(known), found[False], there[False], found[True], there[True])


def by_trap(made: Labelled, groups: Iterable[Group]) -> dict[str, tuple[int, int]]:
    """For each trap: groups found whole, and groups there are."""
    whole = set(groups)
    there, found = (
        Counter(one.trap for one in made.truth),
        Counter(one.trap for one in made.truth if (one.left, one.right) in whole),
    )
    return {trap: (found[trap], there[trap]) for trap in sorted(there)}
