"""Changes of rules of cash sweeps: what one person proposes and another approves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)

from domain.day_close import Actor
from domain.errors import NotFound
from domain.sweeps import SweepRule
from store import sweeps
from store.schema import decided_by_another, document, identifier, metadata, tenant

table = Table(
    "sweep_rule_change",
    metadata,
    identifier(),
    tenant(),
    Column("rule_id", Text, ForeignKey("sweep_rule.id"), nullable=False),
    Column("since", Integer, nullable=False),
    document("terms"),
    Column("reason", Text, nullable=False),
    *decided_by_another(),
    Index("ux_sweep_rule_change_waiting", "rule_id", unique=True, postgresql_where=text("state = 'proposed'")),
)


class ChangeState(StrEnum):
    """What became of a change: its author withdraws it, another person approves or declines it."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """Terms for the place of a rule's revision ``since``, with who proposed and who decided it and why."""

    id: str
    rule_id: str
    since: int
    terms: SweepRule
    reason: str
    state: ChangeState
    proposed_by: str
    proposer: str
    proposed_at: datetime
    decided_by: str | None = None
    decider: str | None = None
    decided_at: datetime | None = None
    remark: str | None = None


def add(tx: Connection, change: RuleChange, *, tenant_id: str) -> None:
    """Keep a change that is proposed."""
    values = {name: getattr(change, name) for name in RuleChange.__dataclass_fields__}
    terms = {name: _written(value) for name, value in sweeps.values_of(change.terms).items()}
    tx.execute(insert(table).values(tenant_id=tenant_id, **values | {"terms": terms, "state": change.state.value}))


def decide(tx: Connection, change_id: str, state: ChangeState, *, actor: Actor, now: datetime, remark: str) -> None:
    """Say what became of a proposed change."""
    decided = {"decided_by": actor.id, "decider": actor.name, "decided_at": now, "remark": remark}
    tx.execute(update(table).where(table.c.id == change_id).values(state=state.value, **decided))


def get(tx: Connection, change_id: str, *, locked: bool = False) -> RuleChange:
    """The change, or ``sweep_rule_change_unknown``; ``locked`` until the transaction ends."""
    query = select(table).where(table.c.id == change_id)
    row = tx.execute(query.with_for_update() if locked else query).mappings().first()
    if row is None:
        raise NotFound("sweep_rule_change_unknown", f"There is no change {change_id} of a sweep rule.")
    return _change(row)


def waiting(tx: Connection) -> Mapping[str, RuleChange]:
    """The changes of the tenant's rules that wait for a second person, by rule."""
    query = select(table).where(table.c.state == ChangeState.PROPOSED.value)
    return {row["rule_id"]: _change(row) for row in tx.execute(query).mappings()}


def _change(row: RowMapping) -> RuleChange:
    values = {name: row[name] for name in RuleChange.__dataclass_fields__}
    terms = dict(row["terms"])
    read: dict[str, Any] = {name: time.fromisoformat(terms[name]) for name in ("opens", "cut_off")}
    read |= {name: terms[name] and date.fromisoformat(terms[name]) for name in ("active_from", "active_until")}
    return RuleChange(**values | {"terms": sweeps.rule_of(terms | read), "state": ChangeState(row["state"])})


def _written(value: object) -> object:
    """A column's value as a document holds it, which is how the database writes it too."""
    return value.isoformat() if isinstance(value, date | time) else value
