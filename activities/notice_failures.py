"""A notice that did not reach its reader and will not: noted, and told to its case, which may use another channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from domain.ids import NewId
from store import cases, notices, timeline
from store.cases import EventRow
from store.notices import Notice

EVENT: Final = "notice_failed"
"""The fact that a case has to take into account."""
_MAY_FAIL: Final = frozenset({"queued", "sending", "sent", "uncertain"})


def tell(
    tx: Connection, notice: Notice, *, rule: str | None, reasons: Sequence[str], new_id: NewId, now: datetime
) -> bool:
    """Note the failure once; false where the notice had failed before, or was never to go out.

    What was uncertain is so no longer once somebody who knows says that it failed.
    """
    if notices.get(tx, notice.id).state not in _MAY_FAIL:
        return False
    notices.change(tx, notice.id, state="failed", refusal={"rule": rule, "reasons": list(reasons)})
    case = cases.get(tx, notice.case_id)
    detail = {"notice": notice.id, "kind": notice.kind, "channel": notice.channel, "code": rule}
    timeline.note(tx, case, at=now, actor="system", kind="notice_failed", detail=detail)
    event = EventRow(new_id("event"), case.id, EVENT, notice.id, now)
    cases.record_event(tx, event=event, tenant_id=case.tenant_id, now=now)
    return True
