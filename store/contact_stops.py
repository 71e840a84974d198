"""Numbers and addresses that are used no longer, and channels that a debtor wants no more of: for every actor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    any_,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.errors import NotFound
from store.schema import identifier, insert_once, metadata, moment, tenant

stop_table = Table(
    "contact_stop",
    metadata,
    identifier(),
    tenant(),
    Column("party_id", Text, ForeignKey("party.id"), nullable=False),
    Column("channel", Text),
    Column("number_index", LargeBinary),
    Column("reason", Text, nullable=False),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    Column("told_by", Text, nullable=False),
    moment("created_at"),
    Column("lifted_by", Text),
    Column("lifted_because", Text),
    moment("lifted_at", nullable=True),
    CheckConstraint("channel IN ('phone', 'sms', 'email', 'letter', 'whatsapp', 'visit', 'app')", name="channel_known"),
    CheckConstraint("(channel IS NULL) <> (number_index IS NULL)", name="one_thing"),
    CheckConstraint(
        "(lifted_by IS NULL) = (lifted_at IS NULL) AND (lifted_because IS NULL) = (lifted_at IS NULL)", name="lifted"
    ),
    Index(
        "uq_contact_stop_channel",
        "party_id",
        "channel",
        unique=True,
        postgresql_where=text("lifted_at IS NULL AND channel IS NOT NULL"),
    ),
    Index(
        "uq_contact_stop_number",
        "party_id",
        "number_index",
        unique=True,
        postgresql_where=text("lifted_at IS NULL AND number_index IS NOT NULL"),
    ),
)


@dataclass(frozen=True, slots=True)
class ContactStop:
    """What is used no longer: a channel as a whole, or a number or address by its blind index (``store.permits``).

    It stands until a person lifts it. ``case_id`` is the case in which it was told; it holds in all.
    """

    id: str
    tenant_id: str
    party_id: str
    channel: str | None
    number_index: bytes | None
    reason: str
    case_id: str
    told_by: str
    created_at: datetime
    lifted_by: str | None = None
    lifted_because: str | None = None
    lifted_at: datetime | None = None

    def bars(self, channel: str, number: bytes | None) -> bool:
        """Whether a contact over a channel to a number or address is stopped; ``None`` is a number not known."""
        return self.channel == channel if self.channel else number is not None and self.number_index == number


def add(tx: Connection, stop: ContactStop) -> bool:
    """Stop a number, an address or a channel; false where it is stopped already."""
    return insert_once(tx, stop_table, {name: getattr(stop, name) for name in ContactStop.__dataclass_fields__})


def standing(tx: Connection, party_ids: Sequence[str]) -> dict[str, list[ContactStop]]:
    """What is stopped of each of these debtors, oldest first."""
    query = (
        select(stop_table)
        .where(stop_table.c.party_id == any_(literal(list(party_ids), ARRAY(Text))), stop_table.c.lifted_at.is_(None))
        .order_by(stop_table.c.created_at, stop_table.c.id)
    )
    found: dict[str, list[ContactStop]] = {}
    for row in tx.execute(query).mappings():
        found.setdefault(row["party_id"], []).append(ContactStop(**row))
    return found


def get(tx: Connection, stop_id: str) -> ContactStop:
    """The stop, or ``contact_stop_unknown``."""
    row = tx.execute(select(stop_table).where(stop_table.c.id == stop_id)).mappings().first()
    if row is None:
        raise NotFound("contact_stop_unknown", f"There is no stop {stop_id}.")
    return ContactStop(**row)


def lift(tx: Connection, stop_id: str, *, by: str, because: str, now: datetime) -> bool:
    """Let a number, an address or a channel be used again; false where it was lifted before."""
    statement = update(stop_table).where(stop_table.c.id == stop_id, stop_table.c.lifted_at.is_(None))
    return tx.execute(statement.values(lifted_by=by, lifted_because=because, lifted_at=now)).rowcount == 1
