"""Parties: debtors and guarantors, with how and in which language they can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    any_,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.errors import NotFound
from store.permits import number_index, permit_table
from store.schema import identifier, metadata, moment, tenant
from store.sealing import Sealed, ring

party_table = Table(
    "party",
    metadata,
    identifier(),
    tenant(),
    Column("country", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("id_scheme", Text, nullable=False),
    Column("id_value", Sealed("party.id_value"), nullable=False),
    Column("id_index", LargeBinary, nullable=False),
    Column("email", Sealed("party.email")),
    Column("phone", Sealed("party.phone")),
    Column("phone_index", LargeBinary),
    Column("locale", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("subdivision", Text),
    Column("city", Text),
    Column("address", Sealed("party.address")),
    Column("postal_code", Text),
    Column("time_zone", Text),
    Column("consents", ARRAY(Text), nullable=False),
    Column("registries", ARRAY(Text), nullable=False),
    moment("created_at"),
    moment("updated_at"),
    UniqueConstraint("tenant_id", "country", "id_index"),
    Index("ix_party_phone", "phone_index", postgresql_where=text("phone_index IS NOT NULL")),
    Index("ix_party_phone_unknown", "id", postgresql_where=text("phone IS NOT NULL AND phone_index IS NULL")),
)


@dataclass(frozen=True, slots=True)
class Party:
    """A person or company that owes. ``time_zone`` comes from the address; ``None`` means unknown."""

    id: str
    tenant_id: str
    country: str
    kind: str
    name: str
    id_scheme: str
    id_value: str
    email: str | None
    phone: str | None
    locale: str
    channel: str
    subdivision: str | None
    city: str | None
    address: str | None
    time_zone: str | None
    consents: list[str]
    registries: list[str]
    created_at: datetime
    updated_at: datetime
    postal_code: str | None = None


_COLUMNS = [party_table.c[name] for name in Party.__dataclass_fields__]


def _index(country: str, scheme: str, value: str) -> bytes:
    return ring().blind_index(f"{country}/{scheme}/{value}", field="party.id_value")


def find(tx: Connection, *, country: str, scheme: str, value: str) -> Party | None:
    """The party that holds an identity number in a country."""
    query = select(*_COLUMNS).where(
        party_table.c.country == country, party_table.c.id_index == _index(country, scheme, value)
    )
    row = tx.execute(query).mappings().first()
    return Party(**row) if row else None


def add(tx: Connection, party: Party) -> None:
    """Record a party."""
    values = {name: getattr(party, name) for name in Party.__dataclass_fields__}
    values |= {"id_index": _index(party.country, party.id_scheme, party.id_value)}
    tx.execute(insert(party_table).values(phone_index=number_index(party.phone), **values))


def change(tx: Connection, party_id: str, *, now: datetime, values: dict[str, str | None]) -> None:
    """Change how a party is reached: any of name, email, phone, locale, channel, address and its parts."""
    found = {"phone_index": number_index(values["phone"])} if "phone" in values else {}
    tx.execute(update(party_table).where(party_table.c.id == party_id).values(updated_at=now, **values, **found))


def of_number(tx: Connection, number_indexes: Sequence[bytes]) -> list[Party]:
    """Who has a number, or was ever contacted at it, by blind indexes of how it may be written."""
    wanted = any_(literal(list(number_indexes), ARRAY(LargeBinary)))
    contacted = select(permit_table.c.party_id).where(permit_table.c.number_index == wanted)
    query = select(*_COLUMNS).where((party_table.c.phone_index == wanted) | party_table.c.id.in_(contacted))
    return [Party(**row) for row in tx.execute(query.order_by(party_table.c.id)).mappings()]


def index_phones(tx: Connection, *, limit: int) -> int:
    """Make numbers findable that were kept before they were; returns how many, at most ``limit``."""
    query = select(party_table.c.id, party_table.c.phone).where(
        party_table.c.phone.is_not(None), party_table.c.phone_index.is_(None)
    )
    found = tx.execute(query.limit(limit)).all()
    for party_id, phone in found:
        statement = update(party_table).where(party_table.c.id == party_id)
        tx.execute(statement.values(phone_index=number_index(phone)))
    return len(found)


def get(tx: Connection, party_id: str) -> Party:
    """The party, or ``party_unknown``."""
    row = tx.execute(select(*_COLUMNS).where(party_table.c.id == party_id)).mappings().first()
    if row is None:
        raise NotFound("party_unknown", f"There is no party {party_id}.")
    return Party(**row)


def agree(
    tx: Connection, party_id: str, *, consents: Sequence[str] | None, registries: Sequence[str] | None, now: datetime
) -> None:
    """Keep what a party agreed to and the registers that they are on; ``None`` leaves what is known."""
    said = {"consents": consents, "registries": registries}
    values = {name: list(words) for name, words in said.items() if words is not None}
    if values:
        tx.execute(update(party_table).where(party_table.c.id == party_id).values(updated_at=now, **values))
