"""Parties: debtors and guarantors, with how and in which language they can be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, UniqueConstraint, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from domain.errors import NotFound
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
    tx.execute(insert(party_table).values(id_index=_index(party.country, party.id_scheme, party.id_value), **values))


def change(tx: Connection, party_id: str, *, now: datetime, values: dict[str, str | None]) -> None:
    """Change how a party is reached: any of name, email, phone, locale, channel, address and its parts."""
    tx.execute(update(party_table).where(party_table.c.id == party_id).values(updated_at=now, **values))


def get(tx: Connection, party_id: str) -> Party:
    """The party, or ``party_unknown``."""
    row = tx.execute(select(*_COLUMNS).where(party_table.c.id == party_id)).mappings().first()
    if row is None:
        raise NotFound("party_unknown", f"There is no party {party_id}.")
    return Party(**row)
