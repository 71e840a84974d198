"""Collection cases: their state, their turns, and the events that a turn has to take into account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    func,
    insert,
    literal,
    select,
    update,
)

from domain.errors import NotFound
from store.schema import currency, document, identifier, insert_once, metadata, minor, moment, tenant

case_table = Table(
    "collection_case",
    metadata,
    identifier(),
    tenant(),
    Column("creditor_id", Text, ForeignKey("creditor.id"), nullable=False),
    Column("party_id", Text, ForeignKey("party.id"), nullable=False),
    Column("country", Text, nullable=False),
    currency(),
    Column("work_state", Text, nullable=False),
    Column("accounting_state", Text, nullable=False),
    Column("bucket", Text, nullable=False),
    Column("days_past_due", Integer, nullable=False),
    Column("oldest_due_date", Date),
    minor("overdue_minor"),
    minor("outstanding_minor"),
    Column("strategy", Text, nullable=False),
    Column("strategy_version", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("turn_no", Integer, nullable=False),
    moment("next_wake_at", nullable=True),
    moment("opened_at"),
    moment("closed_at", nullable=True),
    moment("updated_at"),
    Index(
        "uq_case_open",
        "tenant_id",
        "creditor_id",
        "party_id",
        "country",
        unique=True,
        postgresql_where="closed_at IS NULL",
    ),
    Index("ix_case_state", "tenant_id", "work_state", "days_past_due"),
)

turn_table = Table(
    "case_turn",
    metadata,
    tenant(),
    Column("case_id", Text, ForeignKey("collection_case.id"), primary_key=True),
    Column("turn_no", Integer, primary_key=True),
    moment("decided_at"),
    document("decision"),
)

event_table = Table(
    "case_event",
    metadata,
    identifier(),
    tenant(),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    moment("at"),
    moment("recorded_at"),
    moment("nudged_at", nullable=True),
    Column("turn_no", Integer),
    Index("ix_case_event_pending", "recorded_at", postgresql_where="turn_no IS NULL"),
    Index("uq_case_event_fact", "case_id", "kind", "ref", unique=True),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One party's overdue debt to one creditor in one country."""

    id: str
    tenant_id: str
    creditor_id: str
    party_id: str
    country: str
    currency: str
    work_state: str
    accounting_state: str
    bucket: str
    days_past_due: int
    oldest_due_date: date | None
    overdue_minor: int
    outstanding_minor: int
    strategy: str
    strategy_version: int
    step: int
    turn_no: int
    next_wake_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class EventRow:
    """A fact that a case has to take into account."""

    id: str
    case_id: str
    kind: str
    ref: str
    at: datetime


def add(tx: Connection, case: Case) -> None:
    """Open a case."""
    tx.execute(insert(case_table).values({name: getattr(case, name) for name in Case.__dataclass_fields__}))


def get(tx: Connection, case_id: str, *, lock: bool = False) -> Case:
    """The case, or ``case_unknown``; with ``lock`` others wait who would change it."""
    query = select(case_table).where(case_table.c.id == case_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("case_unknown", f"There is no case {case_id}.")
    return Case(**row)


def open_case(tx: Connection, *, creditor_id: str, party_id: str, country: str) -> Case | None:
    """The open case of a party at a creditor in a country."""
    query = select(case_table).where(
        case_table.c.creditor_id == creditor_id,
        case_table.c.party_id == party_id,
        case_table.c.country == country,
        case_table.c.closed_at.is_(None),
    )
    row = tx.execute(query).mappings().first()
    return Case(**row) if row else None


def latest_case(tx: Connection, *, creditor_id: str, party_id: str) -> Case | None:
    """The party's newest case at a creditor, open or closed."""
    query = (
        select(case_table)
        .where(case_table.c.creditor_id == creditor_id, case_table.c.party_id == party_id)
        .order_by(case_table.c.closed_at.is_(None).desc(), case_table.c.opened_at.desc())
        .limit(1)
    )
    row = tx.execute(query).mappings().first()
    return Case(**row) if row else None


def current_of(tx: Connection, party_id: str) -> list[Case]:
    """A party's open cases; where none is, the one that was closed last."""
    table = case_table
    query = select(table).where(table.c.party_id == party_id)
    opened = tx.execute(query.where(table.c.closed_at.is_(None)).order_by(table.c.id)).mappings().all()
    found = opened or tx.execute(query.order_by(table.c.closed_at.desc(), table.c.id).limit(1)).mappings().all()
    return [Case(**row) for row in found]


def of_debtor(tx: Connection, case: Case) -> list[str]:
    """A case and the earlier and later ones of the same debt: party, creditor, country and currency."""
    table = case_table
    query = select(table.c.id).where(
        table.c.creditor_id == case.creditor_id,
        table.c.party_id == case.party_id,
        table.c.country == case.country,
        table.c.currency == case.currency,
    )
    return list(tx.execute(query.order_by(table.c.id)).scalars())


def change(tx: Connection, case_id: str, **values: Any) -> None:
    """Change columns of a case."""
    tx.execute(update(case_table).where(case_table.c.id == case_id).values(**values))


def age(tx: Connection, today: date) -> int:
    """Bring every open case's days past due to a day; returns how many changed."""
    days = func.greatest(0, literal(today, Date) - case_table.c.oldest_due_date)
    statement = (
        update(case_table)
        .where(
            case_table.c.closed_at.is_(None),
            case_table.c.oldest_due_date.is_not(None),
            case_table.c.days_past_due != days,
        )
        .values(days_past_due=days)
    )
    return tx.execute(statement).rowcount


def find_turn(tx: Connection, case_id: str, turn_no: int) -> dict[str, Any] | None:
    """The decision of a turn that was taken already."""
    query = select(turn_table.c.decision).where(turn_table.c.case_id == case_id, turn_table.c.turn_no == turn_no)
    return tx.execute(query).scalar()


def add_turn(tx: Connection, case: Case, *, turn_no: int, decided_at: datetime, decision: dict[str, Any]) -> None:
    """Record a turn's decision; a second decision for the same turn is impossible."""
    tx.execute(
        insert(turn_table).values(
            tenant_id=case.tenant_id, case_id=case.id, turn_no=turn_no, decided_at=decided_at, decision=decision
        ),
    )


def record_event(tx: Connection, *, event: EventRow, tenant_id: str, now: datetime) -> bool:
    """Record a fact for a case once; false where the same fact stood already."""
    values = {name: getattr(event, name) for name in EventRow.__dataclass_fields__}
    return insert_once(tx, event_table, {**values, "tenant_id": tenant_id, "recorded_at": now})


def pending_events(tx: Connection, case_id: str) -> list[EventRow]:
    """Facts that no turn of the case has taken into account yet, in order."""
    columns = [event_table.c[name] for name in EventRow.__dataclass_fields__]
    query = (
        select(*columns)
        .where(event_table.c.case_id == case_id, event_table.c.turn_no.is_(None))
        .order_by(event_table.c.recorded_at, event_table.c.id)
    )
    return [EventRow(**row) for row in tx.execute(query).mappings()]


def settle_events(tx: Connection, event_ids: list[str], turn_no: int) -> None:
    """Note which turn took these facts into account."""
    tx.execute(update(event_table).where(event_table.c.id.in_(event_ids)).values(turn_no=turn_no))


def unnudged(tx: Connection, *, before: datetime, limit: int) -> list[str]:
    """Cases with facts that no turn took, recorded or last nudged before a moment: a crash may have left them."""
    query = (
        select(event_table.c.case_id)
        .join(case_table, case_table.c.id == event_table.c.case_id)
        .where(
            event_table.c.turn_no.is_(None),
            case_table.c.closed_at.is_(None),
            func.coalesce(event_table.c.nudged_at, event_table.c.recorded_at) < before,
        )
        .distinct()
        .limit(limit)
    )
    return list(tx.execute(query).scalars())


def late_wakes(tx: Connection, *, before: datetime, limit: int) -> list[str]:
    """Open cases that never had a turn, or whose wake-up moment is past: their workflow may be missing."""
    query = (
        select(case_table.c.id)
        .where(
            case_table.c.closed_at.is_(None),
            func.coalesce(case_table.c.next_wake_at, case_table.c.opened_at) < before,
        )
        .order_by(case_table.c.id)
        .limit(limit)
    )
    return list(tx.execute(query).scalars())


def unstarted(tx: Connection, *, after: str, limit: int) -> list[str]:
    """Open cases that never had a turn, after one in order of identifier."""
    query = (
        select(case_table.c.id)
        .where(case_table.c.closed_at.is_(None), case_table.c.turn_no == 0, case_table.c.id > after)
        .order_by(case_table.c.id)
        .limit(limit)
    )
    return list(tx.execute(query).scalars())


def mark_nudged(tx: Connection, case_ids: list[str], now: datetime) -> None:
    """Note that the workflows of these cases were told."""
    tx.execute(
        update(event_table)
        .where(event_table.c.case_id.in_(case_ids), event_table.c.turn_no.is_(None))
        .values(nudged_at=now),
    )


def counts_by_state(tx: Connection) -> dict[str, int]:
    """How many cases stand in each work state."""
    query = select(case_table.c.work_state, func.count()).group_by(case_table.c.work_state)
    return dict(tx.execute(query).tuples().all())
