"""The notice before a vehicle is taken back: which one law prescribes, and when its time has come.

A step with a form of its own (a schedule to an act, a registry, a court) needs that form and is not written here.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.conduct import Conduct, RecoveryStep
from domain.contacts import Confidence

_OWN_NOTICE: Final = "written_notice"
_FIRM: Final = frozenset({Confidence.VERIFIED, Confidence.SECONDARY})


def prescribed(conduct: Conduct, *, product: str, on: date) -> RecoveryStep | None:
    """The step that is a written notice with a waiting time, on a source that was read, if there is one."""
    steps = (
        step
        for step in conduct.recovery
        if step.form == _OWN_NOTICE
        and step.wait_days > 0
        and not step.working_days
        and step.confidence in _FIRM
        and step.holds_on(on)
        and (step.products is None or product in step.products)
    )
    return max(steps, key=lambda step: step.wait_days, default=None)


def unpaid_first(conduct: Conduct, step: RecoveryStep) -> int:
    """How many instalments the route of a step asks to be unpaid, by then."""
    return max((one.after_unpaid or 0 for one in _until(conduct, step)), default=0)


def opens_the_way(conduct: Conduct, step: RecoveryStep) -> bool:
    """Whether a step is the first of its route: nothing of another form must have been done before it."""
    return all(one.order >= step.order for one in _until(conduct, step))


def _until(conduct: Conduct, step: RecoveryStep) -> list[RecoveryStep]:
    return [one for one in conduct.recovery if one.route == step.route and one.order <= step.order]
