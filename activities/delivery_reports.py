"""What networks tell of notices that they took: kept, seen in the case, and settled in the one contact budget.

Reports come late, twice and in any order, some before the notice is known to have been taken. A message only ever gets
further (accepted, failed, delivered), so the order does not matter; a report whose message is not known is kept until
it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from activities import cases as case_files
from activities import notice_failures
from connectors.channels import Delivery
from connectors.channels.texts import Report
from domain.contacts import ContactResult
from domain.errors import Conflict
from domain.ids import NewId
from store import cases, notice_messages, notices, permits, timeline
from store.notice_messages import NoticeMessage, StrayReport
from store.notices import Notice

KEPT_BY_CENTRES: Final = timedelta(days=7)  # longer than a validity that any network grants
_EARLY: Final = timedelta(days=1)  # a notice is known a moment after it was taken, or after the next relay
_LIMIT: Final = 100
UNDELIVERED: Final = "undelivered"
"""The rule in the refusal of a notice that its network could not deliver."""


def taken(tx: Connection, notice: Notice, delivery: Delivery, *, transport: str, new_id: NewId, now: datetime) -> None:
    """Record the messages that a network took for a notice; some networks say at once that it was delivered."""
    index = permits.number_index(notice.recipient)
    if not delivery.message_ids or index is None:
        return
    state = "delivered" if delivery.state == "delivered" else "accepted"
    rows = [
        NoticeMessage(
            id=new_id("notice_message"),
            tenant_id=notice.tenant_id,
            notice_id=notice.id,
            transport=transport,
            part=part,
            message_id=name,
            number_index=index,
            state=state,
            code=None,
            accepted_at=now,
            told_at=None,
        )
        for part, name in enumerate(delivery.message_ids, start=1)
    ]
    notice_messages.add(tx, rows)
    notices.change(tx, notice.id, delivery=state, delivery_at=now)
    if state == "delivered":
        reached(tx, notice, now=now)


def reached(tx: Connection, notice: Notice, *, now: datetime) -> None:
    """Somebody's telephone has it: in the budget that is a contact, where nobody told of more."""
    if notice.permit_id is not None:
        with suppress(Conflict):
            permits.settle(tx, notice.permit_id, result=ContactResult.CONTACT.value, now=now)


def spellings(name: str) -> list[str]:
    """The names that a message may go by, the one given first.

    Centres are known to answer in hexadecimal and to report in decimal, and to leave leading zeros out.
    """
    hexadecimal = [f"{int(name):x}"] if name.isascii() and name.isdigit() else []
    with suppress(ValueError):
        hexadecimal += [name.lower().lstrip("0"), str(int(name, 16))]
    padded = [each.zfill(8) for each in hexadecimal]
    found = [name, *hexadecimal, *padded, *(each.upper() for each in (*hexadecimal, *padded))]
    return [each for each in dict.fromkeys(found) if each]


def owners(tx: Connection, report: Report, numbers: Sequence[bytes], *, now: datetime) -> list[str]:
    """Whose message a report is about, as far as its name tells; asked before the tenant is known.

    For the same number any spelling of the name is believed; for another one (centres write numbers in many ways) the
    very name, of a message that is not older than any centre keeps one.
    """
    if numbers:
        names = spellings(report.message_id)
        found = notice_messages.tenants_of(tx, report.transport, names, numbers=numbers)
        if found:
            return found
    return notice_messages.tenants_of(tx, report.transport, [report.message_id], since=now - KEPT_BY_CENTRES)


@dataclass(frozen=True)
class Reports:
    """Applies reports in one transaction of a tenant, at one instant."""

    tx: Connection
    tenant_id: str
    new_id: NewId
    now: datetime

    def take(self, report: Report, numbers: Sequence[bytes]) -> str | None:
        """Apply a report, or keep it as stray; the case that it is about, where something came of it.

        ``numbers`` are the indexes of the number that it names; which message is believed is as ``owners`` says.
        """
        message = self._find(report.transport, report.message_id, numbers)
        if message is not None:
            return self._apply(message, state=report.state, code=report.code)
        stray = StrayReport(
            id=self.new_id("stray_report"),
            tenant_id=self.tenant_id,
            transport=report.transport,
            message_id=report.message_id,
            number_index=numbers[0] if numbers else None,
            state=report.state,
            code=report.code,
            received_at=self.now,
            notice_id=None,
        )
        notice_messages.keep(self.tx, stray)
        return None

    def settle_strays(self) -> list[str]:
        """Apply what was told lately, before its message was known; the cases that it is about."""
        touched = []
        for stray in notice_messages.strays(self.tx, since=self.now - _EARLY, limit=_LIMIT):
            numbers = [stray.number_index] if stray.number_index else []
            message = self._find(stray.transport, stray.message_id, numbers)
            if message is not None:
                touched.append(self._apply(message, state=stray.state, code=stray.code))
                notice_messages.settle(self.tx, stray.id, message.notice_id)
        return [case_id for case_id in touched if case_id]

    def _find(self, transport: str, name: str, numbers: Sequence[bytes]) -> NoticeMessage | None:
        """The message that goes by a name: the same number's, by its very name before other spellings, the newest."""
        found = notice_messages.named(self.tx, transport, spellings(name))
        exact = [one for one in found if one.message_id == name]
        theirs = [one for one in (*exact, *found) if one.number_index in numbers]
        recent = [one for one in exact if one.accepted_at >= self.now - KEPT_BY_CENTRES]
        return next(iter(theirs or recent), None)

    def _apply(self, message: NoticeMessage, *, state: str, code: str) -> str | None:
        notice = notices.get(self.tx, message.notice_id, lock=True)
        if not notice_messages.tell(self.tx, message.id, state=state, code=code, now=self.now):
            return None
        got = _whole(notice_messages.of_notice(self.tx, notice.id))
        if got in (notice.delivery, "accepted"):
            return None
        values: dict[str, Any] = {"delivery": got, "delivery_at": self.now}
        if got != "delivered":
            notices.change(self.tx, notice.id, **values)
            notice_failures.tell(self.tx, notice, rule=UNDELIVERED, reasons=[code], new_id=self.new_id, now=self.now)
            return notice.case_id
        values |= {"state": "sent", "sent_at": notice.sent_at or notice.attempted_at, "refusal": None}
        reached(self.tx, notice, now=self.now)
        notices.change(self.tx, notice.id, **values)
        self._tell_case(notice, "notice_delivered", code)
        return notice.case_id

    def _tell_case(self, notice: Notice, kind: str, code: str) -> None:
        case = cases.get(self.tx, notice.case_id)
        detail = {"notice": notice.id, "channel": notice.channel, "kind": notice.kind, "code": code}
        timeline.note(self.tx, case, at=self.now, actor="system", kind=kind, detail=detail)
        case_files.tell(
            self.tx,
            case.id,
            tenant_id=case.tenant_id,
            kind=kind,
            ref=notice.id,
            at=self.now,
            new_id=self.new_id,
            now=self.now,
        )


def _whole(messages: Iterable[NoticeMessage]) -> str:
    """How far a notice got: it is delivered with its last part, and failed with any, if all of them can be told of."""
    parts = list(messages)
    if all(part.state == "delivered" for part in parts):
        return "delivered"
    nameless = any(part.message_id is None for part in parts)
    failed = any(part.state == "failed" for part in parts)
    return "failed" if failed and not nameless else "accepted"
