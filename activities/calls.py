"""Calls that a person makes: queued, taken under a permit, opened by proof of identity, ended by an outcome.

A call is a notice whose channel is the telephone: it waits in the outbox, and what was said of it is its evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from activities import contact, contact_reports, notice_checks, notice_failures, notice_writing
from activities.contact import Contact, Debtor
from activities.contact_reports import Reporter, Said, Wanted
from activities.notice_checks import Checked
from connectors.wording.voice_scripts import OPENING
from domain.contact_outcomes import ContactOutcome, consequence
from domain.contact_policy import Decision, Permitted
from domain.contacts import Actor, Channel, ContactResult
from domain.errors import Conflict, Invalid, Refused
from domain.ids import NewId
from domain.notices import RenderedNotice
from store import cases, hand_carried, notices, permits
from store.cases import Case
from store.contact_reports import ContactReport
from store.hand_carried import Carried
from store.notices import Notice
from store.parties import Party

MOST_TRIES: Final = 3
_AGAIN_AFTER: Final = timedelta(days=1)
_MOST_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class CallTask:
    """A call that waits or is being made, with what law says of it now; ``None`` of what is in somebody's hands."""

    notice: Notice
    case: Case
    party: Party
    carried: Carried | None
    law: Decision | None

    @property
    def is_lawful(self) -> bool:
        """Whether it may be started now."""
        return isinstance(self.law, Permitted)

    @property
    def lawful_from(self) -> datetime | None:
        """When it may be started, where that is later and known."""
        return None if self.law is None or isinstance(self.law, Permitted) else self.law.next_allowed_at


@dataclass(frozen=True, slots=True)
class Script:
    """What is said, in the debtor's language: to whoever answers, to prove who that is, and to the debtor alone."""

    opening: tuple[str, ...]
    proof: str
    matter: tuple[str, ...]
    rendered: RenderedNotice


def waiting(tx: Connection, *, now: datetime) -> list[CallTask]:
    """Calls that wait or are being made: those in hand first, then what is lawful now, then by when it will be."""
    found = hand_carried.waiting(tx, Channel.PHONE.value, now=now, limit=_MOST_LISTED)
    return sorted(_tasks(tx, found, now=now), key=_order)


def task(tx: Connection, notice_id: str, *, now: datetime) -> CallTask:
    """One call. ``notice_unknown``, ``not_a_call``."""
    notice = notices.get(tx, notice_id)
    if notice.channel != Channel.PHONE.value:
        raise Invalid("not_a_call", f"The notice {notice_id} is no call.")
    return _tasks(tx, [notice], now=now)[0]


def _tasks(tx: Connection, found: Sequence[Notice], *, now: datetime) -> list[CallTask]:
    carried = hand_carried.of_notices(tx, [notice.id for notice in found])
    debtors = {notice.id: contact.load(tx, cases.get(tx, notice.case_id)) for notice in found}
    asked = [notice for notice in found if notice.state == "queued"]
    contacts = [
        Contact(debtors[one.id], Channel.PHONE, number=contact.addresses(tx, debtors[one.id]).get(Channel.PHONE))
        for one in asked
    ]
    law = dict(zip((one.id for one in asked), contact.may_contact(tx, contacts, now=now), strict=True))
    return [
        CallTask(one, debtors[one.id].case, debtors[one.id].party, carried.get(one.id), law.get(one.id))
        for one in found
    ]


def _order(one: CallTask) -> tuple[int, datetime]:
    if one.notice.state == "sending":
        return (0, one.notice.attempted_at or one.notice.not_before)
    if one.is_lawful:
        return (1, one.notice.not_before)
    return (2, one.lawful_from) if one.lawful_from else (3, one.notice.not_before)


def start(tx: Connection, notice_id: str, by: Reporter, *, new_id: NewId, now: datetime) -> None:
    """Take a call in hand, under a permit. Raises ``call_in_hand`` and whatever keeps a permit from being given."""
    notice = notices.get(tx, notice_id)
    cases.get(tx, notice.case_id, lock=True)  # two people who start the same call wait for each other
    found = task(tx, notice_id, now=now)
    if found.notice.state != "queued":
        raise Conflict("call_in_hand", "Somebody is making this call, or it has been made.", fix="Look at it again.")
    debtor = contact.load(tx, found.case)
    checked = _checked(tx, found.notice, debtor, by, now=now)
    number = contact.addresses(tx, debtor).get(Channel.PHONE)
    wanted = Wanted(found.case.id, Channel.PHONE, Actor.AGENCY if by.is_agency else Actor.CREDITOR, number)
    permit = contact_reports.ask(tx, wanted, by, new_id=new_id, now=now)
    tries = found.carried.tries + 1 if found.carried else 1
    hand_carried.take(tx, Carried(notice_id, found.case.tenant_id, None, permit.actor, by.name, now, tries=tries))
    notices.change(
        tx,
        notice_id,
        state="sending",
        permit_id=permit.id,
        attempted_at=now,
        recipient=number,
        transport="call",
        wording_sha256=checked.wording_sha256,
        approval_id=checked.approval_id,
    )


def _checked(tx: Connection, notice: Notice, debtor: Debtor, by: Reporter, *, now: datetime) -> Checked:
    """The script may be read out: there is something to say, and its words were approved."""
    rendered = notice_writing.preview(tx, notice, now=now, agent_name=by.name)
    if rendered is None:
        raise Conflict("nothing_to_say", "What the call was about is over.", fix="Take the next one.")
    checked = notice_checks.check(tx, notice, debtor, rendered, now=now)
    if checked.refusal:
        said = " ".join(checked.refusal["reasons"])
        raise Refused("script_not_sayable", said, fix="Have the wording approved or changed.", **checked.refusal)
    return checked


def script(tx: Connection, notice: Notice, *, agent_name: str, now: datetime) -> Script | None:
    """What to say; ``None`` where nothing is left to speak of."""
    rendered = notice_writing.preview(tx, notice, now=now, agent_name=agent_name)
    if rendered is None:
        return None
    said = tuple(part.strip() for part in rendered.text.split("\n\n") if part.strip())
    return Script(said[:OPENING], said[OPENING], said[OPENING + 1 :], rendered)


def verify(tx: Connection, notice_id: str, *, now: datetime) -> None:
    """Note that who answered proved to be the debtor. ``call_not_in_hand``."""
    _in_hand(tx, notice_id)
    hand_carried.change(tx, notice_id, verified_at=now)


def _in_hand(tx: Connection, notice_id: str) -> tuple[Notice, Carried]:
    notice, carried = notices.get(tx, notice_id), hand_carried.find(tx, notice_id)
    if notice.state != "sending" or carried is None or notice.permit_id is None:
        raise Conflict("call_not_in_hand", "Nobody is making this call now.", fix="Start it first.")
    return notice, carried


def finish(
    tx: Connection,
    notice_id: str,
    outcome: ContactOutcome,
    by: Reporter,
    *,
    note: str | None,
    new_id: NewId,
    now: datetime,
) -> ContactReport:
    """End a call by its outcome, which settles its permit; tried again on another day, or gone over elsewhere.

    Raises ``identity_not_verified`` where the outcome speaks of the debtor, who was never proved to be there.
    """
    notice, carried = _in_hand(tx, notice_id)
    follows = consequence(outcome)
    if follows.result == ContactResult.RIGHT_PARTY.value and carried.verified_at is None:
        raise Invalid(
            "identity_not_verified",
            "Whoever answered has not proved to be the debtor.",
            fix="Confirm the identity first, or choose what else came of the call.",
        )
    permit = permits.get(tx, notice.permit_id or "")
    holder = replace(by, id=permit.held_by or by.id)  # a colleague may end what another started
    said = Said(permit.id, outcome, now, note)
    report = contact_reports.report(tx, said, holder, new_id=new_id, now=now)
    if follows.again and (carried.tries < MOST_TRIES or outcome is ContactOutcome.NOT_MADE):
        later = now if outcome is ContactOutcome.NOT_MADE else now + _AGAIN_AFTER
        notices.change(tx, notice_id, state="queued", permit_id=None, not_before=later)
        spent = carried.tries - (outcome is ContactOutcome.NOT_MADE)
        if spent:
            hand_carried.change(tx, notice_id, verified_at=None, tries=spent)
        else:
            hand_carried.give_back(tx, notice_id)
    elif follows.result == ContactResult.RIGHT_PARTY.value:
        _keep_what_was_said(tx, notice, by, now=now)
    else:
        notice_failures.tell(tx, notice, rule="not_reached", reasons=[outcome.value], new_id=new_id, now=now)
    return report


def _keep_what_was_said(tx: Connection, notice: Notice, by: Reporter, *, now: datetime) -> None:
    said = script(tx, notice, agent_name=by.name, now=now)
    evidence = (
        {}
        if said is None
        else {
            "subject": said.rendered.subject,
            "body": said.rendered.text,
            "sha256": said.rendered.sha256,
            "template_version": said.rendered.template_version,
            "locale": said.rendered.locale,
        }
    )
    notices.change(tx, notice.id, state="sent", sent_at=now, refusal=None, **evidence)
