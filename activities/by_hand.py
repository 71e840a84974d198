"""Queuing what a person carries: a call or a letter, as a notice that waits in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from activities import contact, payment_requests, payment_routes
from activities.contact_reports import Reporter
from domain.contacts import Channel
from domain.errors import AfluenteError, Conflict, Invalid
from domain.ids import NewId
from domain.notices import CLAIMS_OVERDUE, NoticeKind
from store import notices, timeline
from store.cases import Case
from store.notices import Notice

KINDS: Final[Mapping[Channel, tuple[NoticeKind, ...]]] = {
    Channel.PHONE: (
        NoticeKind.FIRST_REMINDER,
        NoticeKind.SECOND_REMINDER,
        NoticeKind.BROKEN_PROMISE,
        NoticeKind.COURTESY,
    ),
    Channel.LETTER: (
        NoticeKind.FIRST_REMINDER,
        NoticeKind.SECOND_REMINDER,
        NoticeKind.BROKEN_PROMISE,
        NoticeKind.COURTESY,
        NoticeKind.FORMAL_NOTICE,
        NoticeKind.PRE_LEGAL,
    ),
}
"""What a person may queue, by channel."""


def queue(
    tx: Connection,
    case: Case,
    channel: Channel,
    kind: NoticeKind,
    *,
    by: Reporter,
    key: str,
    now: datetime,
    new_id: NewId,
) -> Notice:
    """Put a call or a letter into the outbox, once for each ``key``.

    Raises ``not_by_hand`` for what has no words on the channel, ``case_closed`` and ``number_missing``.
    """
    if kind not in KINDS.get(channel, ()):
        raise Invalid("not_by_hand", f"A {kind.value} is not carried by {channel.value}.")
    if case.closed_at is not None:
        raise Conflict("case_closed", "The case is closed; nobody is contacted about it.")
    debtor = contact.load(tx, case)
    if channel not in contact.addresses(tx, debtor):
        raise Invalid("number_missing", "No number or address of the debtor is in use.")
    blank: dict[str, object] = dict.fromkeys(Notice.__dataclass_fields__)
    told: dict[str, object] = {
        "id": new_id("notice"),
        "tenant_id": case.tenant_id,
        "case_id": case.id,
        "party_id": case.party_id,
        "kind": kind.value,
        "cause": f"{channel.value}/{key}",
        "channel": channel.value,
        "locale": debtor.party.locale,
        "state": "queued",
        "payment_request_id": _request(tx, case, channel, kind, now=now, new_id=new_id),
        "not_before": now,
        "time_zone": debtor.zone.key,
        "created_at": now,
    }
    notice = Notice(**(blank | told))  # type: ignore[arg-type] # by name, from the fields above
    if notices.queue(tx, notice):
        detail = {"notice": notice.id, "kind": kind.value, "channel": notice.channel}
        timeline.note(tx, case, at=now, actor=by.name, kind="notice_queued", detail=detail)
    return notice


def _request(
    tx: Connection, case: Case, channel: Channel, kind: NoticeKind, *, now: datetime, new_id: NewId
) -> str | None:
    """How a letter that asks for money is paid: by a code made here if there is one, for paper has no link to follow.

    It goes without where no connection can make a code.
    """
    if channel is not Channel.LETTER or kind not in CLAIMS_OVERDUE:
        return None
    try:
        rail = next((way.rail for way in payment_routes.of_case(tx, case, now=now) if way.made_here), None)
        return payment_requests.create(tx, case, amount=None, rail=rail, now=now, new_id=new_id).id
    except AfluenteError:
        return None
