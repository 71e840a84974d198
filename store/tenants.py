"""Tenants, their people and their machines: who may ask, in which role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from store.schema import metadata, moment

ROLES = ("admin", "finance", "treasury", "auditor")
AGENCY = "agency"
"""The role of a partner agency's machine: it is none of ``ROLES``, for those may look at everything."""

tenant_table = Table(
    "tenant",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    moment("created_at"),
)

user_table = Table(
    "app_user",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant_id", Text, ForeignKey("tenant.id"), nullable=False),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    moment("created_at"),
)

api_key_table = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant_id", Text, ForeignKey("tenant.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("key_sha256", Text, nullable=False, unique=True),
    Column("roles", ARRAY(Text), nullable=False),
    moment("created_at"),
    moment("revoked_at", nullable=True),
    UniqueConstraint("tenant_id", "name"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in to the console."""

    id: str
    tenant_id: str
    email: str
    name: str
    password_hash: str
    role: str
    locale: str


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: a person or an API key, for which tenant, in which roles."""

    id: str
    tenant_id: str
    name: str
    roles: frozenset[str]


def create(tx: Connection, *, tenant_id: str, name: str, now: datetime) -> None:
    """Found a tenant. The transaction must already stand in that tenant."""
    tx.execute(insert(tenant_table).values(id=tenant_id, name=name, created_at=now))


def name_of(tx: Connection, tenant_id: str) -> str:
    """The tenant's name."""
    return str(tx.execute(select(tenant_table.c.name).where(tenant_table.c.id == tenant_id)).scalar_one())


def add_user(tx: Connection, person: Person, *, now: datetime) -> None:
    """Let a person sign in."""
    tx.execute(
        insert(user_table).values(
            id=person.id,
            tenant_id=person.tenant_id,
            email=person.email.lower(),
            name=person.name,
            password_hash=person.password_hash,
            role=person.role,
            locale=person.locale,
            active=True,
            created_at=now,
        ),
    )


def find_user(tx: Connection, email: str) -> Person | None:
    """An active person by e-mail address, before the tenant is known."""
    row = tx.execute(text("SELECT * FROM user_by_email(:email)"), {"email": email.lower()}).mappings().first()
    return Person(**row) if row and row["id"] else None


def get_user(tx: Connection, user_id: str) -> Person | None:
    """An active person of this tenant."""
    columns = [user_table.c[name] for name in Person.__dataclass_fields__]
    row = tx.execute(select(*columns).where(user_table.c.id == user_id, user_table.c.active)).mappings().first()
    return Person(**row) if row else None


def set_locale(tx: Connection, user_id: str, locale: str) -> None:
    """Remember the language a person reads the console in."""
    tx.execute(update(user_table).where(user_table.c.id == user_id).values(locale=locale))


def add_api_key(
    tx: Connection, *, key_id: str, tenant_id: str, name: str, key_sha256: str, roles: list[str], now: datetime
) -> None:
    """Let a machine ask, in the given roles. Only the key's SHA-256 is kept."""
    tx.execute(
        insert(api_key_table).values(
            id=key_id, tenant_id=tenant_id, name=name, key_sha256=key_sha256, roles=roles, created_at=now
        ),
    )


def has_api_key(tx: Connection, name: str) -> bool:
    """Whether a key of this tenant has a name, revoked ones included."""
    return tx.execute(select(api_key_table.c.id).where(api_key_table.c.name == name)).first() is not None


def is_agency_key(tx: Connection, key_id: str) -> bool:
    """Whether a key of this tenant, not revoked, is a partner agency's."""
    table = api_key_table.c
    query = select(table.id).where(table.id == key_id, table.roles.contains([AGENCY]), table.revoked_at.is_(None))
    return tx.execute(query).first() is not None


def find_api_key(tx: Connection, key_sha256: str) -> Principal | None:
    """The machine whose key has this SHA-256, unless revoked; before the tenant is known."""
    row = tx.execute(text("SELECT * FROM api_key_by_hash(:hash)"), {"hash": key_sha256}).mappings().first()
    if row is None or row["id"] is None:
        return None
    return Principal(row["id"], row["tenant_id"], row["name"], frozenset(row["roles"]))
