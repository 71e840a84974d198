"""Links to a debtor's pay page. A token opens one case for a while; only its digest is kept."""

from __future__ import annotations

import base64
import hashlib
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
    insert,
    select,
    text,
    update,
)

from domain.errors import NotFound
from store.schema import identifier, metadata, moment, tenant
from store.sealing import ring

pay_link_table = Table(
    "pay_link",
    metadata,
    identifier(),
    tenant(),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    Column("token_sha256", LargeBinary, nullable=False, unique=True),
    Column("created_by", Text, nullable=False),
    moment("created_at"),
    moment("expires_at"),
    moment("revoked_at", nullable=True),
    CheckConstraint("expires_at > created_at", name="expires_later"),
    CheckConstraint("octet_length(token_sha256) = 32", name="digest_whole"),
    Index("ix_pay_link_case", "case_id", "created_at"),
)


@dataclass(frozen=True, slots=True)
class PayLink:
    """One link: which case it opens, from when to when, and whether it was revoked."""

    id: str
    tenant_id: str
    case_id: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


_COLUMNS = [pay_link_table.c[name] for name in PayLink.__dataclass_fields__]


def token_of(link_id: str) -> str:
    """A link's token: 256 bits of a keyed digest, so that it can be told again without being kept.

    Whoever has the database without the installation's index key can neither read nor guess it.
    """
    return base64.urlsafe_b64encode(ring().blind_index(link_id, field="pay_link.token")).rstrip(b"=").decode()


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def add(tx: Connection, link: PayLink) -> None:
    """Record a link."""
    values = {name: getattr(link, name) for name in PayLink.__dataclass_fields__}
    tx.execute(insert(pay_link_table).values(token_sha256=digest(token_of(link.id)), **values))


def get(tx: Connection, link_id: str, *, lock: bool = False) -> PayLink:
    """The link, or ``pay_link_unknown``."""
    query = select(*_COLUMNS).where(pay_link_table.c.id == link_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("pay_link_unknown", f"There is no pay link {link_id}.")
    return PayLink(**row)


def tenant_of_token(tx: Connection, token: str) -> str | None:
    """Whose link a token is, before the tenant is known; ``None`` for a token that nobody was given."""
    return tx.execute(text("SELECT tenant_of_pay_link(:digest)"), {"digest": digest(token)}).scalar()


def by_token(tx: Connection, token: str) -> PayLink | None:
    """The link of a token, whatever became of it."""
    row = tx.execute(select(*_COLUMNS).where(pay_link_table.c.token_sha256 == digest(token))).mappings().first()
    return PayLink(**row) if row else None


def standing(tx: Connection, case_id: str, *, now: datetime) -> PayLink | None:
    """The link of a case that stands the longest from now, if any does."""
    table = pay_link_table
    query = (
        select(*_COLUMNS)
        .where(table.c.case_id == case_id, table.c.revoked_at.is_(None), table.c.expires_at > now)
        .order_by(table.c.expires_at.desc(), table.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).mappings().first()
    return PayLink(**row) if row else None


def revoke(tx: Connection, link_id: str, *, at: datetime) -> None:
    """From now on a link opens nothing."""
    statement = update(pay_link_table).where(pay_link_table.c.id == link_id, pay_link_table.c.revoked_at.is_(None))
    tx.execute(statement.values(revoked_at=at))
