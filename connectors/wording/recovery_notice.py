"""The notice before a vehicle is taken back: written only where the country's folder states what law prescribes.

A step with a form of its own (a schedule to an act, a registry, a court) needs that form and is not written here.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from connectors.wording.speaker import Speaker
from domain.conduct import Conduct, RecoveryStep
from domain.contacts import Confidence
from domain.errors import Invalid

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


def waiting_days(speaker: Speaker) -> int:
    """How many days pass after the notice."""
    step = prescribed(speaker.conduct, product=speaker.facts.product, on=speaker.today)
    return step.wait_days if step else 0


def check(speaker: Speaker) -> None:
    """Refuse a notice that law does not prescribe, or that comes before its time or with too short a term.

    Errors: ``notice_not_prescribed``, ``notice_too_early`` (too few instalments unpaid), ``term_too_short``.
    """
    facts = speaker.facts
    step = prescribed(speaker.conduct, product=facts.product, on=speaker.today)
    if step is None:
        raise Invalid(
            "notice_not_prescribed",
            f"No notice of the creditor's own about a vehicle is prescribed in {speaker.country_code}.",
            fix="Follow the country's recovery steps: a court, a registry or a form of its own.",
        )
    unpaid = _unpaid_first(speaker.conduct, step)
    if facts.overdue_instalments < unpaid:
        raise Invalid("notice_too_early", f"The rule {step.id} asks for {unpaid} unpaid instalments.", rule=step.id)
    if facts.vehicle is None:
        raise Invalid("notice_incomplete", "A notice about a vehicle names it.")
    if facts.pay_by is None or facts.pay_by < speaker.today + timedelta(days=step.wait_days):
        raise Invalid(
            "term_too_short",
            f"The rule {step.id} gives {step.wait_days} days.",
            fix="Set pay_by to a day not before that.",
            rule=step.id,
        )


def _unpaid_first(conduct: Conduct, step: RecoveryStep) -> int:
    """How many instalments the route of a step asks to be unpaid, by then."""
    route = (one for one in conduct.recovery if one.route == step.route and one.order <= step.order)
    return max((one.after_unpaid or 0 for one in route), default=0)
