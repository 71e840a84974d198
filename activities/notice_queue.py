"""The way into the outbox: a notice with the facts stated for it, and what keeps it from going at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from activities import contact, payment_requests
from activities.contact import Debtor
from connectors import notice_questions
from domain.errors import AfluenteError
from domain.ids import NewId
from domain.money import Money
from domain.planning import QueueNotice
from store import notices, timeline
from store.notices import Notice


@dataclass(frozen=True)
class Outbox:
    """A case's outbox in the caller's transaction, at one instant."""

    tx: Connection
    debtor: Debtor
    new_id: NewId
    now: datetime

    def put(
        self,
        item: QueueNotice,
        *,
        cause: str | None = None,
        amount: Money | None = None,
        stated: Mapping[str, Any] | None = None,
    ) -> str | None:
        """Queue a notice once for its cause; its identifier, or ``None`` where it was queued already.

        ``amount`` is what its payment code asks for, ``stated`` are facts by name that only this notice knows.
        """
        request_id = None if amount is None else self._request(amount)
        case, debtor = self.debtor.case, self.debtor
        notice = Notice(
            id=self.new_id("notice"),
            tenant_id=case.tenant_id,
            case_id=case.id,
            party_id=case.party_id,
            kind=item.kind.value,
            cause=cause or item.cause,
            channel=item.channel.value,
            locale=debtor.party.locale,
            state="queued",
            not_before=item.not_before,
            time_zone=debtor.zone.key,
            transport=None,
            payment_request_id=request_id,
            receipt_id=item.receipt_id,
            permit_id=None,
            recipient=None,
            subject=None,
            body=None,
            html=None,
            sha256=None,
            template_version=None,
            refusal=contact.why_wait(
                self.tx, debtor, item.channel, until=item.not_before, now=self.now, kind=item.kind
            ),
            created_at=self.now,
            attempted_at=None,
            sent_at=None,
            stated=_sealed(stated),
        )
        if not notices.queue(self.tx, notice):
            return None
        self._note(
            "notice_queued",
            notice=notice.id,
            kind=item.kind.value,
            channel=item.channel.value,
            not_before=item.not_before.isoformat(),
        )
        return notice.id

    def _request(self, amount: Money) -> str | None:
        """A payment request for an amount; without a connection the notice goes out without a code."""
        try:
            request = payment_requests.create(
                self.tx, self.debtor.case, amount=amount, rail=None, now=self.now, new_id=self.new_id
            )
        except AfluenteError as error:
            self._note("payment_request_failed", code=error.code, message=error.message)
            return None
        return request.id

    def _note(self, event: str, /, **detail: Any) -> None:
        timeline.note(self.tx, self.debtor.case, at=self.now, actor="system", kind=event, detail=detail)


def _sealed(stated: Mapping[str, Any] | None) -> str | None:
    return json.dumps(notice_questions.written(stated), ensure_ascii=False, sort_keys=True) if stated else None


def stated_of(notice: Notice) -> dict[str, Any]:
    """The facts stated for a notice alone, as a JSON object."""
    found: dict[str, Any] = json.loads(notice.stated) if notice.stated else {}
    return found
