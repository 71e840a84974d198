"""Before an instalment falls due: who was late before and has caught up is reminded, once for each instalment.

Whoever was never late is not a matter for collections and is not written to.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from activities import cases as case_files
from activities import contact
from activities.contact import Debtor
from activities.notice_queue import Outbox
from domain.contact_policy import Channel, Refusal
from domain.errors import AfluenteError
from domain.ids import NewId
from domain.loans import arrears
from domain.notices import NoticeKind
from domain.planning import QueueNotice
from store import cases, upcoming
from store.upcoming import Upcoming

DAYS_AHEAD: Final = 3
"""How many days before the due date, at the earliest: house policy."""
_AT_ONCE: Final = 200
_log = structlog.get_logger("courtesies")


def queue_due(tx: Connection, *, new_id: NewId, now: datetime) -> int:
    """Queue a courtesy notice for each instalment of the tenant's that falls due soon; how many, at most 200."""
    today = now.date()
    found = upcoming.unannounced(tx, first=today, last=today + timedelta(days=DAYS_AHEAD), limit=_AT_ONCE)
    return sum(_queue_alone(tx, item, new_id=new_id, now=now) for item in found)


def _queue_alone(tx: Connection, item: Upcoming, *, new_id: NewId, now: datetime) -> bool:
    """One that cannot be queued keeps no other from it."""
    try:
        with tx.begin_nested():
            return _queue(tx, item, new_id=new_id, now=now)
    except AfluenteError as error:
        _log.warning("courtesy_failed", case=item.case_id, code=error.code)
        return False


def _queue(tx: Connection, item: Upcoming, *, new_id: NewId, now: datetime) -> bool:
    debtor = contact.load(tx, cases.get(tx, item.case_id))
    today = debtor.today(now)
    owed = arrears(case_files.debt(tx, debtor.case).instalments, currency=debtor.case.currency, as_of=today)
    channel = _channel(debtor)
    if owed.overdue or channel is None or not today < item.due_date <= today + timedelta(days=DAYS_AHEAD):
        return False
    known = contact.facts(tx, debtor, now=now, kind=NoticeKind.COURTESY)
    moment = contact.first_lawful(debtor, known, channel=channel, not_before=now, spread=0)
    if isinstance(moment, Refusal) or moment >= debtor.start_of_day(item.due_date):
        return False
    notice = QueueNotice(NoticeKind.COURTESY, channel, moment, cause=f"due/{item.loan_id}/{item.number}")
    return Outbox(tx, debtor, new_id, now).put(notice, amount=item.open) is not None


def _channel(debtor: Debtor) -> Channel | None:
    """The channel that the debtor prefers where it reaches them, else the first that does."""
    reach = {Channel.EMAIL: debtor.party.email, Channel.SMS: debtor.party.phone}
    return next((one for one in (Channel(debtor.party.channel), *reach) if reach.get(one)), None)
