"""Delivery receipts: what became of a text, as networks write it into a ``deliver_sm``.

Source: SMPP Protocol Specification v3.4, 5.2.28 (``message_state``), 5.3.2.12 (``receipted_message_id``) and appendix B
(the text of receipts, which vendors vary). Confidence: verified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from aiosmpplib.state import MESSAGE_STATE, RECEIPTED_MESSAGE_ID

from connectors.channels.sms_smpp.pdus import Delivered
from connectors.channels.texts import ReportState

_FIELD: Final = re.compile(r"(?i)\b(id|stat|err):\s*(\S+)")
_STATES: Final[Mapping[str, ReportState]] = {
    "DELIVRD": "delivered",
    "EXPIRED": "failed",
    "DELETED": "failed",
    "UNDELIV": "failed",
    "REJECTD": "failed",
}
_NUMBERED: Final = ("", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD")
_LONGEST_CODE: Final = 40


def read(packet: Delivered) -> tuple[str, ReportState, str] | None:
    """The message's name, what became of it and the network's word for that; ``None`` where it names no message.

    A word that is not known says nothing final: the message stays on its way.
    """
    said = {name.lower(): value for name, value in _FIELD.findall(packet.text)}
    message_id = packet.optional.get(RECEIPTED_MESSAGE_ID, b"").rstrip(b"\0").decode("latin-1") or said.get("id", "")
    if not message_id:
        return None
    stated = packet.optional.get(MESSAGE_STATE, b"")
    number = stated[0] if stated else 0
    word = _NUMBERED[number] if 0 < number < len(_NUMBERED) else said.get("stat", "UNKNOWN").upper()
    error = said.get("err", "").strip("0")
    return message_id, _STATES.get(word, "accepted"), (f"{word}/{said['err']}" if error else word)[:_LONGEST_CODE]
