"""Legal entities, and which of them owns an account since which day. Ownership is added to, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
)

from domain.errors import Conflict, NotFound
from store.schema import currency, identifier, insert_once, metadata, moment, tenant

entity_table = Table(
    "legal_entity",
    metadata,
    identifier(),
    tenant(),
    Column("creditor_id", Text, ForeignKey("creditor.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("lei", Text),
    Column("document", Text),
    currency("functional_currency"),
    Column("created_by", Text, nullable=False),
    moment("created_at"),
    UniqueConstraint("tenant_id", "creditor_id", "name"),
)

owner_table = Table(
    "account_owner",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    Column("account_id", Text, nullable=False),
    Column("entity_id", Text, ForeignKey("legal_entity.id"), nullable=False),
    Column("since", Date, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    moment("recorded_at"),
    Index("ix_account_owner_account", "account_id", "since", "seq"),
)


@dataclass(frozen=True, slots=True)
class LegalEntity:
    """A company of a creditor's group. ``lei`` is its Legal Entity Identifier (ISO 17442), where it has one."""

    id: str
    tenant_id: str
    creditor_id: str
    name: str
    country: str
    lei: str | None
    document: str | None
    functional_currency: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Ownership:
    """An entity owns an account, and what lies under it, since a day; who said so and why."""

    seq: int
    account_id: str
    entity_id: str
    since: date
    actor: str
    reason: str
    recorded_at: datetime


def add(tx: Connection, entity: LegalEntity) -> None:
    """Record an entity; ``entity_name_taken`` where the creditor has one of the name."""
    values = {name: getattr(entity, name) for name in LegalEntity.__dataclass_fields__}
    if not insert_once(tx, entity_table, values):
        raise Conflict("entity_name_taken", f"The creditor has an entity named {entity.name!r} already.")


def get(tx: Connection, entity_id: str) -> LegalEntity:
    """The entity, or ``entity_unknown``."""
    row = tx.execute(select(entity_table).where(entity_table.c.id == entity_id)).mappings().first()
    if row is None:
        raise NotFound("entity_unknown", f"There is no legal entity {entity_id}.")
    return LegalEntity(**row)


def every(tx: Connection, *, creditor_id: str | None = None) -> list[LegalEntity]:
    """All entities of the tenant, of one creditor if named, by name."""
    query = select(entity_table).order_by(entity_table.c.name, entity_table.c.id)
    if creditor_id is not None:
        query = query.where(entity_table.c.creditor_id == creditor_id)
    return [LegalEntity(**row) for row in tx.execute(query).mappings()]


def give(
    tx: Connection,
    *,
    tenant_id: str,
    account_id: str,
    entity_id: str,
    since: date,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    """Record that an entity owns an account since a day."""
    tx.execute(
        insert(owner_table).values(
            tenant_id=tenant_id,
            account_id=account_id,
            entity_id=entity_id,
            since=since,
            actor=actor,
            reason=reason,
            recorded_at=now,
        )
    )


def ownerships(tx: Connection, account_ids: list[str]) -> list[Ownership]:
    """What was recorded of these accounts themselves: earliest day first, and of one day as it was recorded."""
    columns = [owner_table.c[name] for name in Ownership.__dataclass_fields__]
    query = (
        select(*columns)
        .where(owner_table.c.account_id.in_(account_ids))
        .order_by(owner_table.c.since, owner_table.c.seq)
    )
    return [Ownership(**row) for row in tx.execute(query).mappings()]
