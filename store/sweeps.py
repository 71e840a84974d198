"""Rules of cash sweeps, the papers attached to them, and who changed what and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    RowMapping,
    Table,
    Text,
    Time,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.errors import NotFound
from domain.fx import FxQuote
from domain.money import Money
from domain.remittance import HeldDocument, Purpose
from domain.sweep_schedules import Days, Schedule
from domain.sweeps import Direction, FxPolicy, RuleStatus, SweepKind, SweepRule
from store import rates
from store.schema import currency, document, identifier, metadata, minor, moment, tenant

rule_table = Table(
    "sweep_rule",
    metadata,
    identifier(),
    tenant(),
    Column("child_account_id", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("kind", Text, nullable=False),
    currency(),
    minor("minimum_minor"),
    minor("approval_above_minor"),
    minor("trigger_minor", nullable=True),
    minor("target_minor", nullable=True),
    Column("zone", Text, nullable=False),
    Column("opens", Time, nullable=False),
    Column("cut_off", Time, nullable=False),
    Column("days", Text, nullable=False),
    Column("day_numbers", ARRAY(Integer), nullable=False),
    Column("fx_policy", Text, nullable=False),
    Column("max_spread_basis_points", Integer),
    Column("purpose", Text, nullable=False),
    Column("most_days_in_transit", Integer, nullable=False),
    Column("active_from", Date, nullable=False),
    Column("active_until", Date),
    Column("status", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_by", Text, nullable=False),
    moment("created_at"),
    Column("changed_by", Text, nullable=False),
    moment("changed_at"),
    CheckConstraint(
        "minimum_minor >= 0 AND approval_above_minor >= 0"
        " AND coalesce(trigger_minor, 0) >= 0 AND coalesce(target_minor, 0) >= 0",
        name="amounts",
    ),
    CheckConstraint("opens < cut_off", name="hours"),
    Index("ix_sweep_rule_tenant", "tenant_id", "id"),
)

document_table = Table(
    "sweep_document",
    metadata,
    identifier(),
    tenant(),
    Column("rule_id", Text, ForeignKey("sweep_rule.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date),
    Column("filename", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("attached_by", Text, nullable=False),
    moment("attached_at"),
    CheckConstraint("last_day >= first_day", name="days"),
    Index("ix_sweep_document_rule", "rule_id", "id"),
)

event_table = Table(
    "sweep_event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    document("detail"),
    moment("at"),
    Index("ix_sweep_event_subject", "tenant_id", "subject", "seq"),
)


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as it stands, with who made it and who changed it last; ``revision`` counts from 1."""

    rule: SweepRule
    revision: int
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class SweepDocument:
    """A paper attached to a rule, without its content."""

    id: str
    rule_id: str
    code: str
    first_day: date
    last_day: date | None
    filename: str
    sha256: str
    note: str
    attached_by: str
    attached_at: datetime

    @property
    def held(self) -> HeldDocument:
        """What it covers."""
        return HeldDocument(self.code, self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class SweepEvent:
    """One change of a rule, a run or a bank account."""

    kind: str
    actor: str
    reason: str
    detail: Mapping[str, Any]
    at: datetime


# Rules ------------------------------------------------------------------------------------------------------------


def add_rule(tx: Connection, rule: SweepRule, *, tenant_id: str, actor: str, now: datetime) -> None:
    """Keep a new rule."""
    who = {"created_by": actor, "created_at": now, "changed_by": actor, "changed_at": now}
    tx.execute(insert(rule_table).values(tenant_id=tenant_id, revision=1, **values_of(rule), **who))


def change_rule(tx: Connection, rule: SweepRule, *, since: int, actor: str, now: datetime) -> None:
    """Put a rule in the place of its revision ``since``, which the caller has locked."""
    statement = update(rule_table).where(rule_table.c.id == rule.id)
    tx.execute(statement.values(revision=since + 1, changed_by=actor, changed_at=now, **values_of(rule)))


def get_rule(tx: Connection, rule_id: str, *, locked: bool = False) -> StoredRule:
    """The rule, or ``sweep_rule_unknown``; ``locked`` until the transaction ends."""
    query = select(rule_table).where(rule_table.c.id == rule_id)
    row = tx.execute(query.with_for_update() if locked else query).mappings().first()
    if row is None:
        raise NotFound("sweep_rule_unknown", f"There is no sweep rule {rule_id}.")
    return _stored(row)


def rules(tx: Connection, *, status: RuleStatus | None = None) -> list[StoredRule]:
    """The tenant's rules, the oldest first."""
    query = select(rule_table).order_by(rule_table.c.id)
    if status is not None:
        query = query.where(rule_table.c.status == status.value)
    return [_stored(row) for row in tx.execute(query).mappings()]


def values_of(rule: SweepRule) -> dict[str, Any]:
    """A rule's terms by the names of their columns."""
    schedule = rule.schedule
    return {
        "id": rule.id,
        "child_account_id": rule.child_account_id,
        "direction": rule.direction.value,
        "kind": rule.kind.value,
        "currency": rule.currency,
        "minimum_minor": rule.minimum.minor,
        "approval_above_minor": rule.approval_above.minor,
        "trigger_minor": None if rule.trigger is None else rule.trigger.minor,
        "target_minor": None if rule.target is None else rule.target.minor,
        "zone": schedule.zone,
        "opens": schedule.opens,
        "cut_off": schedule.cut_off,
        "days": schedule.days.value,
        "day_numbers": list(schedule.numbers),
        "fx_policy": rule.fx_policy.value,
        "max_spread_basis_points": rule.max_spread_basis_points,
        "purpose": rule.purpose.value,
        "most_days_in_transit": rule.most_days_in_transit,
        "active_from": rule.active_from,
        "active_until": rule.active_until,
        "status": rule.status.value,
    }


def _stored(row: RowMapping) -> StoredRule:
    who = ("revision", "created_by", "created_at", "changed_by", "changed_at")
    return StoredRule(rule_of(dict(row)), **{name: row[name] for name in who})


def rule_of(row: Mapping[str, Any]) -> SweepRule:
    """The rule whose terms these are."""

    def amount(name: str) -> Money | None:
        return None if row[name] is None else Money(row[name], row["currency"])

    return SweepRule(
        id=row["id"],
        child_account_id=row["child_account_id"],
        direction=Direction(row["direction"]),
        kind=SweepKind(row["kind"]),
        currency=row["currency"],
        minimum=Money(row["minimum_minor"], row["currency"]),
        approval_above=Money(row["approval_above_minor"], row["currency"]),
        trigger=amount("trigger_minor"),
        target=amount("target_minor"),
        schedule=Schedule(row["zone"], row["opens"], row["cut_off"], Days(row["days"]), tuple(row["day_numbers"])),
        fx_policy=FxPolicy(row["fx_policy"]),
        max_spread_basis_points=row["max_spread_basis_points"],
        purpose=Purpose(row["purpose"]),
        most_days_in_transit=row["most_days_in_transit"],
        active_from=row["active_from"],
        active_until=row["active_until"],
        status=RuleStatus(row["status"]),
    )


# Papers -----------------------------------------------------------------------------------------------------------


def add_document(tx: Connection, paper: SweepDocument, *, tenant_id: str, body: bytes) -> None:
    """Keep a paper with its content, for ever."""
    values = {name: getattr(paper, name) for name in SweepDocument.__dataclass_fields__}
    tx.execute(insert(document_table).values(tenant_id=tenant_id, body=body, **values))


_PAPER = [document_table.c[name] for name in SweepDocument.__dataclass_fields__]


def documents(tx: Connection, rule_id: str) -> list[SweepDocument]:
    """The papers of a rule, the newest first."""
    query = select(*_PAPER).where(document_table.c.rule_id == rule_id).order_by(document_table.c.id.desc())
    return [SweepDocument(**row) for row in tx.execute(query).mappings()]


def document_body(tx: Connection, document_id: str) -> tuple[SweepDocument, bytes]:
    """A paper and its content, or ``sweep_document_unknown``."""
    row = tx.execute(select(*_PAPER, document_table.c.body).where(document_table.c.id == document_id)).mappings()
    found = row.first()
    if found is None:
        raise NotFound("sweep_document_unknown", f"There is no document {document_id}.")
    return SweepDocument(**{key: value for key, value in found.items() if key != "body"}), found["body"]


# What happened ----------------------------------------------------------------------------------------------------


def note(tx: Connection, subject: str, event: SweepEvent, *, tenant_id: str) -> None:
    """Write down a change; nothing that was written is ever changed."""
    tx.execute(
        insert(event_table).values(
            tenant_id=tenant_id,
            subject=subject,
            kind=event.kind,
            actor=event.actor,
            reason=event.reason,
            detail=dict(event.detail),
            at=event.at,
        )
    )


def events(tx: Connection, subject: str) -> list[SweepEvent]:
    """What happened to a rule, a run or a bank account, in order."""
    columns = [event_table.c[name] for name in SweepEvent.__dataclass_fields__]
    query = select(*columns).where(event_table.c.subject == subject).order_by(event_table.c.seq)
    return [SweepEvent(**row) for row in tx.execute(query).mappings()]


# Quotes -----------------------------------------------------------------------------------------------------------


def usable_quote(tx: Connection, base: str, quote: str, *, at: datetime) -> FxQuote | None:
    """The newest quote of a pair that is good at a moment."""
    table = rates.fx_quote
    query = (
        select(*(table.c[name] for name in FxQuote.__dataclass_fields__))
        .where(table.c.base == base, table.c.quote == quote, table.c.quoted_at <= at, table.c.valid_until > at)
        .order_by(table.c.quoted_at.desc(), table.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).mappings().first()
    return None if row is None else FxQuote(**row)
