"""Closes of days: each proposal a version of its own, with its frozen figures, its state and who did what, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
    update,
)

from domain.day_close import Acceptance, Actor, CloseState, Figures, StepKind, as_document, of_document
from domain.errors import NotFound
from domain.money import Money, total
from store.schema import document, identifier, metadata, moment, tenant

STATES = tuple(state.value for state in CloseState)

day_close = Table(
    "day_close",
    metadata,
    identifier(),
    tenant(),
    Column("creditor_id", Text, ForeignKey("creditor.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    document("figures"),
    document("accepted"),
    Column("proposed_by", Text, nullable=False),
    Column("closed_by", Text),
    document("entries", nullable=True),
    document("revaluations", nullable=True),
    Column("asked_by", Text),
    Column("reason", Text),
    Column("reopened_by", Text),
    UniqueConstraint(
        "tenant_id", "creditor_id", "day", "version", name="uq_day_close_tenant_id_creditor_id_day_version"
    ),
    CheckConstraint(
        "(state IN ('closed', 'reopened')) = (closed_by IS NOT NULL)"
        " AND (closed_by IS NULL) = (entries IS NULL) AND (closed_by IS NULL) = (revaluations IS NULL)",
        name="closed",
    ),
    CheckConstraint(
        "(asked_by IS NULL) = (reason IS NULL) AND (asked_by IS NULL OR closed_by IS NOT NULL)", name="asked"
    ),
    CheckConstraint(
        "(state = 'reopened') = (reopened_by IS NOT NULL) AND (reopened_by IS NULL OR asked_by IS NOT NULL)",
        name="reopened",
    ),
    CheckConstraint("closed_by <> proposed_by", name="closed_by_another"),
    CheckConstraint("reopened_by <> asked_by", name="reopened_by_another"),
    Index(
        "ix_day_close_standing",
        "tenant_id",
        "creditor_id",
        "day",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'closed')"),
    ),
)

step = Table(
    "day_close_step",
    metadata,
    Column("close_id", Text, ForeignKey("day_close.id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    tenant(),
    Column("kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor", Text, nullable=False),
    moment("at"),
    Column("reason", Text),
)


@dataclass(frozen=True, slots=True)
class Step:
    """Who did what to a close, when, and why where a reason is given."""

    kind: StepKind
    actor: Actor
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class DayClose:
    """One version of a day's close.

    ``entries`` are those it booked, in order; ``revaluations`` the entry by which each currency is revalued at it. Both
    are empty before it is closed. ``asked_by`` is who asked last to open it again.
    """

    id: str
    tenant_id: str
    creditor_id: str
    day: date
    version: int
    state: CloseState
    figures: Figures
    accepted: tuple[Acceptance, ...]
    proposed_by: str
    asked_by: str | None
    entries: tuple[str, ...]
    revaluations: Mapping[str, str]
    steps: tuple[Step, ...]

    def step(self, kind: StepKind) -> Step | None:
        """The last step of a kind."""
        return next((one for one in reversed(self.steps) if one.kind is kind), None)


def add(
    tx: Connection,
    *,
    close_id: str,
    tenant_id: str,
    creditor_id: str,
    figures: Figures,
    accepted: Sequence[Acceptance],
    proposed_by: str,
) -> None:
    """Keep a proposal as the day's next version; a second that stands for the day is refused by the database."""
    versions = select(func.coalesce(func.max(day_close.c.version), 0) + 1).where(
        day_close.c.creditor_id == creditor_id, day_close.c.day == figures.day
    )
    tx.execute(
        insert(day_close).values(
            id=close_id,
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            day=figures.day,
            version=versions.scalar_subquery(),
            state=CloseState.PROPOSED.value,
            figures=as_document(figures),
            accepted=[{"name": one.name, "reason": one.reason} for one in accepted],
            proposed_by=proposed_by,
        )
    )


def change(tx: Connection, close_id: str, **values: Any) -> None:
    """Turn a close into its next state; what may not be is refused by the database."""
    tx.execute(update(day_close).where(day_close.c.id == close_id).values(values))


def note(
    tx: Connection,
    close_id: str,
    *,
    tenant_id: str,
    kind: StepKind,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Keep for ever who did what."""
    number = select(func.count() + 1).where(step.c.close_id == close_id).scalar_subquery()
    tx.execute(
        insert(step).values(
            close_id=close_id,
            step=number,
            tenant_id=tenant_id,
            kind=kind.value,
            actor_id=actor.id,
            actor=actor.name,
            at=at,
            reason=reason,
        )
    )


def get(tx: Connection, close_id: str, *, lock: bool = False) -> DayClose:
    """A close, or ``day_close_unknown``; ``lock`` keeps others from turning it until the transaction ends."""
    query = select(day_close).where(day_close.c.id == close_id)
    found = _closes(tx, query.with_for_update() if lock else query)
    if not found:
        raise NotFound("day_close_unknown", f"There is no close {close_id}.")
    return found[0]


def standing(tx: Connection, creditor_id: str, day: date) -> DayClose | None:
    """The proposal or close that stands for a day; ``None`` where the day is open."""
    query = select(day_close).where(
        day_close.c.creditor_id == creditor_id,
        day_close.c.day == day,
        day_close.c.state.in_([CloseState.PROPOSED.value, CloseState.CLOSED.value]),
    )
    return next(iter(_closes(tx, query)), None)


def last_closed(tx: Connection, creditor_id: str) -> DayClose | None:
    """The close of the newest closed day, by whom and when in its steps; ``None`` where no day is closed."""
    query = (
        select(day_close)
        .where(day_close.c.creditor_id == creditor_id, day_close.c.state == CloseState.CLOSED.value)
        .order_by(day_close.c.day.desc())
        .limit(1)
    )
    return next(iter(_closes(tx, query)), None)


def of_days(
    tx: Connection, creditor_id: str, *, first: date, last: date, states: Sequence[CloseState] = tuple(CloseState)
) -> list[DayClose]:
    """The closes of some days, oldest day first, then by version."""
    query = (
        select(day_close)
        .where(
            day_close.c.creditor_id == creditor_id,
            day_close.c.day.between(first, last),
            day_close.c.state.in_([state.value for state in states]),
        )
        .order_by(day_close.c.day, day_close.c.version)
    )
    return _closes(tx, query)


def page(tx: Connection, *, creditor_id: str | None, before_id: str | None, limit: int) -> list[DayClose]:
    """Closes of the tenant or of one creditor, the newest proposal first."""
    query = select(day_close).order_by(day_close.c.id.desc()).limit(limit)
    if creditor_id is not None:
        query = query.where(day_close.c.creditor_id == creditor_id)
    if before_id is not None:
        query = query.where(day_close.c.id < before_id)
    return _closes(tx, query)


def _closes(tx: Connection, query: Any) -> list[DayClose]:
    rows = list(tx.execute(query).mappings())
    steps: dict[str, list[Step]] = {row["id"]: [] for row in rows}
    noted = select(step).where(step.c.close_id.in_(list(steps))).order_by(step.c.close_id, step.c.step)
    for row in tx.execute(noted).mappings():
        actor = Actor(row["actor_id"], row["actor"])
        steps[row["close_id"]].append(Step(StepKind(row["kind"]), actor, row["at"], row["reason"]))
    return [_close(row, steps[row["id"]]) for row in rows]


def _close(row: RowMapping, steps: list[Step]) -> DayClose:
    return DayClose(
        id=row["id"],
        tenant_id=row["tenant_id"],
        creditor_id=row["creditor_id"],
        day=row["day"],
        version=row["version"],
        state=CloseState(row["state"]),
        figures=of_document(row["figures"]),
        accepted=tuple(Acceptance(**one) for one in row["accepted"]),
        proposed_by=row["proposed_by"],
        asked_by=row["asked_by"],
        entries=tuple(row["entries"] or ()),
        revaluations=dict(row["revaluations"] or {}),
        steps=tuple(steps),
    )


@dataclass(frozen=True, slots=True)
class DayResult:
    """What a closed day realised, what was unrealised at its close, and at the close before; over all currencies."""

    day: date
    realised: Money
    unrealised: Money
    before: Money


def results(tx: Connection, creditor_id: str, *, first: date, last: date) -> list[DayResult]:
    """The exchange results of closed days, oldest first; read without the rest of their figures."""
    query = (
        select(
            day_close.c.day,
            day_close.c.figures["settlement_currency"].as_string(),
            day_close.c.figures["currencies"],
        )
        .where(
            day_close.c.creditor_id == creditor_id,
            day_close.c.state == CloseState.CLOSED.value,
            day_close.c.day.between(first, last),
        )
        .order_by(day_close.c.day)
    )
    return [_result(day, currency, lines) for day, currency, lines in tx.execute(query)]


def _result(day: date, currency: str, lines: Sequence[Mapping[str, Any]]) -> DayResult:
    def summed(name: str) -> Money:
        return total([Money(*line[name]) for line in lines if line[name] is not None], currency)

    return DayResult(day, summed("realised"), summed("unrealised"), summed("before"))


def states(tx: Connection, creditor_id: str, *, first: date, last: date) -> dict[date, CloseState]:
    """Where proposals and closes of some days stand; a day that is not there is open."""
    query = select(day_close.c.day, day_close.c.state).where(
        day_close.c.creditor_id == creditor_id,
        day_close.c.day.between(first, last),
        day_close.c.state.in_([CloseState.PROPOSED.value, CloseState.CLOSED.value]),
    )
    return {day: CloseState(state) for day, state in tx.execute(query)}
