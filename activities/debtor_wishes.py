"""What a debtor asks of their own personal data: kept in the case's history for a person to answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from domain.errors import Invalid
from store import timeline
from store.cases import Case

DEBTOR = "debtor"
"""Who acts on the pay page; whoever has its link stands for the debtor."""
_KIND = "data_request"
LONGEST_TEXT = 500


class DataRight(StrEnum):
    """What data protection law gives a person: LGPD art. 18, PDPA (Thailand) ss. 30-36, GDPR arts. 15-21 alike."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"
    PORTABILITY = "portability"


def ask_about_data(
    tx: Connection, case: Case, *, right: str, text: str, command_id: str, link_id: str, now: datetime
) -> bool:
    """Note what is asked, once for each ``command_id``; whether it was new. ``data_right_unknown`` for another word."""
    if right not in set(DataRight):
        raise Invalid("data_right_unknown", "Choose what you ask for.", fix="Choose one of the list.")
    if len(text) > LONGEST_TEXT:
        raise Invalid("text_too_long", f"At most {LONGEST_TEXT} characters.", fix="Say it shorter.")
    if timeline.has(tx, case.id, kind=_KIND, command_id=command_id):
        return False
    detail = {"kind": right, "note": text, "command": command_id, "pay_link": link_id}
    timeline.note(tx, case, at=now, actor=DEBTOR, kind=_KIND, detail=detail)
    return True
