"""Links to the debtor's pay page: given for a while, given again while they last, revoked, opened by their token."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from activities.contact import Debtor
from domain.contact_policy import Channel
from domain.errors import Conflict, NotFound
from domain.ids import NewId
from store import pay_links, timeline
from store.cases import Case, get
from store.pay_links import PayLink

LIFETIME: Final = timedelta(days=60)
LEAST_LEFT: Final = timedelta(days=30)
"""How long a link must still open the page for when it is given out."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def give(tx: Connection, case: Case, *, created_by: str, now: datetime, new_id: NewId) -> PayLink:
    """The case's link, or a new one where none stands for long enough; ``case_closed`` where nothing is asked."""
    if case.closed_at is not None:
        raise Conflict("case_closed", "The case is closed; nothing is asked for any more.")
    standing = pay_links.standing(tx, case.id, now=now + LEAST_LEFT)
    if standing is not None:
        return standing
    link = PayLink(
        id=new_id("pay_link"),
        tenant_id=case.tenant_id,
        case_id=case.id,
        created_by=created_by,
        created_at=now,
        expires_at=now + LIFETIME,
        revoked_at=None,
    )
    pay_links.add(tx, link)
    timeline.note(tx, case, at=now, actor=created_by, kind="pay_link_given", detail={"pay_link": link.id})
    return link


def revoke(tx: Connection, link_id: str, *, actor: str, now: datetime) -> PayLink:
    """End a link now; one that was revoked before stays as it was."""
    link = pay_links.get(tx, link_id, lock=True)
    if link.revoked_at is not None:
        return link
    pay_links.revoke(tx, link.id, at=now)
    case = get(tx, link.case_id)
    timeline.note(tx, case, at=now, actor=actor, kind="pay_link_revoked", detail={"pay_link": link.id})
    return pay_links.get(tx, link.id)


def tenant_of(tx: Connection, token: str) -> str:
    """Whose link a token is; ``pay_link_dead`` for one that nobody was given."""
    tenant_id = pay_links.tenant_of_token(tx, token) if _TOKEN.fullmatch(token) else None
    if tenant_id is None:
        raise dead()
    return tenant_id


def opened(tx: Connection, token: str, *, now: datetime) -> PayLink:
    """The link that a token opens now; ``pay_link_dead`` where it is unknown, expired or revoked: which is not told."""
    link = pay_links.by_token(tx, token)
    if link is None or link.revoked_at is not None or now >= link.expires_at:
        raise dead()
    return link


def dead() -> NotFound:
    """What a token that opens nothing is answered with."""
    return NotFound("pay_link_dead", "This link does not work, or does not work any more.", fix="Ask for a new one.")


def path_of(link: PayLink) -> str:
    """Where the page of a link is, below the installation's own address."""
    return f"/pay/{pay_links.token_of(link.id)}"


def may_carry(debtor: Debtor, channel: Channel, *, now: datetime) -> bool:
    """Whether the country's rules for senders let a message of the channel carry a link."""
    today = debtor.today(now)
    rules = (rule for rule in debtor.country.conduct.senders if rule.channel == channel and rule.holds_on(today))
    return all(rule.links for rule in rules)
