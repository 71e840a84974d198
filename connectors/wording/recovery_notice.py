"""The notice before a vehicle is taken back: written only where the country's folder states what law prescribes.

A step with a form of its own (a schedule to an act, a registry, a court) needs that form and is not written here.
"""

from __future__ import annotations

from datetime import timedelta

from connectors.wording.speaker import Speaker
from domain.errors import Invalid
from domain.recovery import prescribed, unpaid_first


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
            f"No notice of the creditor's own about a vehicle is prescribed in {speaker.country.code}.",
            fix="Follow the country's recovery steps: a court, a registry or a form of its own.",
        )
    unpaid = unpaid_first(speaker.conduct, step)
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
