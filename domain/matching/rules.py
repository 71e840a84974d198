"""The rule set of a reconciliation: named, versioned, and nothing in it depends on the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from domain.errors import Invalid
from domain.matching.outcome import Stage

NEGATIVE_KINDS: Final = frozenset(
    {"refund", "chargeback", "reversal", "return", "returned", "dispute", "med", "med_return", "bounce", "fee", "tax"}
)
PROVABLE: Final = frozenset(
    {
        Stage.EXACT_KEY,
        Stage.EXPLAINED_KEY,
        Stage.LABELLED_BATCH,
        Stage.LISTED_REFERENCES,
        Stage.FX,
        Stage.BATCH_TOTAL,
        Stage.REFERENCE,
        Stage.UNIQUE_WINDOW,
    }
)
_PERCENT: Final = Decimal(100)


class Direction(StrEnum):
    """Which side tells of the money first; ``auto`` reads it from rows that share a unique reference."""

    RIGHT_AFTER_LEFT = "right_after_left"
    LEFT_AFTER_RIGHT = "left_after_right"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Windows:
    """How far apart in time two rows of the same money may be.

    ``before_days`` and ``after_days`` are business days of the later side against the earlier; ``key_days`` are
    calendar days either way for rows that share a reference; ``clock_shift_days`` are calendar days either way that
    time zones and cut-off hours may always shift. ``weekend`` counts Monday as 0.
    """

    before_days: int = 1
    after_days: int = 5
    key_days: int = 15
    clock_shift_days: int = 1
    direction: Direction = Direction.AUTO
    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Schedule:
    """A contracted fee or tax on rows of a kind (``None``: every kind), in minor units and percent of the amount.

    ``per_batch`` schedules are taken once from a payout instead of from each row. ``what`` is ``fee`` or ``tax``;
    a tax with ``of_fee`` is a percentage of the fees before it.
    """

    name: str
    kind: str | None = None
    percent: Decimal = Decimal(0)
    flat_minor: int = 0
    min_minor: int | None = None
    max_minor: int | None = None
    what: str = "fee"
    of_fee: bool = False
    per_batch: bool = False

    def applies(self, kind: str) -> bool:
        """Is it taken of rows of this kind?"""
        return self.kind is None or self.kind == kind

    def of(self, amount_minor: int) -> int:
        """What is taken of an amount, rounded half up; nothing of a negative one."""
        if amount_minor <= 0:
            return 0
        part = (amount_minor * self.percent / _PERCENT).to_integral_value(rounding=ROUND_HALF_UP)
        taken = int(part) + self.flat_minor
        if self.min_minor is not None:
            taken = max(taken, self.min_minor)
        return taken if self.max_minor is None else min(taken, self.max_minor)


@dataclass(frozen=True, slots=True)
class FxRate:
    """``value`` units of ``quote`` for one ``base`` (major units).

    ``stated`` marks the platform's own word for a conversion (of a day, or of the batch or reference in ``label``),
    which must then hold to the minor unit of rounding; other rates hold within the tolerance.
    """

    base: str
    quote: str
    value: Decimal
    day: date | None = None
    label: str | None = None
    stated: bool = False
    source: str = "rate set"


@dataclass(frozen=True, slots=True)
class FxRules:
    """Rates and how far from them a conversion may be, in basis points."""

    rates: tuple[FxRate, ...] = ()
    tolerance_basis_points: int = 100
    stated_rounding_minor: int = 1


@dataclass(frozen=True, slots=True)
class Budgets:
    """Limits in counted work, never in time, so that a slow machine gives the same answer.

    ``pairs_per_row`` bounds comparisons within rows of one amount; ``pool_rows`` the rows among which sums are
    searched; ``set_rows`` the rows of a sum; ``sets`` the sets looked through for one sum; ``units`` and
    ``units_per_row`` the look-ups of all sums of a run.
    """

    pairs_per_row: int = 6
    pool_rows: int = 40
    set_rows: int = 12
    sets: int = 200_000
    units: int = 400_000
    units_per_row: int = 50


@dataclass(frozen=True, slots=True)
class Confirming:
    """What may be confirmed without a person: stages and the least score."""

    stages: frozenset[Stage] = PROVABLE
    score: int = 95


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything that a run decides by; a changed rule is a new version.

    ``tolerance_minor`` and ``tolerance_basis_points`` forgive a difference between rows of one reference (the larger
    of the two counts); ``rounding_minor`` forgives scheduled fees; beyond ``largest_difference_basis_points`` rows of
    one reference are proposed only as parts of a debt, and not beyond
    ``largest_part_basis_points`` of the larger. ``margin`` is how much better than the next a candidate must be.
    """

    name: str = "standard"
    version: int = 1
    windows: Windows = field(default_factory=Windows)
    schedules: tuple[Schedule, ...] = ()
    tolerance_minor: int = 0
    tolerance_basis_points: int = 0
    rounding_minor: int = 1
    largest_difference_basis_points: int = 1_000
    largest_part_basis_points: int = 9_000
    negative_kinds: frozenset[str] = NEGATIVE_KINDS
    confirming: Confirming = field(default_factory=Confirming)
    propose_from: int = 60
    margin: int = 5
    fx: FxRules = field(default_factory=FxRules)
    budgets: Budgets = field(default_factory=Budgets)

    def __post_init__(self) -> None:
        numbers = (
            self.windows.before_days,
            self.windows.after_days,
            self.windows.key_days,
            self.windows.clock_shift_days,
            self.tolerance_minor,
            self.tolerance_basis_points,
            self.rounding_minor,
        )
        if min(numbers) < 0 or max(numbers[:4]) > _LONGEST_WINDOW:
            raise Invalid("rules_out_of_range", "Windows are 0 to 120 days and tolerances are not negative.")
        if self.margin < 1 or not 0 <= self.propose_from <= self.confirming.score <= _TOP:
            raise Invalid(
                "rules_out_of_range", "The margin is at least 1, and scores rise from proposing to confirming."
            )
        if not 1 <= self.budgets.pool_rows <= _LARGEST_POOL or self.budgets.set_rows > _LARGEST_SET:
            raise Invalid("rules_out_of_range", "A pool has 1 to 200 rows, and a set at most 20.")


_LONGEST_WINDOW: Final = 120
_TOP: Final = 100
_LARGEST_POOL: Final = 200
_LARGEST_SET: Final = 20
