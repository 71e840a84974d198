"""Asking contact law about a real debtor, and spending from the one contact budget that all actors share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from connectors import registry
from domain.contact_policy import (
    Actor,
    Channel,
    Confidence,
    ContactFacts,
    ContactResult,
    LenderType,
    PastContact,
    Permitted,
    Refusal,
    contact_policy,
    first_lawful_contact,
)
from domain.countries import Country
from domain.ids import NewId
from store import creditors, holds, notices, parties
from store.cases import Case
from store.creditors import Creditor
from store.notices import Permit
from store.parties import Party

_LOOK_BACK = timedelta(days=35)  # longer than any cap counts
_PERMIT_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Debtor:
    """A case's people, loaded once: the party, the creditor and the country whose law applies."""

    case: Case
    party: Party
    creditor: Creditor
    country: Country

    @property
    def zone(self) -> ZoneInfo:
        """The zone that the debtor's days are counted in: their own, or where unknown the country's first."""
        return ZoneInfo(self.party.time_zone or self.country.all_zones[0])

    def today(self, now: datetime) -> date:
        """The debtor's day at an instant."""
        return now.astimezone(self.zone).date()

    def start_of_day(self, day: date) -> datetime:
        """The instant a day of the debtor's begins."""
        return datetime.combine(day, time.min, tzinfo=self.zone)


def load(tx: Connection, case: Case) -> Debtor:
    """The people of a case."""
    return Debtor(
        case, parties.get(tx, case.party_id), creditors.get(tx, case.creditor_id), registry.country(case.country)
    )


def facts(tx: Connection, debtor: Debtor, *, now: datetime) -> ContactFacts:
    """What law asks about: holds of today, a moratorium, consents, registries, and every touch so far by anybody."""
    today = debtor.today(now)
    standing = {hold.kind for hold in holds.of_case(tx, debtor.case.id) if holds.covers(hold, today)}
    if holds.moratorium(tx, debtor.case.country, today):
        standing.add("moratorium")
    spent = notices.spent_permits(tx, debtor.party.id, since=now - _LOOK_BACK, now=now)
    return ContactFacts(
        actor=Actor.CREDITOR,
        lender_type=LenderType(debtor.creditor.lender_type),
        days_past_due=debtor.case.days_past_due,
        consents=frozenset(debtor.party.consents),
        holds=frozenset(standing),
        contacts=tuple(
            PastContact(
                at=permit.issued_at,
                channel=Channel(permit.channel),
                actor=Actor(permit.actor),
                result=ContactResult(permit.result),
            )
            for permit in spent
        ),
        time_zone=debtor.party.time_zone,
        registries=frozenset(debtor.party.registries),
    )


def first_lawful(
    debtor: Debtor, known: ContactFacts, *, channel: Channel, not_before: datetime, spread: float
) -> datetime | Refusal:
    """``not_before`` itself where that is lawful, else a moment spread over the first window after it."""
    at_once = contact_policy(
        debtor.country, known, channel=channel, at=not_before, subdivision=debtor.party.subdivision
    )
    if isinstance(at_once, Permitted):
        return not_before
    later = first_lawful_contact(
        debtor.country,
        known,
        channel=channel,
        not_before=not_before,
        subdivision=debtor.party.subdivision,
        spread=spread,
    )
    return later if later is not None else at_once


def issue_permit(
    tx: Connection, debtor: Debtor, *, channel: Channel, actor: Actor, new_id: NewId, now: datetime
) -> Permit | Refusal:
    """A permit for one contact now, spent from the party's budget; or why there is none.

    The party is locked until the transaction ends, so two actors cannot both spend the last contact.
    """
    parties.lock(tx, debtor.party.id)
    known = replace(facts(tx, debtor, now=now), actor=actor)
    moratorium = holds.moratorium(tx, debtor.case.country, debtor.today(now))
    if moratorium:
        return Refusal(None, "house switch", Confidence.POLICY, (f"moratorium: {moratorium}",))
    decision = contact_policy(debtor.country, known, channel=channel, at=now, subdivision=debtor.party.subdivision)
    if isinstance(decision, Refusal):
        return decision
    permit = Permit(
        id=new_id("permit"),
        tenant_id=debtor.case.tenant_id,
        party_id=debtor.party.id,
        case_id=debtor.case.id,
        channel=channel.value,
        actor=actor.value,
        result=ContactResult.ATTEMPT.value,
        rules=list(decision.rules),
        issued_at=now,
        expires_at=min(now + _PERMIT_LIFETIME, decision.closes_at),
        settled_at=None,
    )
    notices.add_permit(tx, permit)
    return permit


def why_wait(
    tx: Connection, debtor: Debtor, channel: Channel, *, until: datetime, now: datetime
) -> dict[str, Any] | None:
    """The law that keeps a notice waiting ``until`` then, as kept with it; ``None`` where it may go now."""
    if until <= now:
        return None
    known = facts(tx, debtor, now=now)
    answer = contact_policy(debtor.country, known, channel=channel, at=now, subdivision=debtor.party.subdivision)
    return refusal_json(answer) if isinstance(answer, Refusal) else None


def refusal_json(refusal: Refusal) -> dict[str, Any]:
    """A refusal as kept with a notice and in the timeline."""
    return {
        "rule": refusal.rule,
        "source": refusal.source,
        "confidence": refusal.confidence.value,
        "reasons": list(refusal.reasons),
        "next_allowed_at": refusal.next_allowed_at.isoformat() if refusal.next_allowed_at else None,
    }
