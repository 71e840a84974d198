"""Letters: taken out of the outbox in batches under permits, printed, posted by a person, and what comes back.

A letter is a notice whose channel is the post. Its text is kept when it is taken out, and printed from what is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from activities import contact, contact_reports, contact_stops, notice_checks, notice_failures, notice_writing
from activities.contact import Contact
from activities.contact_reports import Reporter, Wanted
from activities.contact_stops import Told
from activities.relay import with_current_request
from connectors import registry
from connectors.letters import MOST_LETTERS, Letter
from connectors.shared.addresses import Place, lines
from connectors.wording.catalogs import babel_locale
from domain.contact_outcomes import StopReason
from domain.contact_policy import Decision, Permitted
from domain.contacts import Channel
from domain.errors import AfluenteError, Conflict, Invalid, Refused
from domain.ids import NewId
from store import cases, hand_carried, notices, permits, timeline
from store import payment_requests as request_rows
from store.cases import Case
from store.hand_carried import Carried, LetterBatch
from store.notices import Notice
from store.parties import Party

_ENGLISH: Final = "en"  # what sorting offices abroad read beside their own language


class Returned(StrEnum):
    """Why a letter came back; all but the last two say that the address reaches nobody."""

    UNKNOWN = "unknown"
    MOVED = "moved"
    NO_SUCH_ADDRESS = "no_such_address"
    UNCLAIMED = "unclaimed"
    REFUSED = "refused"


_ADDRESS_DEAD: Final = frozenset({Returned.UNKNOWN, Returned.MOVED, Returned.NO_SUCH_ADDRESS})


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """A letter that waits to be taken out, with what law says of it now."""

    notice: Notice
    case: Case
    party: Party
    law: Decision
    awaits_code: bool

    @property
    def is_ready(self) -> bool:
        """Whether it may be posted now, and its payment code is there."""
        return isinstance(self.law, Permitted) and not self.awaits_code


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works with letters, and when."""

    by: Reporter
    now: datetime
    new_id: NewId


def waiting(tx: Connection, *, now: datetime) -> list[WaitingLetter]:
    """Letters in the outbox, those first that may be posted now."""
    found = [
        notice
        for notice in hand_carried.waiting(tx, Channel.LETTER.value, now=now, limit=MOST_LETTERS)
        if notice.state == "queued"
    ]
    debtors = [contact.load(tx, cases.get(tx, notice.case_id)) for notice in found]
    contacts = [
        Contact(debtor, Channel.LETTER, number=contact.addresses(tx, debtor).get(Channel.LETTER)) for debtor in debtors
    ]
    law = contact.may_contact(tx, contacts, now=now)
    letters = [
        WaitingLetter(notice, debtor.case, debtor.party, one, _awaits_code(tx, notice))
        for notice, debtor, one in zip(found, debtors, law, strict=True)
    ]
    return sorted(letters, key=lambda one: (not one.is_ready, one.notice.not_before))


def take_out(tx: Connection, desk: Desk) -> tuple[LetterBatch, int]:
    """A batch of every letter that may be posted now, each under a permit, and how many they are.

    One that cannot be written stays behind with its reason, and holds up no other. ``no_letter_waits`` where none may
    be posted.
    """
    ready = [one for one in waiting(tx, now=desk.now) if one.is_ready]
    if not ready:
        raise Invalid("no_letter_waits", "No letter may be posted now.", fix="Look at why each one waits.")
    batch = LetterBatch(desk.new_id("letter_batch"), _tenant(tx), desk.by.name, desk.now)
    hand_carried.add_batch(tx, batch)
    return batch, sum(_take_alone(tx, desk, one, batch) for one in ready)


def _tenant(tx: Connection) -> str:
    return str(tx.exec_driver_sql("SELECT this_tenant()").scalar_one())


def _take_alone(tx: Connection, desk: Desk, one: WaitingLetter, batch: LetterBatch) -> bool:
    try:
        with tx.begin_nested():
            return _take(tx, desk, one, batch)
    except Refused as error:  # another letter of the batch spent what law leaves
        notices.change(tx, one.notice.id, refusal={"rule": error.details.get("rule"), "reasons": [error.message]})
    except AfluenteError as error:
        notice_failures.tell(tx, one.notice, rule=error.code, reasons=[str(error)], new_id=desk.new_id, now=desk.now)
    return False


def _take(tx: Connection, desk: Desk, one: WaitingLetter, batch: LetterBatch) -> bool:
    cases.get(tx, one.case.id, lock=True)
    debtor = contact.load(tx, one.case)
    notice = with_current_request(tx, notices.get(tx, one.notice.id), debtor, now=desk.now, new_id=desk.new_id)
    if notice.state != "queued" or _awaits_code(tx, notice):
        return False
    rendered = notice_writing.preview(tx, notice, now=desk.now)
    if rendered is None:
        notices.change(tx, notice.id, state="cancelled")
        return False
    checked = notice_checks.check(tx, notice, debtor, rendered, now=desk.now)
    if checked.refusal:
        notice_checks.hold(tx, notice, checked.refusal, now=desk.now)
        return False
    envelope = "\n".join(envelope_of(one.party, country=one.case.country))
    permit = contact_reports.ask(tx, Wanted(one.case.id, Channel.LETTER), desk.by, new_id=desk.new_id, now=desk.now)
    hand_carried.take(tx, Carried(notice.id, batch.tenant_id, batch.id, permit.actor, desk.by.name, desk.now))
    notices.change(
        tx,
        notice.id,
        state="sending",
        attempted_at=desk.now,
        permit_id=permit.id,
        transport="post",
        recipient=envelope,
        locale=rendered.locale,
        subject=rendered.subject,
        body=rendered.text,
        sha256=rendered.sha256,
        template_version=rendered.template_version,
        wording_sha256=checked.wording_sha256,
        approval_id=checked.approval_id,
        refusal=None,
    )
    return True


def _awaits_code(tx: Connection, notice: Notice) -> bool:
    request = notice.payment_request_id
    return request is not None and request_rows.get(tx, request).state == "draft"


def envelope_of(party: Party, *, country: str) -> tuple[str, ...]:
    """The lines of a debtor's address as their country writes them; ``number_missing`` without a street."""
    if not party.address:
        raise Invalid("number_missing", "No address of the debtor is known.")
    known = registry.country(country)
    place = Place(
        street=party.address,
        city=party.city,
        postal_code=party.postal_code,
        subdivision=party.subdivision,
        state=known.subdivisions.get(party.subdivision or ""),
        country=country,
    )
    name = str(babel_locale(_ENGLISH).territories.get(country, known.name))
    return lines(party.name, place, country_name=name)


def printed(tx: Connection, letters: Sequence[Notice]) -> list[Letter]:
    """Letters as they are printed, from what was kept when they were taken out."""
    return [_printed(tx, notice) for notice in letters if notice.body]


def _printed(tx: Connection, notice: Notice) -> Letter:
    debtor = contact.load(tx, cases.get(tx, notice.case_id))
    creditor = debtor.creditor
    day = debtor.today(notice.attempted_at or notice.created_at)
    return Letter(
        sender=tuple(
            line for line in (creditor.name, *(creditor.address or "").splitlines(), creditor.contact) if line
        ),
        recipient=tuple((notice.recipient or "").splitlines()),
        day=day,
        subject=notice.subject or "",
        text=notice.body or "",
        locale=notice.locale,
        reference=notice.id,
        sha256=notice.sha256 or "",
    )


def posted(tx: Connection, notice_id: str, desk: Desk, *, tracking: str | None) -> None:
    """The letter is at the post: its permit is settled. ``letter_not_taken_out``."""
    notice, carried = _in_hand(tx, notice_id)
    permits.settle(tx, notice.permit_id or "", result="attempt", now=desk.now)
    notices.change(tx, notice_id, state="sent", sent_at=desk.now)
    hand_carried.change(tx, notice_id, posted_at=desk.now, tracking=tracking or carried.tracking)
    detail = {"notice": notice_id, "kind": notice.kind, "channel": notice.channel, "tracking": tracking}
    case = cases.get(tx, notice.case_id)
    timeline.note(tx, case, at=desk.now, actor=desk.by.name, kind="notice_sent", detail=detail)


def put_back(tx: Connection, notice_id: str, desk: Desk) -> None:
    """The letter was not posted: its permit gives its place back, and it waits again."""
    notice, _ = _in_hand(tx, notice_id)
    permits.settle(tx, notice.permit_id or "", result="unused", now=desk.now)
    hand_carried.give_back(tx, notice_id)
    notices.change(tx, notice_id, state="queued", permit_id=None, attempted_at=None, not_before=desk.now)


def _in_hand(tx: Connection, notice_id: str) -> tuple[Notice, Carried]:
    notice, carried = notices.get(tx, notice_id), hand_carried.find(tx, notice_id)
    if carried is None or notice.state != "sending" or notice.permit_id is None:
        raise Conflict("letter_not_taken_out", "The letter is not in a batch that waits to be posted.")
    return notice, carried


def came_back(tx: Connection, notice_id: str, reason: Returned, desk: Desk) -> None:
    """The letter came back: it has failed, and where its address is dead nobody writes there any more.

    One that its reader refused to take has reached them, and stays sent. ``letter_not_posted``.
    """
    notice, carried = notices.get(tx, notice_id), hand_carried.find(tx, notice_id)
    if carried is None or carried.posted_at is None or carried.returned_at is not None:
        raise Conflict("letter_not_posted", "The letter has not been posted, or came back before.")
    hand_carried.change(tx, notice_id, returned_at=desk.now, returned_because=reason.value)
    case = cases.get(tx, notice.case_id)
    detail = {"notice": notice_id, "returned": reason.value}
    timeline.note(tx, case, at=desk.now, actor=desk.by.name, kind="letter_returned", detail=detail)
    if reason is Returned.REFUSED:
        return
    index = permits.get(tx, notice.permit_id or "").number_index
    if reason in _ADDRESS_DEAD and index is not None:
        told = Told(case, desk.by.name, desk.now, desk.new_id)
        contact_stops.stop_number(tx, told, index, reason=StopReason.RETURNED_MAIL)
    notice_failures.tell(tx, notice, rule="returned_mail", reasons=[reason.value], new_id=desk.new_id, now=desk.now)
