"""What people may tell a case to do. Each becomes an update of the case's workflow, answered by its next turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import AfluenteError


class HoldKind(StrEnum):
    """Why everybody must leave a debtor alone for a while."""

    DISPUTE = "dispute"
    COMPLAINT = "complaint"
    HARDSHIP = "hardship"
    INSOLVENCY = "insolvency"
    DEATH = "death"
    REPRESENTATION = "representation"
    CEASE = "cease"
    LEGAL_HOLD = "legal_hold"


class CloseReason(StrEnum):
    """How a person may end a case; ``cured`` and ``paid`` come from money alone."""

    WITHDRAWN = "withdrawn"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
    SOLD = "sold"
    TIME_BARRED = "time_barred"


@dataclass(frozen=True)
class TakePromise:
    """The debtor promises to pay. Amount in the case's currency's minor units; ``due_date`` is ISO 8601."""

    command_id: str
    actor: str
    amount_minor: int
    currency: str
    due_date: str


@dataclass(frozen=True)
class PlaceHold:
    """Leave the debtor alone from ``start`` up to, not including, ``end`` (ISO dates; no end: until released)."""

    command_id: str
    actor: str
    kind: str
    start: str
    end: str | None
    reason: str


@dataclass(frozen=True)
class ReleaseHold:
    """End a hold now."""

    command_id: str
    actor: str
    hold_id: str


@dataclass(frozen=True)
class CloseCase:
    """End the case for another reason than money."""

    command_id: str
    actor: str
    reason: str
    note: str


CaseCommand = TakePromise | PlaceHold | ReleaseHold | CloseCase


@dataclass(frozen=True)
class CommandAnswer:
    """What became of a command: accepted, with the identifier of what it made; or refused, with code and sentence."""

    command_id: str
    accepted: bool
    ref: str | None = None
    code: str | None = None
    message: str | None = None
    fix: str | None = None
    status: int = 409  # of the error, where it was refused
    state: str | None = field(default=None)  # the case's work state afterwards


def refuse(command: CaseCommand, error: AfluenteError) -> CommandAnswer:
    """The answer to a command that an error kept from being done."""
    return CommandAnswer(
        command.command_id,
        accepted=False,
        code=error.code,
        message=error.message,
        fix=error.fix,
        status=error.status,
    )
