"""Unsubscribing from e-mail by the link in one: for every actor, and told to the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from activities import contact_stops
from activities.contact_stops import Told
from activities.debtor_wishes import DEBTOR
from domain.contact_outcomes import StopReason
from domain.contacts import Channel
from domain.errors import NotFound
from domain.ids import NewId
from store import cases, mail_reports, notice_tokens, notices
from store.notices import Notice

_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Link:
    """What a link that we gave out leads to."""

    tenant_id: str
    notice_id: str


def link_of(tx: Connection, token: str) -> Link:
    """Whose link a token is, before the tenant is known; ``unsubscribe_dead`` for one that we did not give out."""
    notice_id = notice_tokens.notice_of(token, "unsubscribe") if len(token) <= _LONGEST else None
    tenant_id = mail_reports.tenant_of_notice(tx, notice_id) if notice_id else None
    if notice_id is None or tenant_id is None:
        raise NotFound("unsubscribe_dead", "This link was not given out here.")
    return Link(tenant_id, notice_id)


def notice_of(tx: Connection, link: Link) -> Notice:
    """The notice that the link stood in."""
    return notices.get(tx, link.notice_id)


def unsubscribe(tx: Connection, link: Link, *, new_id: NewId, now: datetime) -> bool:
    """Nobody sends the debtor e-mail any more; false where that was so."""
    case = cases.get(tx, notice_of(tx, link).case_id)
    told = Told(case, DEBTOR, now, new_id)
    return contact_stops.stop_channel(tx, told, Channel.EMAIL, reason=StopReason.UNSUBSCRIBED)
