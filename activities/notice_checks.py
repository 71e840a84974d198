"""What keeps a notice from being sent: a fault in its words, wording nobody approved, no way to the debtor.

The relay asks before each sending, and so does whoever takes out a letter or a call; a person asks again before a held
notice is let go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from activities import notice_writing, wording_desk
from activities.contact import Debtor
from activities.wording_desk import NOT_APPROVED
from connectors.wording.screening import Finding
from domain.errors import AfluenteError
from domain.notices import RenderedNotice
from store import cases, notice_clearances, notices, timeline
from store.notices import Notice

CLEARABLE: Final = frozenset({"link", "phone_number", "personal_data", "element_missing"})
"""Findings that may be none: a contract's number that looks like a telephone's, a name in another script. What is
prohibited is never cleared; it goes out once its words were changed."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: ``refusal`` is kept with the notice where it may not go, else its wording is approved."""

    refusal: dict[str, Any] | None
    wording_sha256: str | None = None
    approval_id: str | None = None


def check(tx: Connection, notice: Notice, debtor: Debtor, rendered: RenderedNotice, *, now: datetime) -> Checked:
    """Whether a rendered notice may be sent, by its words and who approved them."""
    cleared = {
        (rule, phrase)
        for clearance in notice_clearances.of_notice(tx, notice.id)
        if clearance.confirmed_by is not None
        for rule, phrase in clearance.findings
    }
    found = notice_writing.faults(debtor, rendered, now=now)
    left = [one for one in found if one.category not in CLEARABLE or (one.rule, one.phrase) not in cleared]
    if left:
        return Checked(_faulty(left))
    variant = wording_desk.variant_of(debtor.case.country, rendered.kind.value, rendered.channel, rendered.locale)
    version = wording_desk.current(variant, today=debtor.today(now))
    approval = wording_desk.approved_by(tx, variant, version.sha256)
    if approval is None:
        return Checked(_unapproved(variant.locale, version.version))
    return Checked(None, version.sha256, approval)


def _faulty(found: Iterable[Finding]) -> dict[str, Any]:
    faults = list(found)
    return {
        "rule": faults[0].rule,
        "source": faults[0].source,
        "reasons": [f"{fault.phrase} {fault.place} {fault.reason}" for fault in faults],
        "findings": [asdict(fault) for fault in faults],
    }


def _unapproved(locale: str, version: str) -> dict[str, Any]:
    said = f"The wording {version} in {locale} has not been approved."
    return {"rule": NOT_APPROVED, "source": "house policy: wording is approved by two", "reasons": [said]}


def hold(tx: Connection, notice: Notice, refusal: dict[str, Any], *, now: datetime) -> None:
    """A notice that may not go as it is waits here until a person has looked at it."""
    notices.change(tx, notice.id, state="held", refusal=refusal)
    detail = {"notice": notice.id, "rule": refusal["rule"]}
    timeline.note(tx, cases.get(tx, notice.case_id), at=now, actor="system", kind="notice_held", detail=detail)


def refusal_of(error: AfluenteError) -> dict[str, Any]:
    """Why a notice could not be written or has no way to go, as kept with it."""
    said = [error.message, *([error.fix] if error.fix else [])]
    return {"rule": error.code, "source": error.details.get("source"), "reasons": said}
