"""One sweep from plan to arrival: its states, who may approve it, and how far from expected it may arrive.

planned ─► sent ─► in_transit ─► arrived
   │  ▲      │          │
   ▼  │      └────┬─────┘
awaiting_approval ├─► failed    (the bank did not carry it out; booked back exactly)
   │              └─► returned  (it left and came back; booked back exactly)
   └─► cancelled, or failed before anything was booked
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.errors import Forbidden, Invalid, Refused
from domain.money import Money

FAR_OFF: Final = Decimal("0.05")
"""An arrival further than this from what was expected needs a person to say that it is meant."""


class RunState(StrEnum):
    """How far a sweep is. ``sent``: booked and to be told to the bank; ``in_transit``: the bank has taken it."""

    PLANNED = "planned"
    AWAITING_APPROVAL = "awaiting_approval"
    SENT = "sent"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


WAITING: Final = (RunState.PLANNED, RunState.AWAITING_APPROVAL)
"""Nothing is booked yet."""
ON_ITS_WAY: Final = (RunState.SENT, RunState.IN_TRANSIT)
"""Booked as on its way."""
LEFT: Final = (*ON_ITS_WAY, RunState.ARRIVED, RunState.RETURNED)
"""Booked as gone from the child account's bank, whatever became of it then."""
WITHOUT_EFFECT: Final = (RunState.FAILED, RunState.CANCELLED)
"""A business date with nothing but these may be run again."""


def told_as(run_id: str) -> tuple[str, str]:
    """What banks call a sweep: its end-to-end identification in the letters of SWIFT, and the telling part of that."""
    return run_id.replace("_", " "), run_id.partition("_")[2]


def may_name_a_run(reference: str) -> bool:
    """Whether a reference has the form of what ``told_as`` gives."""
    return _TOLD.fullmatch(reference) is not None


_TOLD: Final = re.compile(r"(swp )?[0-9a-z]{26}", re.IGNORECASE)


def may_approve(approver: str, involved: Collection[str]) -> None:
    """Four eyes: refuse with ``four_eyes`` whoever asked for the sweep or last changed its rule."""
    if approver in involved:
        raise Forbidden(
            "four_eyes",
            "Whoever asked for a sweep, or wrote its rule, cannot approve it.",
            fix="Let a second person of treasury approve it.",
        )


def check_arrival(arrived: Money, expected: Money, *, on: date, sent: date, today: date, meant: bool) -> None:
    """Refuse an arrival that cannot be, or that is ``FAR_OFF`` and not said to be meant.

    Raises ``arrival_amount_invalid``, ``arrival_day_invalid`` and ``arrival_far_off``.
    """
    if arrived.currency != expected.currency or arrived.minor <= 0:
        raise Invalid("arrival_amount_invalid", f"What arrives is a positive amount in {expected.currency}.")
    if not sent <= on <= today:
        raise Invalid("arrival_day_invalid", f"It arrived between {sent} and {today}.")
    difference = abs(arrived.minor - expected.minor)
    if not meant and difference > FAR_OFF * expected.minor:
        raise Refused(
            "arrival_far_off",
            f"{arrived} arrived where {expected} was expected.",
            fix="Look at the bank statement again; if it is right, confirm the difference.",
        )
