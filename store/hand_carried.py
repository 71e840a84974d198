"""Notices that a person carries: calls that are made, and letters that are posted in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    any_,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.contacts import Channel
from domain.errors import NotFound
from store.notices import Notice, notice_table
from store.permits import permit_table
from store.schema import identifier, metadata, moment, tenant

WAITING: Final = ("queued", "sending")

batch_table = Table(
    "letter_batch",
    metadata,
    identifier(),
    tenant(),
    Column("made_by", Text, nullable=False),
    moment("made_at"),
)

carried_table = Table(
    "hand_carried",
    metadata,
    Column("notice_id", Text, ForeignKey("notice.id"), primary_key=True),
    tenant(),
    Column("batch_id", Text, ForeignKey("letter_batch.id")),
    Column("actor", Text, nullable=False),
    Column("taken_by", Text, nullable=False),
    moment("taken_at"),
    moment("verified_at", nullable=True),
    Column("tries", Integer, nullable=False),
    moment("posted_at", nullable=True),
    Column("tracking", Text),
    moment("returned_at", nullable=True),
    Column("returned_because", Text),
    CheckConstraint("actor IN ('creditor', 'agency', 'lawyer')", name="actor_known"),
    CheckConstraint("tries > 0", name="tries_positive"),
    CheckConstraint("(returned_at IS NULL) = (returned_because IS NULL)", name="returned"),
    Index("ix_hand_carried_batch", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a person does with one notice. ``verified_at`` is when the debtor proved who they are on a call.

    ``tries`` counts calls; ``posted_at``, ``tracking`` and ``returned_…`` are a letter's.
    """

    notice_id: str
    tenant_id: str
    batch_id: str | None
    actor: str
    taken_by: str
    taken_at: datetime
    verified_at: datetime | None = None
    tries: int = 1
    posted_at: datetime | None = None
    tracking: str | None = None
    returned_at: datetime | None = None
    returned_because: str | None = None


@dataclass(frozen=True, slots=True)
class LetterBatch:
    """Letters that were taken out of the outbox together."""

    id: str
    tenant_id: str
    made_by: str
    made_at: datetime


def waiting(tx: Connection, channel: str, *, now: datetime, limit: int) -> list[Notice]:
    """Notices of a channel that wait for a person, or are in somebody's hands; the longest due first."""
    query = (
        select(notice_table)
        .where(
            notice_table.c.channel == channel,
            notice_table.c.state.in_(WAITING),
            notice_table.c.not_before <= now,
        )
        .order_by(notice_table.c.not_before, notice_table.c.id)
        .limit(limit)
    )
    return [Notice(**row) for row in tx.execute(query).mappings()]


def take(tx: Connection, carried: Carried) -> None:
    """Note who takes a notice in hand; taken again, the last one counts."""
    values = {name: getattr(carried, name) for name in Carried.__dataclass_fields__}
    give_back(tx, carried.notice_id)
    tx.execute(insert(carried_table).values(values))


def untold_calls(tx: Connection, *, before: datetime) -> list[str]:
    """Permits of calls that were started before a moment, of which nobody has told what came."""
    query = (
        select(permit_table.c.id)
        .join(notice_table, notice_table.c.permit_id == permit_table.c.id)
        .where(
            notice_table.c.channel == Channel.PHONE.value,
            notice_table.c.state == "sending",
            notice_table.c.attempted_at < before,
            permit_table.c.settled_at.is_(None),
        )
    )
    return list(tx.execute(query).scalars())


def give_back(tx: Connection, notice_id: str) -> None:
    """Nobody has the notice in hand any more."""
    tx.execute(carried_table.delete().where(carried_table.c.notice_id == notice_id))


def find(tx: Connection, notice_id: str) -> Carried | None:
    """What was done with a notice by hand."""
    return of_notices(tx, [notice_id]).get(notice_id)


def of_notices(tx: Connection, notice_ids: Sequence[str]) -> dict[str, Carried]:
    """What was done by hand with each of these notices."""
    wanted = carried_table.c.notice_id == any_(literal(list(notice_ids), ARRAY(Text)))
    return {row["notice_id"]: Carried(**row) for row in tx.execute(select(carried_table).where(wanted)).mappings()}


def change(tx: Connection, notice_id: str, **values: Any) -> None:
    """Change what was done with a notice."""
    tx.execute(update(carried_table).where(carried_table.c.notice_id == notice_id).values(**values))


def add_batch(tx: Connection, batch: LetterBatch) -> None:
    """Open a batch of letters."""
    tx.execute(insert(batch_table).values({name: getattr(batch, name) for name in LetterBatch.__dataclass_fields__}))


def get_batch(tx: Connection, batch_id: str) -> LetterBatch:
    """The batch, or ``letter_batch_unknown``."""
    row = tx.execute(select(batch_table).where(batch_table.c.id == batch_id)).mappings().first()
    if row is None:
        raise NotFound("letter_batch_unknown", f"There is no batch {batch_id}.")
    return LetterBatch(**row)


def batches(tx: Connection, *, limit: int) -> list[tuple[LetterBatch, int, int]]:
    """The newest batches, each with how many letters it has and how many of them are posted."""
    query = (
        select(batch_table, func.count(), func.count(carried_table.c.posted_at))
        .join(carried_table, carried_table.c.batch_id == batch_table.c.id)
        .group_by(*batch_table.c)
        .order_by(batch_table.c.id.desc())
        .limit(limit)
    )
    return [(LetterBatch(*row[: len(batch_table.c)]), row[-2], row[-1]) for row in tx.execute(query).tuples().all()]


def letters_of(tx: Connection, batch_id: str) -> list[tuple[Notice, Carried]]:
    """The letters of a batch, in order."""
    query = (
        select(notice_table)
        .join(carried_table, carried_table.c.notice_id == notice_table.c.id)
        .where(carried_table.c.batch_id == batch_id)
        .order_by(notice_table.c.not_before, notice_table.c.id)
    )
    found = [Notice(**row) for row in tx.execute(query).mappings()]
    carried = of_notices(tx, [notice.id for notice in found])
    return [(notice, carried[notice.id]) for notice in found]
