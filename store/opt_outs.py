"""Opt-outs: which numbers and addresses asked to be left alone on a channel, by whomever they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    any_,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.contacts import Channel
from store.permits import one_of
from store.schema import identifier, insert_once, metadata, moment, tenant

opt_out_table = Table(
    "contact_opt_out",
    metadata,
    identifier(),
    tenant(),
    Column("channel", Text, nullable=False),
    Column("number_index", LargeBinary, nullable=False),
    Column("message_id", Text, ForeignKey("incoming_message.id")),
    Column("recorded_by", Text, nullable=False),
    moment("asked_at"),
    CheckConstraint(one_of("channel", Channel), name="channel_known"),
    UniqueConstraint("number_index", "channel", "tenant_id"),
)


@dataclass(frozen=True, slots=True)
class OptOut:
    """That a number or address (a blind index, as permits count it) is not to be written to on a channel.

    ``message_id`` is the incoming text that asked for it, ``None`` where a person recorded it.
    """

    id: str
    tenant_id: str
    channel: str
    number_index: bytes
    message_id: str | None
    recorded_by: str
    asked_at: datetime


def record(tx: Connection, opt_out: OptOut) -> bool:
    """Record it once; false where it stands already."""
    return insert_once(tx, opt_out_table, {name: getattr(opt_out, name) for name in OptOut.__dataclass_fields__})


def standing(tx: Connection, number_indexes: Sequence[bytes]) -> dict[bytes, set[Channel]]:
    """The channels that each of these numbers or addresses opted out of."""
    table = opt_out_table.c
    query = select(table.number_index, table.channel).where(
        table.number_index == any_(literal(list(number_indexes), ARRAY(LargeBinary)))
    )
    found: dict[bytes, set[Channel]] = {}
    for number_index, channel in tx.execute(query):
        found.setdefault(number_index, set()).add(Channel(channel))
    return found
