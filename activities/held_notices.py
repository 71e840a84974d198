"""Held notices: why each waits, and the ways on. Its facts are corrected, it is released, or it is discarded.

Every way asks again, by the words as they are now. What is prohibited is never let through by anybody; findings that
are none are cleared by two.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from activities import contact, notice_checks, notice_writing
from activities.notice_checks import CLEARABLE, refusal_of
from activities.notice_queue import stated_of
from activities.notice_writing import CREDITOR_ADDRESS
from activities.wording_desk import NOT_APPROVED, say_why
from connectors import notice_questions, registry
from connectors.wording.screening import Finding
from domain.day_close import Actor, four_eyes
from domain.errors import AfluenteError, Conflict, Refused
from domain.ids import NewId
from domain.notices import PAY_BY_DAYS, NoticeKind, RenderedNotice
from store import cases, notice_clearances, notices, timeline
from store.notice_clearances import Clearance
from store.notices import Notice

_PARTICULARS: Final = (
    CREDITOR_ADDRESS, "creditor_phone", "working_hours", "department", "agent_name", "agency_name", "complaint_contact",
    "vehicle",
)  # fmt: skip
_ACKNOWLEDGED: Final = ("reference", "received_on", "answer_by")


@dataclass(frozen=True, slots=True)
class Look:
    """A held notice as it is now: how it would read, what is found in it, and why it may not go."""

    rendered: RenderedNotice | None
    findings: tuple[Finding, ...]
    refusal: dict[str, Any] | None
    over: bool = False  # there is nothing left to speak of

    @property
    def clearable(self) -> bool:
        """Whether all that is wrong with it may be cleared by two."""
        return bool(self.findings) and all(one.category in CLEARABLE for one in self.findings)


def look(tx: Connection, notice: Notice, *, now: datetime) -> Look:
    """A notice looked at as the relay would before sending it."""
    debtor = contact.load(tx, cases.get(tx, notice.case_id))
    try:
        rendered = notice_writing.preview(tx, notice, now=now)
        if rendered is None:
            return Look(None, (), None, over=True)
        found = notice_writing.faults(debtor, rendered, now=now)
        checked = notice_checks.check(tx, notice, debtor, rendered, now=now)
    except AfluenteError as error:
        return Look(None, (), refusal_of(error))
    return Look(rendered, found, checked.refusal)


def correctable(notice: Notice) -> tuple[str, ...]:
    """The facts that a person may state for a notice: particulars of who writes, and its own days and references.

    Amounts come from the book and from what was agreed, and are corrected there.
    """
    kind = NoticeKind(notice.kind)
    if kind in (NoticeKind.COMPLAINT_ACKNOWLEDGEMENT, NoticeKind.DISPUTE_ACKNOWLEDGEMENT):
        return (*_ACKNOWLEDGED, *_PARTICULARS)
    if kind is NoticeKind.DATA_RIGHTS_ANSWER:
        return ("reference", "received_on", "answer", *_PARTICULARS)
    return ("pay_by", *_PARTICULARS) if kind in PAY_BY_DAYS else _PARTICULARS


@dataclass(frozen=True)
class HeldDesk:
    """Where a person decides on held notices, in the caller's transaction."""

    tx: Connection
    tenant_id: str
    actor: Actor
    new_id: NewId
    now: datetime

    def correct(self, notice_id: str, facts: Mapping[str, Any]) -> Look:
        """State facts for a notice alone, by name; ``None`` takes one back. It stays held until it is released.

        Raises ``notice_not_held``, ``fact_not_correctable``, ``facts_malformed``.
        """
        notice = self._held(notice_id)
        allowed = correctable(notice)
        other = sorted(set(facts) - set(allowed))
        if other:
            raise Refused(
                "fact_not_correctable",
                f"{', '.join(other)}: not stated for this notice.",
                fix=f"These can be: {', '.join(allowed)}.",
            )
        stated = {name: value for name, value in (stated_of(notice) | dict(facts)).items() if value is not None}
        country = registry.country(cases.get(self.tx, notice.case_id).country)
        notice_questions.read({key: value for key, value in stated.items() if key != CREDITOR_ADDRESS}, country)
        text = json.dumps(stated, ensure_ascii=False, sort_keys=True) if stated else None
        notices.change(self.tx, notice.id, stated=text)
        self._note(notice, "notice_corrected", facts=sorted(facts))
        return self._looked_at(notice.id)

    def release(self, notice_id: str) -> Notice:
        """Let a notice go once nothing keeps it; ``notice_still_held`` with the reason where something does.

        It goes through the relay like any other: contact law is asked again at the moment of sending.
        """
        notice = self._held(notice_id)
        found = look(self.tx, notice, now=self.now)
        if found.over:
            raise Refused("notice_over", "There is nothing left to speak of.", fix="Discard it.")
        if found.refusal is not None:
            reasons = "; ".join(map(str, found.refusal["reasons"]))
            raise Refused("notice_still_held", reasons, fix=_way_out(found), rule=found.refusal["rule"])
        notices.change(self.tx, notice.id, state="queued", not_before=max(self.now, notice.not_before), refusal=None)
        self._note(notice, "notice_released")
        return notices.get(self.tx, notice.id)

    def discard(self, notice_id: str, *, reason: str) -> Notice:
        """Give a notice up. Raises ``notice_not_held`` and ``reason_missing``."""
        notice = self._held(notice_id)
        said = say_why(reason)
        notices.change(self.tx, notice.id, state="cancelled")
        self._note(notice, "notice_discarded", reason=said)
        return notices.get(self.tx, notice.id)

    def clear(self, notice_id: str, *, reason: str) -> Clearance:
        """Say that all that is found in a notice is no fault, for another person to confirm.

        Raises ``wording_prohibited`` where something is prohibited, ``nothing_to_clear`` and ``reason_missing``.
        """
        notice = self._held(notice_id)
        said, found = say_why(reason), look(self.tx, notice, now=self.now)
        prohibited = sorted({one.phrase for one in found.findings if one.category not in CLEARABLE})
        if prohibited:
            raise Refused(
                "wording_prohibited",
                f"What is prohibited is never sent: {', '.join(prohibited)}.",
                fix="Have the wording or the facts changed, then release the notice.",
            )
        if not found.clearable:
            raise Refused("nothing_to_clear", "Nothing was found in its words.", fix="Release it.")
        pairs = [[one.rule, one.phrase] for one in found.findings]
        clearance = Clearance(
            self.new_id("notice_clearance"), notice.id, pairs, said, self.actor.id, self.actor.name, self.now
        )
        notice_clearances.add(self.tx, clearance, tenant_id=self.tenant_id)
        self._note(notice, "notice_clearance_asked", reason=said)
        return clearance

    def confirm(self, clearance_id: str) -> Notice:
        """Agree with another person that what they cleared is no fault, and let the notice go.

        Raises ``four_eyes``, ``clearance_confirmed`` and what ``release`` raises.
        """
        clearance = notice_clearances.get(self.tx, clearance_id)
        notice = self._held(clearance.notice_id)
        if clearance.confirmed_by is not None:
            raise Conflict("clearance_confirmed", "This was confirmed already.")
        four_eyes(clearance.proposed_by, self.actor)
        notice_clearances.confirm(self.tx, clearance.id, actor=self.actor, now=self.now)
        self._note(notice, "notice_cleared", reason=clearance.reason)
        return self.release(notice.id)

    # Inside -------------------------------------------------------------------------------------------------------

    def _held(self, notice_id: str) -> Notice:
        notice = notices.get(self.tx, notice_id, lock=True)
        if notice.state != "held":
            raise Conflict("notice_not_held", f"The notice is {notice.state}.", fix="Look at it as it is now.")
        return notice

    def _looked_at(self, notice_id: str) -> Look:
        """The notice looked at anew, with what keeps it written beside it."""
        found = look(self.tx, notices.get(self.tx, notice_id), now=self.now)
        notices.change(self.tx, notice_id, refusal=found.refusal)
        return found

    def _note(self, notice: Notice, event: str, /, **detail: Any) -> None:
        case = cases.get(self.tx, notice.case_id)
        detail = {"notice": notice.id, "kind": notice.kind, **detail}
        timeline.note(self.tx, case, at=self.now, actor=self.actor.name, kind=event, detail=detail)


def _way_out(found: Look) -> str:
    """What helps."""
    if found.refusal and found.refusal["rule"] == NOT_APPROVED:
        return "Have the wording approved."
    if found.clearable:
        return "Correct the facts, or have the findings cleared by two."
    return "Correct the facts, or have the wording changed."
