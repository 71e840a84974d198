"""What a reconciliation answers: groups, what is left over and why, and the proof that nothing was lost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from domain.matching.reasons import Reason


class Status(StrEnum):
    """How sure a group is."""

    CONFIRMED = "confirmed"  # proved by the rule set; may be booked
    PROPOSED = "proposed"  # one explanation, for a person to accept
    AMBIGUOUS = "ambiguous"  # several of equal evidence; the rows belong together, which to which is open


class Stage(StrEnum):
    """By which evidence a group was found."""

    EXACT_KEY = "exact_key"
    EXPLAINED_KEY = "explained_key"
    LABELLED_BATCH = "labelled_batch"
    LISTED_REFERENCES = "listed_references"
    FX = "fx"
    REFERENCE = "reference"
    UNIQUE_WINDOW = "unique_window"
    BATCH_TOTAL = "batch_total"
    UNLABELLED_SUM = "unlabelled_sum"
    MANY_TO_MANY = "many_to_many"


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of both sides that are the same money; ``score`` is 0 to 100."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    status: Status
    stage: Stage
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Leftover:
    """A row that no group holds, with the reason."""

    id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Balance:
    """The completeness identity of one side in one currency, in minor units and in rows."""

    side: str
    currency: str
    input_minor: int
    confirmed_minor: int
    proposed_minor: int
    ambiguous_minor: int
    leftover_minor: int
    rows: int

    @property
    def holds(self) -> bool:
        """Is every minor unit of the input in a group or left over, exactly once?"""
        parts = (self.confirmed_minor, self.proposed_minor, self.ambiguous_minor, self.leftover_minor)
        return self.input_minor == sum(parts)


@dataclass(frozen=True, slots=True)
class Count:
    """How many groups of a stage and status, with their rows."""

    stage: Stage
    status: Status
    groups: int
    left_rows: int
    right_rows: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of one run; equal inputs and rules give an equal outcome, in whatever order rows came."""

    rules_name: str
    rules_version: int
    input_digest: str
    groups: tuple[Group, ...]
    leftover_left: tuple[Leftover, ...]
    leftover_right: tuple[Leftover, ...]
    balances: tuple[Balance, ...]
    counts: tuple[Count, ...]
    work_units: int

    @property
    def complete(self) -> bool:
        """Does the identity hold in every currency on both sides?"""
        return all(balance.holds for balance in self.balances)


# States of a row while a run goes on; the statuses of its group come after OPEN.
OPEN: Final = 0
CONFIRMED: Final = 1
PROPOSED: Final = 2
AMBIGUOUS: Final = 3
SET_ASIDE: Final = 4  # a repetition in the file: never compared

STATE_OF: Final = {Status.CONFIRMED: CONFIRMED, Status.PROPOSED: PROPOSED, Status.AMBIGUOUS: AMBIGUOUS}


def group_document(group: Group) -> dict[str, Any]:
    """A group as a JSON-ready object."""
    return {
        "left_ids": list(group.left),
        "right_ids": list(group.right),
        "status": group.status.value,
        "stage": group.stage.value,
        "score": group.score,
        "reasons": [reason.document() for reason in group.reasons],
    }
