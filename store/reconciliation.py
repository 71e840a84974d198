"""What was found to be the same money: rule sets, runs, groups and their members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
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
    select,
    text,
    update,
)

from domain.errors import NotFound
from domain.reconciliation import Leg
from store.recon_items import item_table
from store.schema import currency, document, identifier, metadata, minor, moment, tenant

rules_table = Table(
    "recon_rules",
    metadata,
    Column("connection_id", Text, ForeignKey("connection.id"), primary_key=True),
    Column("leg", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    tenant(),
    document("rules"),
    document("policy"),
    Column("set_by", Text, nullable=False),
    moment("set_at"),
)

run_table = Table(
    "recon_run",
    metadata,
    identifier(),
    tenant(),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("leg", Text, nullable=False),
    currency(),
    Column("rules_version", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("digest", Text, nullable=False),
    document("counts"),
    document("identity"),
    moment("book_mark"),
    Column("actor", Text, nullable=False),
    moment("started_at"),
    Index("ix_recon_run_context", "connection_id", "leg", "currency", "id"),
)

group_table = Table(
    "match_group",
    metadata,
    identifier(),
    tenant(),
    Column("connection_id", Text, ForeignKey("connection.id"), nullable=False),
    Column("leg", Text, nullable=False),
    currency(),
    Column("run_id", Text, ForeignKey("recon_run.id")),
    Column("status", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("score", Integer, nullable=False),
    document("reasons"),
    Column("fingerprint", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    moment("made_at"),
    Column("decided_by", Text),
    moment("decided_at", nullable=True),
    Column("note", Text),
    document("effects"),
    CheckConstraint(
        "status IN ('proposed', 'ambiguous', 'confirmed', 'rejected', 'superseded', 'split', 'revoked')",
        name="status_known",
    ),
    CheckConstraint("(status IN ('proposed', 'ambiguous')) = (decided_at IS NULL)", name="decided"),
    Index(
        "uq_match_group_standing",
        "tenant_id",
        "fingerprint",
        unique=True,
        postgresql_where=text("status IN ('proposed', 'ambiguous', 'confirmed')"),
    ),
    Index("ix_match_group_status", "tenant_id", "status", "id"),
    Index("ix_match_group_fingerprint", "tenant_id", "fingerprint"),
)

match_item_table = Table(
    "match_item",
    metadata,
    Column("group_id", Text, ForeignKey("match_group.id"), primary_key=True),
    Column("item_seq", BigInteger, ForeignKey("recon_item.seq"), primary_key=True),
    tenant(),
    minor("allocated_minor"),
    Column("confirmed", Boolean, nullable=False),
    Index("uq_match_item_confirmed", "item_seq", unique=True, postgresql_where=text("confirmed")),
    Index("ix_match_item_item", "item_seq"),
)

STATUSES: Final = ("proposed", "ambiguous", "confirmed", "rejected", "superseded", "split", "revoked")
WAITING: Final = ("proposed", "ambiguous")


@dataclass(frozen=True, slots=True)
class StoredRules:
    """One version of a connection's rule set for a leg, as the documents it was stated by."""

    connection_id: str
    leg: str
    version: int
    tenant_id: str
    rules: dict[str, Any]
    policy: dict[str, Any]
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One comparison that was kept. ``identity`` is its proof by side; ``counts`` what it found."""

    id: str
    tenant_id: str
    connection_id: str
    leg: str
    currency: str
    rules_version: int
    day: date
    digest: str
    counts: dict[str, Any]
    identity: list[dict[str, Any]]
    book_mark: datetime
    actor: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class MatchGroup:
    """Money of both sides that belongs together. ``effects`` is what was booked because of it, in order.

    ``status``: proposed and ambiguous wait for a person; confirmed is booked; revoked was undone; rejected is not
    proposed again; superseded was not found again by a later run; split became others.
    """

    id: str
    tenant_id: str
    connection_id: str
    leg: str
    currency: str
    run_id: str | None
    status: str
    stage: str
    score: int
    reasons: list[dict[str, Any]]
    fingerprint: str
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str | None
    effects: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Member:
    """One item of a group, with how much of it the group takes."""

    group_id: str
    seq: int
    side: str
    kind: str
    ref: str
    line_seq: int | None
    connection_id: str
    amount_minor: int
    fee_minor: int
    tax_minor: int
    allocated_minor: int
    currency: str
    day: date
    state: str


# Rules ---------------------------------------------------------------------------------------------------------------


def newest_rules(tx: Connection, connection_id: str, leg: Leg) -> StoredRules | None:
    """The newest version of a connection's rule set for a leg; ``None`` where the standard one counts."""
    query = (
        select(rules_table)
        .where(rules_table.c.connection_id == connection_id, rules_table.c.leg == leg.value)
        .order_by(rules_table.c.version.desc())
        .limit(1)
    )
    row = tx.execute(query).mappings().first()
    return StoredRules(**row) if row else None


def add_rules(tx: Connection, rules: StoredRules) -> None:
    """Keep a new version; earlier ones stay for the runs that used them."""
    tx.execute(insert(rules_table).values({name: getattr(rules, name) for name in StoredRules.__dataclass_fields__}))


# Runs ----------------------------------------------------------------------------------------------------------------


def lock_context(tx: Connection, *parts: str) -> None:
    """Have no other compare the same context, nor decide in it, until the transaction ends."""
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("recon/" + "/".join(parts), 0))))


def add_run(tx: Connection, run: Run) -> None:
    """Keep what a run found."""
    tx.execute(insert(run_table).values({name: getattr(run, name) for name in Run.__dataclass_fields__}))


def get_run(tx: Connection, run_id: str) -> Run:
    """A run, or ``recon_run_unknown``."""
    row = tx.execute(select(run_table).where(run_table.c.id == run_id)).mappings().first()
    if row is None:
        raise NotFound("recon_run_unknown", f"There is no run {run_id}.")
    return Run(**row)


def last_run(tx: Connection, *, connection_id: str, leg: Leg, currency: str | None = None) -> Run | None:
    """The newest run of a context."""
    query = select(run_table).where(run_table.c.connection_id == connection_id, run_table.c.leg == leg.value)
    if currency is not None:
        query = query.where(run_table.c.currency == currency)
    row = tx.execute(query.order_by(run_table.c.id.desc()).limit(1)).mappings().first()
    return Run(**row) if row else None


# Groups --------------------------------------------------------------------------------------------------------------


def add_group(tx: Connection, group: MatchGroup, members: Mapping[int, int]) -> None:
    """Keep a group with its members: item and how much of it. A confirmed one takes its items, or is refused."""
    tx.execute(insert(group_table).values({name: getattr(group, name) for name in MatchGroup.__dataclass_fields__}))
    rows = [
        {
            "group_id": group.id,
            "item_seq": seq,
            "tenant_id": group.tenant_id,
            "allocated_minor": allocated,
            "confirmed": False,  # the database follows the group's status
        }
        for seq, allocated in sorted(members.items())
    ]
    tx.execute(insert(match_item_table), rows)


def get_group(tx: Connection, group_id: str, *, lock: bool = False) -> MatchGroup:
    """A group, or ``match_group_unknown``."""
    query = select(group_table).where(group_table.c.id == group_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("match_group_unknown", f"There is no group {group_id}.")
    return MatchGroup(**row)


def change_group(tx: Connection, group_id: str, **values: Any) -> None:
    """Change a group; its members and their items follow its status."""
    tx.execute(update(group_table).where(group_table.c.id == group_id).values(**values))


def members(tx: Connection, group_ids: Sequence[str]) -> dict[str, list[Member]]:
    """The members of groups, left before right, oldest first."""
    item, member = item_table, match_item_table
    query = (
        select(
            member.c.group_id,
            item.c.seq,
            item.c.side,
            item.c.kind,
            item.c.ref,
            item.c.line_seq,
            item.c.connection_id,
            item.c.amount_minor,
            item.c.fee_minor,
            item.c.tax_minor,
            member.c.allocated_minor,
            item.c.currency,
            item.c.day,
            item.c.state,
        )
        .join(item, item.c.seq == member.c.item_seq)
        .where(member.c.group_id.in_(group_ids))
        .order_by(member.c.group_id, item.c.side, item.c.day, item.c.seq)
    )
    found: dict[str, list[Member]] = {group_id: [] for group_id in group_ids}
    for row in tx.execute(query).mappings():
        found[row["group_id"]].append(Member(**row))
    return found


def standing(tx: Connection, *, connection_id: str, leg: Leg, currency: str) -> dict[str, str]:
    """The proposals of a context that wait, by fingerprint."""
    query = select(group_table.c.fingerprint, group_table.c.id).where(
        group_table.c.connection_id == connection_id,
        group_table.c.leg == leg.value,
        group_table.c.currency == currency,
        group_table.c.status.in_(WAITING),
    )
    return dict(tx.execute(query).tuples().all())


def refused(tx: Connection, fingerprints: Sequence[str]) -> set[str]:
    """Those of the fingerprints that a person rejected or revoked: they are not found again by themselves."""
    query = select(group_table.c.fingerprint).where(
        group_table.c.fingerprint.in_(fingerprints), group_table.c.status.in_(("rejected", "revoked"))
    )
    return set(tx.execute(query).scalars())


def supersede(tx: Connection, group_ids: Sequence[str], *, by: str, now: datetime) -> None:
    """State that a later run did not find proposals again."""
    if group_ids:
        tx.execute(
            update(group_table)
            .where(group_table.c.id.in_(group_ids), group_table.c.status.in_(WAITING))
            .values(status="superseded", decided_by=by, decided_at=now)
        )


def group_of_item(tx: Connection, seq: int, *, statuses: Sequence[str] = (*WAITING, "confirmed")) -> MatchGroup | None:
    """The group that holds an item now, a confirmed one before a proposal."""
    query = (
        select(group_table)
        .join(match_item_table, match_item_table.c.group_id == group_table.c.id)
        .where(match_item_table.c.item_seq == seq, group_table.c.status.in_(statuses))
        .order_by((group_table.c.status == "confirmed").desc(), group_table.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).mappings().first()
    return MatchGroup(**row) if row else None


def waiting_with(tx: Connection, numbers: Sequence[int]) -> list[str]:
    """The proposals that hold one of these items."""
    member = match_item_table
    query = (
        select(member.c.group_id)
        .join(group_table, group_table.c.id == member.c.group_id)
        .where(member.c.item_seq.in_(numbers), group_table.c.status.in_(WAITING))
        .distinct()
    )
    return list(tx.execute(query).scalars())
