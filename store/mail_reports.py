"""Mail that came back about notices: bounces, complaints, and what was neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKey, Table, Text, UniqueConstraint, select, text

from store.schema import identifier, insert_once, metadata, moment, tenant
from store.sealing import Sealed

mail_report_table = Table(
    "mail_report",
    metadata,
    identifier(),
    tenant(),
    Column("sha256", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("notice_id", Text, ForeignKey("notice.id")),
    Column("status", Text),
    Column("diagnostic", Sealed("mail_report.diagnostic")),
    Column("mail", Sealed("mail_report.mail")),
    moment("received_at"),
    UniqueConstraint("tenant_id", "sha256"),
    CheckConstraint("kind IN ('hard', 'soft', 'delayed', 'delivered', 'complaint', 'unknown')", name="kind_known"),
)


@dataclass(frozen=True, slots=True)
class MailReport:
    """One mail that came back. ``sha256`` is of its bytes; ``mail`` is kept whole where it was not understood, sealed.

    ``status`` is the enhanced status code of RFC 3463, ``diagnostic`` what the other server said.
    """

    id: str
    tenant_id: str
    sha256: str
    kind: str
    notice_id: str | None
    status: str | None
    diagnostic: str | None
    mail: str | None
    received_at: datetime


def add(tx: Connection, report: MailReport) -> bool:
    """Keep a mail that came back; false where the same bytes came before."""
    return insert_once(tx, mail_report_table, {name: getattr(report, name) for name in MailReport.__dataclass_fields__})


def of_bytes(tx: Connection, sha256: str) -> MailReport | None:
    """What was kept of a mail with these bytes."""
    row = tx.execute(select(mail_report_table).where(mail_report_table.c.sha256 == sha256)).mappings().first()
    return MailReport(**row) if row else None


def tenant_of_notice(tx: Connection, notice_id: str) -> str | None:
    """Whose notice it is, before the tenant is known; ``None`` for a notice that nobody has."""
    return tx.execute(text("SELECT tenant_of_notice(:id)"), {"id": notice_id}).scalar()
