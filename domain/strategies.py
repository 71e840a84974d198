"""Strategies: versioned ladders of notices. A running case keeps the version it was opened with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.contact_policy import Channel
from domain.errors import NotFound
from domain.notices import NoticeKind


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: what is sent, how many days after the rung before it, over which channels (first usable wins)."""

    code: str
    kind: NoticeKind
    after_days: int
    channels: tuple[Channel, ...] = (Channel.EMAIL, Channel.SMS, Channel.LETTER)


@dataclass(frozen=True, slots=True)
class Strategy:
    """A ladder. After the last step, ``repeat`` is taken again every ``repeat.after_days`` days."""

    code: str
    version: int
    steps: tuple[Step, ...]
    repeat: Step

    def step(self, index: int) -> Step:
        """The rung of an index, counted from 0."""
        return self.steps[index] if index < len(self.steps) else self.repeat


_IN_FULL: Final = (Channel.LETTER, Channel.EMAIL)
_FIRST_VERSION: Final = Strategy(
    code="standard",
    version=1,
    steps=(
        Step("first", NoticeKind.FIRST_REMINDER, after_days=0),
        Step("second", NoticeKind.SECOND_REMINDER, after_days=7),
        Step("third", NoticeKind.SECOND_REMINDER, after_days=10),
    ),
    repeat=Step("monthly", NoticeKind.SECOND_REMINDER, after_days=30),
)
STANDARD: Final = Strategy(
    code="standard",
    version=2,
    steps=(
        *_FIRST_VERSION.steps,
        Step("formal", NoticeKind.FORMAL_NOTICE, after_days=14, channels=_IN_FULL),
        Step("pre_legal", NoticeKind.PRE_LEGAL, after_days=20, channels=_IN_FULL),
        Step("vehicle", NoticeKind.REPOSSESSION_NOTICE, after_days=20, channels=_IN_FULL),
    ),
    repeat=_FIRST_VERSION.repeat,
)
"""Formal notices follow the reminders; those that law or the facts do not bear are passed over (``planning``)."""

STRATEGIES: Final = {(one.code, one.version): one for one in (_FIRST_VERSION, STANDARD)}


def find(code: str, version: int) -> Strategy:
    """The strategy of a code and version, or ``strategy_unknown``."""
    strategy = STRATEGIES.get((code, version))
    if strategy is None:
        raise NotFound("strategy_unknown", f"There is no strategy {code} version {version}.")
    return strategy
