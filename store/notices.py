"""Notices to debtors, and the permits that let them out: the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Table, Text, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from domain.errors import NotFound
from store.schema import document, identifier, insert_once, metadata, moment, tenant
from store.sealing import Sealed

permit_table = Table(
    "contact_permit",
    metadata,
    identifier(),
    tenant(),
    Column("party_id", Text, ForeignKey("party.id"), nullable=False),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("rules", ARRAY(Text), nullable=False),
    moment("issued_at"),
    moment("expires_at"),
    moment("settled_at", nullable=True),
    Index("ix_contact_permit_party", "party_id", "issued_at"),
)

notice_table = Table(
    "notice",
    metadata,
    identifier(),
    tenant(),
    Column("case_id", Text, ForeignKey("collection_case.id"), nullable=False),
    Column("party_id", Text, ForeignKey("party.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("state", Text, nullable=False),
    moment("not_before"),
    Column("time_zone", Text),
    Column("transport", Text),
    Column("payment_request_id", Text, ForeignKey("payment_request.id")),
    Column("receipt_id", Text),
    Column("permit_id", Text, ForeignKey("contact_permit.id")),
    Column("recipient", Sealed("notice.recipient")),
    Column("subject", Sealed("notice.subject")),
    Column("body", Sealed("notice.body")),
    Column("html", Sealed("notice.html")),
    Column("sha256", Text),
    Column("template_version", Text),
    document("refusal", nullable=True),
    moment("created_at"),
    moment("attempted_at", nullable=True),
    moment("sent_at", nullable=True),
    Index("uq_notice_cause", "case_id", "kind", "cause", unique=True),
    Index("ix_notice_due", "not_before", postgresql_where="state = 'queued'"),
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. ``state``: queued, sending, sent, refused, failed, uncertain, cancelled.

    ``cause`` names what asked for it (a ladder step, a receipt), so that it is asked for once. ``time_zone`` is
    the debtor's; ``subject``, ``body``, ``html`` and ``sha256`` are what was sent, set with ``sent``.
    """

    id: str
    tenant_id: str
    case_id: str
    party_id: str
    kind: str
    cause: str
    channel: str
    locale: str
    state: str
    not_before: datetime
    time_zone: str | None
    transport: str | None
    payment_request_id: str | None
    receipt_id: str | None
    permit_id: str | None
    recipient: str | None
    subject: str | None
    body: str | None
    html: str | None
    sha256: str | None
    template_version: str | None
    refusal: dict[str, Any] | None
    created_at: datetime
    attempted_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to make one contact, spent from the party's contact budget; expires unused."""

    id: str
    tenant_id: str
    party_id: str
    case_id: str
    channel: str
    actor: str
    result: str
    rules: list[str]
    issued_at: datetime
    expires_at: datetime
    settled_at: datetime | None


def queue(tx: Connection, notice: Notice) -> bool:
    """Put a notice into the outbox once; false where the same cause asked for it already."""
    values = {name: getattr(notice, name) for name in Notice.__dataclass_fields__}
    return insert_once(tx, notice_table, values)


def get(tx: Connection, notice_id: str) -> Notice:
    """The notice, or ``notice_unknown``."""
    row = tx.execute(select(notice_table).where(notice_table.c.id == notice_id)).mappings().first()
    if row is None:
        raise NotFound("notice_unknown", f"There is no notice {notice_id}.")
    return Notice(**row)


def of_case(tx: Connection, case_id: str) -> list[Notice]:
    """A case's notices, newest first."""
    query = select(notice_table).where(notice_table.c.case_id == case_id).order_by(notice_table.c.created_at.desc())
    return [Notice(**row) for row in tx.execute(query).mappings()]


def claim_due(tx: Connection, *, now: datetime, limit: int) -> list[Notice]:
    """Due notices, locked for this transaction; others skip them."""
    query = (
        select(notice_table)
        .where(notice_table.c.state == "queued", notice_table.c.not_before <= now)
        .order_by(notice_table.c.not_before, notice_table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Notice(**row) for row in tx.execute(query).mappings()]


def change(tx: Connection, notice_id: str, **values: Any) -> None:
    """Change columns of a notice."""
    tx.execute(update(notice_table).where(notice_table.c.id == notice_id).values(**values))


def cancel_queued(tx: Connection, case_id: str, *, kinds: list[str] | None = None) -> int:
    """Take a case's unsent notices (of these kinds) out of the outbox; returns how many."""
    statement = (
        update(notice_table)
        .where(notice_table.c.case_id == case_id, notice_table.c.state == "queued")
        .values(state="cancelled")
    )
    if kinds is not None:
        statement = statement.where(notice_table.c.kind.in_(kinds))
    return tx.execute(statement).rowcount


def mark_stranded(tx: Connection, *, before: datetime) -> list[Notice]:
    """Notices whose sending began before a moment and never ended become ``uncertain``: never sent again."""
    statement = (
        update(notice_table)
        .where(notice_table.c.state == "sending", notice_table.c.attempted_at < before)
        .values(state="uncertain")
        .returning(notice_table)
    )
    return [Notice(**row) for row in tx.execute(statement).mappings()]


def add_permit(tx: Connection, permit: Permit) -> None:
    """Issue a permit."""
    tx.execute(insert(permit_table).values({name: getattr(permit, name) for name in Permit.__dataclass_fields__}))


def settle_permit(tx: Connection, permit_id: str, *, result: str, now: datetime) -> None:
    """State what came of the contact: attempt, contact, right_party, or unused."""
    tx.execute(update(permit_table).where(permit_table.c.id == permit_id).values(result=result, settled_at=now))


def spent_permits(tx: Connection, party_id: str, *, since: datetime, now: datetime) -> list[Permit]:
    """Permits that count against the party's budget: used ones, and unexpired ones still open."""
    query = (
        select(permit_table)
        .where(
            permit_table.c.party_id == party_id,
            permit_table.c.issued_at >= since,
            permit_table.c.result != "unused",
            (permit_table.c.settled_at.is_not(None)) | (permit_table.c.expires_at > now),
        )
        .order_by(permit_table.c.issued_at)
    )
    return [Permit(**row) for row in tx.execute(query).mappings()]


def counts_by_state(tx: Connection) -> dict[str, int]:
    """How many notices stand in each state."""
    query = select(notice_table.c.state, func.count()).group_by(notice_table.c.state)
    return dict(tx.execute(query).tuples().all())
