"""Notices to debtors: the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKey, Index, Table, Text, func, select, update

from domain.contacts import Channel
from domain.errors import NotFound
from store.schema import document, identifier, insert_once, metadata, moment, tenant
from store.sealing import Sealed

BY_HAND: Final = (Channel.PHONE.value, Channel.LETTER.value)
"""The channels that a person carries; the relay leaves them in the outbox."""

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
    Column("delivery", Text),
    moment("delivery_at", nullable=True),
    CheckConstraint("delivery IN ('accepted', 'delivered', 'failed')", name="delivery_known"),
    CheckConstraint("(delivery IS NULL) = (delivery_at IS NULL)", name="delivery_dated"),
    Column("stated", Sealed("notice.stated")),
    Column("wording_sha256", Text),
    Column("approval_id", Text),
    Index("ix_notice_case", "case_id", "created_at"),
    Index("uq_notice_cause", "case_id", "kind", "cause", unique=True),
    Index("ix_notice_due", "not_before", postgresql_where="state = 'queued'"),
    Index(
        "ix_notice_by_hand",
        "channel",
        "not_before",
        postgresql_where="channel IN ('phone', 'letter') AND state IN ('queued', 'sending')",
    ),
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. ``state``: queued, held (waits for a person), sending, sent, refused, failed, uncertain, cancelled.

    ``cause`` names what asked for it (a ladder step, a receipt), so that it is asked for once. ``time_zone`` is
    the debtor's; ``subject``, ``body``, ``html`` and ``sha256`` are what was sent, set with ``sent``, as are the
    version of its wording and who approved that. ``stated`` are facts stated for it alone, as a JSON object.

    ``delivery`` is how far the network tells that it got: ``accepted``, ``delivered`` or ``failed``, which also makes
    the state ``failed``: it did not reach its reader and will not. ``None`` where no network tells.
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
    delivery: str | None = None
    delivery_at: datetime | None = None
    stated: str | None = None
    wording_sha256: str | None = None
    approval_id: str | None = None


def queue(tx: Connection, notice: Notice) -> bool:
    """Put a notice into the outbox once; false where the same cause asked for it already."""
    values = {name: getattr(notice, name) for name in Notice.__dataclass_fields__}
    return insert_once(tx, notice_table, values)


def get(tx: Connection, notice_id: str, *, lock: bool = False) -> Notice:
    """The notice, or ``notice_unknown``; with ``lock`` others wait who would change it."""
    query = select(notice_table).where(notice_table.c.id == notice_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("notice_unknown", f"There is no notice {notice_id}.")
    return Notice(**row)


def of_case(tx: Connection, case_id: str) -> list[Notice]:
    """A case's notices, newest first."""
    query = (
        select(notice_table)
        .where(notice_table.c.case_id == case_id)
        .order_by(notice_table.c.created_at.desc(), notice_table.c.id.desc())
    )
    return [Notice(**row) for row in tx.execute(query).mappings()]


def claim_due(tx: Connection, *, now: datetime, limit: int) -> list[Notice]:
    """Due notices, locked for this transaction; others skip them. What a person carries is left to them."""
    query = (
        select(notice_table)
        .where(
            notice_table.c.state == "queued", notice_table.c.not_before <= now, notice_table.c.channel.not_in(BY_HAND)
        )
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
        .where(notice_table.c.case_id == case_id, notice_table.c.state.in_(("queued", "held")))
        .values(state="cancelled")
    )
    if kinds is not None:
        statement = statement.where(notice_table.c.kind.in_(kinds))
    return tx.execute(statement).rowcount


def mark_stranded(tx: Connection, *, before: datetime) -> list[Notice]:
    """Notices whose sending began before a moment and never ended become ``uncertain``: never sent again."""
    statement = (
        update(notice_table)
        .where(
            notice_table.c.state == "sending",
            notice_table.c.attempted_at < before,
            notice_table.c.channel.not_in(BY_HAND),
        )
        .values(state="uncertain")
        .returning(notice_table)
    )
    return [Notice(**row) for row in tx.execute(statement).mappings()]


def counts_by_state(tx: Connection) -> dict[str, int]:
    """How many notices stand in each state."""
    query = select(notice_table.c.state, func.count()).group_by(notice_table.c.state)
    return dict(tx.execute(query).tuples().all())


def requeue_held(
    tx: Connection, *, rule: str, now: datetime, kind: str | None = None, channel: str | None = None
) -> int:
    """Put what a rule holds (of a kind, of a channel) back into the outbox, to be asked again."""
    table = notice_table
    statement = update(table).where(table.c.state == "held", table.c.refusal["rule"].astext == rule)
    for column, value in ((table.c.kind, kind), (table.c.channel, channel)):
        if value is not None:
            statement = statement.where(column == value)
    return tx.execute(statement.values(state="queued", not_before=func.greatest(table.c.not_before, now))).rowcount
