"""Creditors and their connections to payment platforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Table, Text, UniqueConstraint, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from domain.errors import NotFound
from store.schema import currency, document, identifier, metadata, moment, tenant
from store.sealing import Sealed

creditor_table = Table(
    "creditor",
    metadata,
    identifier(),
    tenant(),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("document", Text),
    Column("contact", Text, nullable=False),
    Column("address", Text),
    Column("lender_type", Text, nullable=False),
    currency("settlement_currency"),
    Column("parent_account_id", Text, nullable=False),
    moment("created_at"),
    UniqueConstraint("tenant_id", "name"),
)

connection_table = Table(
    "connection",
    metadata,
    identifier(),
    tenant(),
    Column("creditor_id", Text, ForeignKey("creditor.id"), nullable=False),
    Column("platform", Text, nullable=False),
    Column("country", Text, nullable=False),
    currency(),
    Column("name", Text, nullable=False),
    Column("rails", ARRAY(Text), nullable=False),
    document("config"),
    Column("secrets", Sealed("connection.secrets")),
    Column("child_account_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    moment("created_at"),
    UniqueConstraint("tenant_id", "creditor_id", "platform", "country", "currency", "name"),
)


@dataclass(frozen=True, slots=True)
class Creditor:
    """Whoever the debts are owed to."""

    id: str
    tenant_id: str
    name: str
    country: str
    document: str | None
    contact: str
    lender_type: str
    settlement_currency: str
    parent_account_id: str
    created_at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True)
class PlatformConnection:
    """A creditor's account at a platform for one country and currency.

    ``config`` holds public settings, among them ``accounts``: rail code → the collection account's details.
    ``secrets`` is a JSON object of secret settings, as text, opened only where it is used.
    """

    id: str
    tenant_id: str
    creditor_id: str
    platform: str
    country: str
    currency: str
    name: str
    rails: list[str]
    config: dict[str, Any]
    secrets: str | None
    child_account_id: str
    state: str
    created_at: datetime


def add(tx: Connection, creditor: Creditor) -> None:
    """Record a creditor; its parent account exists already."""
    tx.execute(insert(creditor_table).values({name: getattr(creditor, name) for name in Creditor.__dataclass_fields__}))


def get(tx: Connection, creditor_id: str) -> Creditor:
    """The creditor, or ``creditor_unknown``."""
    row = tx.execute(select(creditor_table).where(creditor_table.c.id == creditor_id)).mappings().first()
    if row is None:
        raise NotFound("creditor_unknown", f"There is no creditor {creditor_id}.")
    return Creditor(**row)


def every(tx: Connection) -> list[Creditor]:
    """All creditors of the tenant, by name."""
    rows = tx.execute(select(creditor_table).order_by(creditor_table.c.name)).mappings()
    return [Creditor(**row) for row in rows]


def add_connection(tx: Connection, connection: PlatformConnection) -> None:
    """Record a connection; its child accounts exist already."""
    values = {name: getattr(connection, name) for name in PlatformConnection.__dataclass_fields__}
    tx.execute(insert(connection_table).values(values))


def get_connection(tx: Connection, connection_id: str, *, lock: bool = False) -> PlatformConnection:
    """The connection, or ``connection_unknown``; locked for who changes it."""
    query = select(connection_table).where(connection_table.c.id == connection_id)
    row = tx.execute(query.with_for_update(key_share=True) if lock else query).mappings().first()
    if row is None:
        raise NotFound("connection_unknown", f"There is no connection {connection_id}.")
    return PlatformConnection(**row)


def change_secrets(tx: Connection, connection_id: str, secrets: str) -> None:
    """State a connection's secret settings anew, as the text of a JSON object; they are sealed on the way in."""
    tx.execute(update(connection_table).where(connection_table.c.id == connection_id).values(secrets=secrets))


def change_config(tx: Connection, connection_id: str, config: Mapping[str, Any]) -> None:
    """State a connection's public settings anew."""
    tx.execute(update(connection_table).where(connection_table.c.id == connection_id).values(config=dict(config)))


def change_state(tx: Connection, connection_id: str, state: str) -> None:
    """Let a connection be asked (``active``) or not (``paused``); what its platform sends is taken in both."""
    tx.execute(update(connection_table).where(connection_table.c.id == connection_id).values(state=state))


def connections(
    tx: Connection, *, creditor_id: str | None = None, country: str | None = None
) -> list[PlatformConnection]:
    """Connections of the tenant, oldest first, of one creditor or country if named."""
    query = select(connection_table).order_by(connection_table.c.created_at, connection_table.c.id)
    if creditor_id is not None:
        query = query.where(connection_table.c.creditor_id == creditor_id)
    if country is not None:
        query = query.where(connection_table.c.country == country)
    return [PlatformConnection(**row) for row in tx.execute(query).mappings()]


def tenant_of_connection(tx: Connection, connection_id: str) -> str | None:
    """Which tenant a connection belongs to, before the tenant is known; ``None`` for an unknown connection."""
    return tx.execute(text("SELECT tenant_of_connection(:id)"), {"id": connection_id}).scalar()
