"""Endpoints of others that are told what happens: address, wanted events, sealed secrets, and how they are doing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Index,
    Table,
    Text,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from domain.errors import Conflict, NotFound
from store.schema import identifier, metadata, moment, tenant
from store.sealing import Sealed

_SUCCESS_NOTED_EVERY: Final = timedelta(minutes=1)  # else every delivery would write the same row

webhook_endpoint_table = Table(
    "webhook_endpoint",
    metadata,
    identifier(),
    tenant(),
    Column("url", Text, nullable=False),
    Column("description", Text),
    Column("event_types", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("disabled_reason", Text),
    moment("disabled_at", nullable=True),
    moment("failing_since", nullable=True),
    moment("paused_until", nullable=True),
    moment("last_success_at", nullable=True),
    Column("secret", Sealed("webhook_endpoint.secret")),
    moment("secret_set_at"),
    Column("previous_secret", Sealed("webhook_endpoint.previous_secret")),
    moment("previous_until", nullable=True),
    Column("created_by", Text, nullable=False),
    moment("created_at"),
    CheckConstraint("(state = 'deleted') = (secret IS NULL)", name="deleted_without_secret"),
    Index("uq_webhook_endpoint_url", "tenant_id", "url", unique=True, postgresql_where="state <> 'deleted'"),
)


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """An endpoint. ``state``: enabled, disabled, deleted; ``disabled_reason``: person, failing, gone.

    ``failing_since`` is the first failure since the last success; ``paused_until`` is when it is tried again at all.
    """

    id: str
    tenant_id: str
    url: str
    description: str | None
    event_types: list[str]
    state: str
    disabled_reason: str | None
    disabled_at: datetime | None
    failing_since: datetime | None
    paused_until: datetime | None
    last_success_at: datetime | None
    secret: str | None = field(repr=False)
    secret_set_at: datetime
    previous_secret: str | None = field(repr=False)
    previous_until: datetime | None
    created_by: str
    created_at: datetime

    def secrets(self, now: datetime) -> list[str]:
        """The secrets that are valid now, the newest first."""
        old = self.previous_secret if self.previous_until is not None and now < self.previous_until else None
        return [secret for secret in (self.secret, old) if secret is not None]


def add(tx: Connection, endpoint: WebhookEndpoint) -> None:
    """Keep a new endpoint; ``endpoint_exists`` where its address is registered already."""
    values = {name: getattr(endpoint, name) for name in WebhookEndpoint.__dataclass_fields__}
    with _one_for_each_address(), tx.begin_nested():
        tx.execute(insert(webhook_endpoint_table).values(values))


def get(tx: Connection, endpoint_id: str, *, lock: bool = False) -> WebhookEndpoint:
    """The endpoint, or ``endpoint_unknown``; a deleted one is unknown.

    Whoever changes its deliveries too locks it first. The lock does not hold up events, whose deliveries refer to it.
    """
    query = select(webhook_endpoint_table).where(
        webhook_endpoint_table.c.id == endpoint_id, webhook_endpoint_table.c.state != "deleted"
    )
    row = tx.execute(query.with_for_update(key_share=True) if lock else query).mappings().first()
    if row is None:
        raise NotFound("endpoint_unknown", f"There is no webhook endpoint {endpoint_id}.")
    return WebhookEndpoint(**row)


def every(tx: Connection) -> list[WebhookEndpoint]:
    """The tenant's endpoints, the oldest first."""
    query = select(webhook_endpoint_table).where(webhook_endpoint_table.c.state != "deleted")
    rows = tx.execute(query.order_by(webhook_endpoint_table.c.created_at, webhook_endpoint_table.c.id)).mappings()
    return [WebhookEndpoint(**row) for row in rows]


def count(tx: Connection) -> int:
    """How many endpoints the tenant has."""
    query = select(func.count()).select_from(webhook_endpoint_table).where(webhook_endpoint_table.c.state != "deleted")
    return int(tx.execute(query).scalar_one())


def change(tx: Connection, endpoint_id: str, **values: Any) -> None:
    """State something else of an endpoint; ``endpoint_exists`` where its new address is registered already."""
    statement = update(webhook_endpoint_table).where(webhook_endpoint_table.c.id == endpoint_id).values(**values)
    with _one_for_each_address(), tx.begin_nested():
        tx.execute(statement)


def succeeded(tx: Connection, endpoint_id: str, now: datetime) -> None:
    """Note that an endpoint took a delivery, at most once a minute while nothing else changes."""
    table = webhook_endpoint_table
    news = or_(
        table.c.failing_since.is_not(None),
        table.c.paused_until.is_not(None),
        table.c.last_success_at.is_(None),
        table.c.last_success_at < now - _SUCCESS_NOTED_EVERY,
    )
    statement = update(table).where(table.c.id == endpoint_id, news)
    tx.execute(statement.values(failing_since=None, paused_until=None, last_success_at=now))


@contextmanager
def _one_for_each_address() -> Iterator[None]:
    """Turns the unique index's refusal into ``endpoint_exists``."""
    try:
        yield
    except IntegrityError as error:
        if "uq_webhook_endpoint_url" not in str(error.orig):
            raise
        raise Conflict(
            "endpoint_exists",
            "An endpoint with this address is registered already.",
            fix="Change that one, or register another address.",
        ) from None
