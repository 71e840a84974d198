"""Asking contact law about a real debtor, and spending from the one contact budget that all actors share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from connectors import registry
from domain.contact_policy import (
    Actor,
    Cause,
    Channel,
    ContactFacts,
    ContactResult,
    Decision,
    LenderType,
    PartyRole,
    PastContact,
    Permitted,
    Refusal,
    contact_policy,
    first_lawful_contact,
)
from domain.contact_reasons import Moratorium, Stopped
from domain.countries import Country
from domain.errors import NotFound
from domain.ids import NewId
from domain.kept_reasons import cause_document
from domain.notices import SPOKEN_UNDER, NoticeKind
from domain.opt_outs import registry_of
from store import contact_stops, creditors, holds, opt_outs, parties, permits
from store.cases import Case
from store.contact_stops import ContactStop
from store.creditors import Creditor
from store.guarantors import loans_guaranteed
from store.holds import HoldRow, covers
from store.parties import Party
from store.permits import Budget, Permit

_LOOK_BACK = timedelta(days=35)  # longer than any cap counts
_PERMIT_LIFETIME = timedelta(minutes=15)
STOPPED = "house.contact_stop"
"""The rule by which nobody uses what reaches nobody, or a channel that the debtor wants no more of."""
_DIALLED = (Channel.PHONE, Channel.SMS, Channel.WHATSAPP)


@dataclass(frozen=True, slots=True)
class Debtor:
    """A case's people, loaded once: the party, the creditor and the country whose law applies.

    The party is the case's debtor or, by their ``role``, who answers for it; ``loan_id`` is the only loan that they do.
    """

    case: Case
    party: Party
    creditor: Creditor
    country: Country
    role: PartyRole = PartyRole.DEBTOR
    loan_id: str | None = None

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


def load(tx: Connection, case: Case, *, party_id: str | None = None) -> Debtor:
    """The people of a case. ``party_id`` is its debtor or a guarantor of a loan of it, else ``party_not_of_case``."""
    debtor = Debtor(
        case, parties.get(tx, case.party_id), creditors.get(tx, case.creditor_id), registry.country(case.country)
    )
    return debtor if party_id in (None, case.party_id) else _guarantor(tx, debtor, str(party_id))


def _guarantor(tx: Connection, debtor: Debtor, party_id: str) -> Debtor:
    case = debtor.case
    loans = loans_guaranteed(tx, party_id, debtor_id=case.party_id, creditor_id=case.creditor_id, country=case.country)
    if not loans:
        raise NotFound("party_not_of_case", f"{party_id} is neither debtor nor guarantor of {case.id}.")
    only = loans[0] if len(loans) == 1 else None
    return replace(debtor, party=parties.get(tx, party_id), role=PartyRole.GUARANTOR, loan_id=only)


def addresses(tx: Connection, debtor: Debtor) -> dict[Channel, str]:
    """Where the debtor can be reached, by channel: what is known of them, without what is used no longer."""
    party = debtor.party
    known = {
        Channel.EMAIL: party.email,
        Channel.SMS: party.phone,
        Channel.PHONE: party.phone,
        Channel.WHATSAPP: party.phone,
        Channel.LETTER: party.address,
    }
    stops = contact_stops.standing(tx, [party.id]).get(party.id, [])
    return {
        channel: address
        for channel, address in known.items()
        if address and not any(stop.bars(channel.value, permits.number_index(address)) for stop in stops)
    }


def facts(tx: Connection, debtor: Debtor, *, now: datetime, kind: NoticeKind | None = None) -> ContactFacts:
    """What law asks about: holds of today, a moratorium, consents, registries, and every touch so far by anybody."""
    return _standings(tx, [Contact(debtor, kind=kind)], now=now)[0].known


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact that is asked for: over a channel, by whom, to which number or address, about which loan.

    Without ``loan_id`` it is about the debtor's only loan with the creditor, or about all of them. ``held_by`` is the
    machine or person that is to have the permit. ``kind`` is that of the notice: one that answers the debtor is not
    silenced by the hold that it answers.
    """

    debtor: Debtor
    channel: Channel = Channel.EMAIL
    actor: Actor = Actor.CREDITOR
    number: str | None = None
    loan_id: str | None = None
    held_by: str | None = None
    kind: NoticeKind | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """A contact with what is known when it is asked for."""

    contact: Contact
    budget: Budget
    known: ContactFacts
    moratorium: str | None
    stop: ContactStop | None = None


def _standings(tx: Connection, contacts: Sequence[Contact], *, now: datetime, lock: bool = False) -> list[_Standing]:
    """What is known of each contact, by a few questions for all of them; with ``lock`` nobody else spends meanwhile."""
    debtors = [contact.debtor for contact in contacts]
    loans = permits.only_loans(tx, [debtor.party.id for debtor in debtors])
    budgets = [
        Budget(
            party_id=contact.debtor.party.id,
            loan_id=contact.loan_id
            or contact.debtor.loan_id
            or loans.get((contact.debtor.party.id, contact.debtor.creditor.id)),
            number_index=permits.number_index(contact.number),
        )
        for contact in contacts
    ]
    if lock:
        permits.lock(tx, budgets)
    opted_out = opt_outs.standing(tx, [index for contact in contacts for index in _addresses(contact)])
    held = holds.of_cases(tx, [debtor.case.id for debtor in debtors])
    spent = permits.spent(tx, budgets, since=now - _LOOK_BACK, now=now)
    days = {(debtor.case.country, debtor.today(now)) for debtor in debtors}
    moratoria = {key: holds.moratorium(tx, *key) for key in days}
    stops = contact_stops.standing(tx, [debtor.party.id for debtor in debtors])
    return [
        replace(
            _standing(
                contact,
                budget,
                held=held.get(contact.debtor.case.id, []),
                spent=spent,
                moratoria=moratoria,
                opted_out={one for index in _addresses(contact) for one in opted_out.get(index, ())},
                now=now,
            ),
            stop=_stop(contact, budget, stops.get(contact.debtor.party.id, [])),
        )
        for contact, budget in zip(contacts, budgets, strict=True)
    ]


def _addresses(contact: Contact) -> list[bytes]:
    """The indexes of where a contact may go: to what it names, else to whatever is known of the debtor."""
    party = contact.debtor.party
    known = (contact.number,) if contact.number is not None else (party.phone, party.email)
    return [index for index in map(permits.number_index, known) if index is not None]


def _stop(contact: Contact, budget: Budget, stops: Sequence[ContactStop]) -> ContactStop | None:
    return next((stop for stop in stops if stop.bars(contact.channel.value, budget.number_index)), None)


def _standing(
    contact: Contact,
    budget: Budget,
    *,
    held: Sequence[HoldRow],
    spent: Sequence[Permit],
    moratoria: Mapping[tuple[str, date], str | None],
    opted_out: AbstractSet[Channel],
    now: datetime,
) -> _Standing:
    debtor, today = contact.debtor, contact.debtor.today(now)
    moratorium = moratoria[debtor.case.country, today]
    answered = SPOKEN_UNDER.get(contact.kind, frozenset()) if contact.kind else frozenset()
    standing = {hold.kind for hold in held if covers(hold, today)} - answered
    standing |= {"moratorium"} if moratorium else set()
    known = ContactFacts(
        actor=contact.actor,
        lender_type=LenderType(debtor.creditor.lender_type),
        party_role=debtor.role,
        days_past_due=debtor.case.days_past_due,
        consents=frozenset(debtor.party.consents),
        holds=frozenset(standing),
        contacts=tuple(_past(permit) for permit in spent if _is_of(permit, budget)),
        time_zone=debtor.party.time_zone,
        registries=frozenset(debtor.party.registries) | {registry_of(channel) for channel in opted_out},
        debtor=budget.party_id,
        debt=budget.loan_id,
        case=debtor.case.id,
        number=budget.number_index.hex() if budget.number_index else None,
    )
    return _Standing(contact, budget, known, moratorium)


def _is_of(permit: Permit, budget: Budget) -> bool:
    """Whether a touch is of the budget's debtor, or of somebody else about the same loan or over the same number."""
    return (
        permit.party_id == budget.party_id
        or (permit.loan_id is not None and permit.loan_id == budget.loan_id)
        or (permit.number_index is not None and permit.number_index == budget.number_index)
    )


def _past(permit: Permit) -> PastContact:
    return PastContact(
        at=permit.issued_at,
        channel=Channel(permit.channel),
        actor=Actor(permit.actor),
        result=ContactResult(permit.result),
        debtor=permit.party_id,
        debt=permit.loan_id,
        case=permit.case_id,
        number=permit.number_index.hex() if permit.number_index else None,
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


def issue_permit(tx: Connection, contact: Contact, *, new_id: NewId, now: datetime) -> Permit | Refusal:
    """A permit for one contact now, spent from the budgets of debtor, loan and number; or why there is none."""
    return issue_permits(tx, [contact], new_id=new_id, now=now)[0]


def issue_permits(
    tx: Connection, contacts: Sequence[Contact], *, new_id: NewId, now: datetime
) -> list[Permit | Refusal]:
    """A permit or a refusal for each contact, in order; what one spends the next no longer has.

    The budgets are locked until the transaction ends, so two actors cannot both spend the last contact.
    """
    answers: list[Permit | Refusal] = []
    issued: list[Permit] = []
    for standing in _standings(tx, contacts, now=now, lock=True):
        just_spent = tuple(_past(permit) for permit in issued if _is_of(permit, standing.budget))
        answer = _answer(standing, just_spent, new_id=new_id, now=now)
        if isinstance(answer, Permit):
            issued.append(answer)
        answers.append(answer)
    permits.add(tx, issued)
    return answers


def asked_over(debtor: Debtor, channel: Channel, actor: Actor) -> Contact:
    """The contact that somebody would make over a channel, to the address that is known of the debtor there."""
    numbers = {Channel.EMAIL: debtor.party.email} | dict.fromkeys(_DIALLED, debtor.party.phone)
    return Contact(debtor, channel, actor, number=numbers.get(channel))


def look(tx: Connection, contact: Contact, *, at: datetime) -> tuple[ContactFacts, Decision]:
    """What is known of a contact and whether it would be lawful then; nothing is spent and nothing written.

    The same decision as a permit's: holds and a moratorium are those of the debtor's day at ``at``.
    """
    standing = _standings(tx, [contact], now=at)[0]
    return standing.known, _decision(standing, (), now=at)


def may_contact(tx: Connection, contacts: Sequence[Contact], *, now: datetime) -> list[Decision]:
    """What law says of each contact if it were made now; nothing is spent."""
    return [_decision(standing, (), now=now) for standing in _standings(tx, contacts, now=now)]


def _answer(
    standing: _Standing, just_spent: tuple[PastContact, ...], *, new_id: NewId, now: datetime
) -> Permit | Refusal:
    decision = _decision(standing, just_spent, now=now)
    if isinstance(decision, Refusal):
        return decision
    asked, debtor = standing.contact, standing.contact.debtor
    return Permit(
        id=new_id("permit"),
        tenant_id=debtor.case.tenant_id,
        party_id=debtor.party.id,
        case_id=debtor.case.id,
        loan_id=standing.budget.loan_id,
        number_index=standing.budget.number_index,
        channel=asked.channel.value,
        actor=asked.actor.value,
        result=ContactResult.ATTEMPT.value,
        rules=list(decision.rules),
        issued_at=now,
        expires_at=min(now + _PERMIT_LIFETIME, decision.closes_at),
        settled_at=None,
        held_by=asked.held_by,
    )


def closes_at(tx: Connection, debtor: Debtor, channel: Channel, *, now: datetime) -> datetime | None:
    """When the hours end in which a contact over a channel is lawful now; ``None`` where none is."""
    known = replace(facts(tx, debtor, now=now), contacts=())  # hours alone: the contact itself is spent already
    answer = contact_policy(debtor.country, known, channel=channel, at=now, subdivision=debtor.party.subdivision)
    return answer.closes_at if isinstance(answer, Permitted) else None


def _decision(standing: _Standing, just_spent: tuple[PastContact, ...], *, now: datetime) -> Decision:
    if standing.moratorium:
        cause = Cause(None, Moratorium(standing.moratorium))
        return Refusal(None, cause.source, cause.confidence, (str(cause),), causes=(cause,))
    if standing.stop:
        cause = Cause(None, Stopped(standing.stop.reason))
        return Refusal(STOPPED, cause.source, cause.confidence, (str(cause),), causes=(cause,))
    debtor = standing.contact.debtor
    return contact_policy(
        debtor.country,
        replace(standing.known, contacts=standing.known.contacts + just_spent),
        channel=standing.contact.channel,
        at=now,
        subdivision=debtor.party.subdivision,
    )


def why_wait(
    tx: Connection,
    debtor: Debtor,
    channel: Channel,
    *,
    until: datetime,
    now: datetime,
    kind: NoticeKind | None = None,
) -> dict[str, Any] | None:
    """The law that keeps a notice waiting ``until`` then, as kept with it; ``None`` where it may go now."""
    if until <= now:
        return None
    known = facts(tx, debtor, now=now, kind=kind)
    answer = contact_policy(debtor.country, known, channel=channel, at=now, subdivision=debtor.party.subdivision)
    return refusal_json(answer) if isinstance(answer, Refusal) else None


def refusal_json(refusal: Refusal) -> dict[str, Any]:
    """A refusal as kept with a notice and in the timeline; ``causes`` let any language tell the reasons later."""
    return {
        "rule": refusal.rule,
        "source": refusal.source,
        "confidence": refusal.confidence.value,
        "reasons": list(refusal.reasons),
        "causes": [cause_document(cause) for cause in refusal.causes],
        "next_allowed_at": refusal.next_allowed_at.isoformat() if refusal.next_allowed_at else None,
    }
