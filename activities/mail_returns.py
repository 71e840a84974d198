"""Mail that came back: a bounce fails its notice, a dead mailbox is used no longer, a complaint is an opt-out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from activities import contact_stops, notice_failures
from activities.contact_stops import Told
from connectors.channels.email.returned import Returned, ToRecipient, of_recipient, read
from domain.contact_outcomes import StopReason
from domain.contacts import Channel
from domain.ids import NewId
from store import cases, mail_reports, notice_tokens, notices, permits
from store.database import Database
from store.mail_reports import MailReport
from store.notices import Notice

ACTOR = "mail"
"""Who is named in histories for what mail servers and mailbox providers tell."""
_FAILED = frozenset({"hard", "soft"})


@dataclass(frozen=True, slots=True)
class MailReturns:
    """Takes mail that came back, of every tenant, or of one ``only``: a notice of another is no notice then."""

    database: Database
    new_id: NewId
    now: Callable[[], datetime]
    only: str | None = None

    def take(self, mail: bytes, *, tenant_of_unknown: Callable[[], str]) -> MailReport:
        """Understand one mail and do what follows; the same bytes again change nothing.

        ``tenant_of_unknown`` says who keeps a mail that names no notice. Raises ``mail_too_large``.
        """
        returned = read(mail)
        notice_id, tenant_id = self._named(returned)
        with self.database.tenant(tenant_id or tenant_of_unknown()) as tx:
            return self._keep(tx, mail, returned, notice_id)

    def _named(self, returned: Returned) -> tuple[str | None, str | None]:
        """The notice that a token of ours names, and whose it is."""
        for trace in returned.traces:
            for pattern, purpose in ((notice_tokens.IN_ADDRESS, "return"), (notice_tokens.IN_LINK, "unsubscribe")):
                for token in pattern.findall(trace):
                    notice_id = notice_tokens.notice_of(token, purpose)  # type: ignore[arg-type] # the two purposes
                    if notice_id is None:
                        continue
                    with self.database.anyone() as tx:
                        tenant_id = mail_reports.tenant_of_notice(tx, notice_id)
                    if tenant_id is not None and self.only in (None, tenant_id):
                        return notice_id, tenant_id
        return None, None

    def _keep(self, tx: Connection, mail: bytes, returned: Returned, notice_id: str | None) -> MailReport:
        digest = hashlib.sha256(mail).hexdigest()
        notice = notices.get(tx, notice_id) if notice_id else None
        about = of_recipient(returned, notice.recipient or "") if notice else None
        kind = _kind(returned, notice, about)
        report = MailReport(
            id=self.new_id("mail_report"),
            tenant_id=tx.exec_driver_sql("SELECT this_tenant()").scalar_one(),
            sha256=digest,
            kind=kind,
            notice_id=notice_id,
            status=about.status if about else None,
            diagnostic=about.diagnostic if about else None,
            mail=mail.decode("utf-8", errors="replace").replace("\0", "") if kind == "unknown" else None,
            received_at=self.now(),
        )
        if not mail_reports.add(tx, report):
            return mail_reports.of_bytes(tx, digest) or report
        if notice is not None:
            self._follow(tx, notice, report)
        return report

    def _follow(self, tx: Connection, notice: Notice, report: MailReport) -> None:
        told = Told(cases.get(tx, notice.case_id), ACTOR, self.now(), self.new_id)
        if report.kind == "complaint":
            contact_stops.stop_channel(tx, told, Channel.EMAIL, reason=StopReason.COMPLAINT)
        if report.kind == "hard":
            index = permits.number_index(notice.recipient)
            if index is not None:
                contact_stops.stop_number(tx, told, index, reason=StopReason.HARD_BOUNCE)
        if report.kind in _FAILED:
            reasons = [report.status or "no status"]
            notice_failures.tell(tx, notice, rule="bounced", reasons=reasons, new_id=self.new_id, now=self.now())


def _kind(returned: Returned, notice: Notice | None, about: ToRecipient | None) -> str:
    """What is kept of it; a report about nothing of ours is unknown too."""
    if notice is None or returned.form == "other":
        return "unknown"
    if returned.form == "complaint":
        return "complaint"
    return about.fate if about else "unknown"
