"""Carrying a failed notice over to another channel: in the case's own turn, once for each channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from activities import contact, notice_failures
from activities.contact import Debtor
from domain.contact_policy import Channel, Refusal
from domain.fall_over import FailedNotice, Onward, fall_over
from domain.ids import NewId
from domain.notices import NoticeKind
from store import notices, timeline
from store.cases import EventRow
from store.notices import Notice

CAUSE: Final = "over/"
_ASKED: Final = (
    "tenant_id",
    "case_id",
    "party_id",
    "kind",
    "locale",
    "time_zone",
    "payment_request_id",
    "receipt_id",
    "stated",
)
"""What a notice over another channel has of the one that failed; everything else is its own."""

Lawful = Callable[[Channel], "datetime | Refusal"]


def follow(
    tx: Connection,
    debtor: Debtor,
    events: Sequence[EventRow],
    *,
    lawful: Lawful,
    resting: bool,
    new_id: NewId,
    now: datetime,
) -> None:
    """Look at each notice of a case that was told to have failed."""
    failed = [event.ref for event in events if event.kind == notice_failures.EVENT]
    if not failed:
        return
    usable = contact.addresses(tx, debtor)
    said = notices.of_case(tx, debtor.case.id)
    for notice in sorted((one for one in said if one.id in failed), key=lambda one: one.created_at):
        answer = fall_over(
            _what_failed(notice, said), reaches=usable.__contains__, lawful=lawful, resting=resting, now=now
        )
        detail: dict[str, Any] = {"notice": notice.id, "kind": notice.kind, "channel": notice.channel}
        if isinstance(answer, Onward):
            onward = _over(notice, answer, cause=f"{CAUSE}{_root(notice)}/{answer.channel}", new_id=new_id, now=now)
            if not notices.queue(tx, onward):
                continue
            detail |= {"notice": onward.id, "instead_of": notice.channel, "channel": onward.channel}
            detail["not_before"] = onward.not_before.isoformat()
            timeline.note(tx, debtor.case, at=now, actor="system", kind="notice_over", detail=detail)
        else:
            detail["stays"] = answer.reason
            timeline.note(tx, debtor.case, at=now, actor="system", kind="notice_stays", detail=detail)


def _root(notice: Notice) -> str:
    """The notice that all that went over from it come from."""
    return notice.cause.split("/")[1] if notice.cause.startswith(CAUSE) else notice.id


def _what_failed(notice: Notice, said: Sequence[Notice]) -> FailedNotice:
    root = _root(notice)
    tried = {Channel(one.channel) for one in said if _root(one) == root}
    rule = (notice.refusal or {}).get("rule")
    asked_at = notice.attempted_at or notice.not_before
    return FailedNotice(NoticeKind(notice.kind), notice.state, rule, frozenset(tried), asked_at)


def _over(notice: Notice, onward: Onward, *, cause: str, new_id: NewId, now: datetime) -> Notice:
    own: dict[str, Any] = dict.fromkeys(Notice.__dataclass_fields__)
    asked = {name: getattr(notice, name) for name in _ASKED}
    return Notice(
        **{
            **own,
            **asked,
            "id": new_id("notice"),
            "cause": cause,
            "channel": onward.channel.value,
            "state": "queued",
            "not_before": onward.not_before,
            "created_at": now,
        }
    )
