"""Permits for those who make contacts themselves, and what they report of them: callers, agencies, gateways.

A permit is reported by whoever holds it. What is reported settles it in the one contact budget, stands in the case's
history, and takes a wrong number out of use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from activities import contact, contact_stops
from activities.contact import Contact
from activities.contact_stops import Told
from domain.contact_outcomes import WISHES, ContactOutcome, consequence, is_late
from domain.contact_policy import Refusal
from domain.contacts import Actor, Channel
from domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from domain.ids import NewId
from store import cases, contact_reports, permits, tenants, timeline
from store.cases import Case
from store.contact_reports import ContactReport, Placement
from store.permits import Permit


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who makes contacts and reports them: by ``id`` in permits, by ``name`` in histories."""

    id: str
    name: str
    is_agency: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A contact that somebody wants to make; ``number`` of ``None`` is the person's own for the channel.

    ``party_id`` names a guarantor of a loan of the case; ``None`` is its debtor.
    """

    case_id: str
    channel: Channel
    actor: Actor = Actor.CREDITOR
    number: str | None = None
    loan_id: str | None = None
    party_id: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What is reported: ``at`` is when the contact was made, ``None`` for now."""

    permit_id: str
    outcome: ContactOutcome
    at: datetime | None = None
    note: str | None = None


def case_of(tx: Connection, case_id: str, reporter: Reporter) -> Case:
    """The case, where the reporter may work it; an agency is told of no other: ``case_unknown``."""
    case = cases.get(tx, case_id)
    if reporter.is_agency and not _is_placed_with(tx, case, reporter):
        raise NotFound("case_unknown", f"There is no case {case_id}.")
    return case


def _is_placed_with(tx: Connection, case: Case, reporter: Reporter) -> bool:
    placement = contact_reports.placed_with(tx, case.id)
    return placement is not None and placement.agency_key_id == reporter.id


def ask(tx: Connection, wanted: Wanted, reporter: Reporter, *, new_id: NewId, now: datetime) -> Permit:
    """A permit for one contact now.

    Raises ``contact_refused`` with the law that says no, ``party_not_of_case`` and ``number_missing``.
    """
    case = case_of(tx, wanted.case_id, reporter)
    if case.closed_at is not None:
        raise Conflict("case_closed", "The case is closed; nobody is contacted about it.")
    debtor = contact.load(tx, case, party_id=wanted.party_id)
    number = wanted.number or contact.addresses(tx, debtor).get(wanted.channel)
    if number is None and wanted.channel in _NEED_A_NUMBER:
        raise Invalid("number_missing", f"No number or address of the debtor for {wanted.channel.value} is in use.")
    actor = Actor.AGENCY if reporter.is_agency else wanted.actor
    asked = Contact(debtor, wanted.channel, actor, number, wanted.loan_id, held_by=reporter.id)
    permit = contact.issue_permit(tx, asked, new_id=new_id, now=now)
    if isinstance(permit, Refusal):
        raise refused(permit)
    detail = {"permit": permit.id, "channel": permit.channel, "actor": permit.actor}
    timeline.note(tx, case, at=now, actor=reporter.name, kind="contact_permitted", detail=detail)
    return permit


_NEED_A_NUMBER = frozenset({Channel.PHONE, Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.WHATSAPP})


def refused(refusal: Refusal) -> Refused:
    """Law's no, as an error that states rule, source and the next lawful moment."""
    why = contact.refusal_json(refusal)
    later = f"It is lawful from {why['next_allowed_at']}." if why["next_allowed_at"] else None
    return Refused("contact_refused", "The debtor may not be contacted so now.", fix=later, **why)


def report(tx: Connection, said: Said, reporter: Reporter, *, new_id: NewId, now: datetime) -> ContactReport:
    """Settle a permit by what came of the contact; told again, the first report is given again.

    Raises ``permit_unknown`` also for one that somebody else's agency holds, ``permit_settled`` for an outcome that
    reaches less far than one that was told before, and those of ``domain.contact_outcomes.is_late``.
    """
    permit = permits.get(tx, said.permit_id)
    if reporter.is_agency and permit.held_by != reporter.id:
        raise NotFound("permit_unknown", f"There is no permit {said.permit_id}.")
    known = contact_reports.find(tx, permit.id, said.outcome.value)
    if known is not None:
        return known
    at = said.at or now
    late = is_late(at, issued_at=permit.issued_at, expires_at=permit.expires_at, now=now)
    follows = consequence(said.outcome)
    permits.settle(tx, permit.id, result=follows.result, now=now)
    made = ContactReport(
        id=new_id("contact_report"),
        tenant_id=permit.tenant_id,
        permit_id=permit.id,
        case_id=permit.case_id,
        notice_id=contact_reports.notice_of(tx, permit.id),
        outcome=said.outcome.value,
        result=follows.result,
        at=at,
        late=late and said.outcome is not ContactOutcome.NOT_MADE,
        note=said.note,
        reported_by=reporter.name,
        reported_at=now,
    )
    if not contact_reports.add(tx, made):  # somebody told the same a moment ago
        return contact_reports.find(tx, permit.id, said.outcome.value) or made
    _follow(tx, made, permit, reporter, new_id=new_id, now=now)
    return made


def _follow(
    tx: Connection, made: ContactReport, permit: Permit, reporter: Reporter, *, new_id: NewId, now: datetime
) -> None:
    case = cases.get(tx, permit.case_id)
    detail = {"report": made.id, "permit": permit.id, "outcome": made.outcome, "channel": permit.channel}
    if made.late:
        detail["late"] = "after_permit"
    timeline.note(tx, case, at=now, actor=reporter.name, kind="contact_reported", detail=detail)
    reason = consequence(ContactOutcome(made.outcome)).stop
    if reason is None:
        return
    told = Told(case, reporter.name, now, new_id)
    if reason in WISHES:
        contact_stops.stop_channel(tx, told, Channel(permit.channel), reason=reason)
    elif permit.number_index is not None:
        contact_stops.stop_number(tx, told, permit.number_index, reason=reason)


def place(tx: Connection, case: Case, agency_key_id: str, *, by: str, new_id: NewId, now: datetime) -> Placement:
    """Give a case to an agency.

    Raises ``agency_unknown``, ``agency_forbidden`` where the country lets no third party collect, and ``case_placed``.
    """
    if not tenants.is_agency_key(tx, agency_key_id):
        raise NotFound("agency_unknown", f"No agency asks with the key {agency_key_id}.")
    debtor = contact.load(tx, case)
    for rule in debtor.country.conduct.agencies:
        if rule.holds_on(debtor.today(now)) and rule.may_act is False:
            raise Forbidden("agency_forbidden", rule.text, rule=rule.id, source=rule.source)
    placement = Placement(new_id("placement"), case.tenant_id, case.id, agency_key_id, by, now)
    if not contact_reports.place(tx, placement):
        raise Conflict("case_placed", "The case is with an agency already.", fix="Take it back first.")
    detail = {"placement": placement.id}
    timeline.note(tx, case, at=now, actor=by, kind="case_placed", detail=detail)
    return placement


def take_back(tx: Connection, placement_id: str, *, by: str, now: datetime) -> Placement:
    """Take a case back from its agency; taken back before, it stays as it was."""
    placement = contact_reports.get_placement(tx, placement_id)
    if placement.ended_at is None:
        contact_reports.end_placement(tx, placement_id, by=by, now=now)
        case = cases.get(tx, placement.case_id)
        timeline.note(tx, case, at=now, actor=by, kind="case_taken_back", detail={"placement": placement.id})
    return contact_reports.get_placement(tx, placement_id)
