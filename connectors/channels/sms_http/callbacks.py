"""What a text gateway calls back with: what became of texts, and what people wrote. Signed as webhooks are.

``{"type": "text.report", "id", "state": "accepted" | "delivered" | "failed", "code"}`` names a text by the identifier
that it was sent with; ``{"type": "text.received", "id", "from", "to", "text"}`` is a text that came in, by the
gateway's own name for it. Numbers are E.164 with or without the plus.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, get_args

from connectors.channels.sms_http import HttpTexts
from connectors.channels.texts import Heard, Incoming, Report, ReportState, international
from domain.errors import Invalid, Unauthenticated
from domain.outgoing_webhooks import signature

TOLERANCE_SECONDS: Final = 300
_LONGEST: Final[Mapping[str, int]] = {"id": 255, "state": 20, "code": 40, "from": 20, "to": 20, "text": 4000}


def verify(raw: bytes, headers: Mapping[str, str], *, secrets: Sequence[str], now: datetime) -> None:
    """Prove who calls, by headers whose names are in small letters.

    Raises ``Unauthenticated``: ``signature_missing``, ``signature_expired``, ``signature_invalid``.
    """
    try:
        name, stated, signed = (headers[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
    except KeyError:
        raise Unauthenticated("signature_missing", "The headers webhook-id, -timestamp and -signature sign.") from None
    if not stated.isascii() or not stated.isdigit() or abs(int(stated[:12]) - now.timestamp()) > TOLERANCE_SECONDS:
        raise Unauthenticated(
            "signature_expired", f"The signature is more than {TOLERANCE_SECONDS} seconds away from now."
        )
    wanted = [signature(one, message_id=name, timestamp=int(stated), content=raw).encode() for one in secrets]
    given = [one.encode() for one in signed.split(" ")]
    # Every pair is compared, so that the time tells nothing of where they differ.
    if not sum(hmac.compare_digest(one, other) for one in wanted for other in given):
        raise Unauthenticated("signature_invalid", "No signature fits the body and a secret.")


def read(raw: bytes) -> Heard:
    """What a callback tells. Raises ``Invalid``: ``callback_malformed``, ``callback_type_unknown``."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        raise _malformed("It is no JSON.") from None
    if not isinstance(document, dict):
        raise _malformed("It is no JSON object.")
    match document.get("type"):
        case "text.report":
            return _report(document)
        case "text.received":
            return Incoming(
                transport=HttpTexts.code,
                message_id=_text(document, "id"),
                sender=international(_text(document, "from")),
                recipient=_text(document, "to"),
                text=_text(document, "text"),
            )
        case _:
            raise Invalid(
                "callback_type_unknown", "A callback is of type text.report or text.received.", fix="Send only these."
            )


def _report(document: Mapping[str, Any]) -> Report:
    state = _text(document, "state")
    known: dict[str, ReportState] = {one: one for one in get_args(ReportState)}
    if state not in known:
        raise _malformed(f"The state is one of {', '.join(known)}.")
    code = _text(document, "code") if document.get("code") is not None else state
    return Report(HttpTexts.code, _text(document, "id"), known[state], code)


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST[name] or "\0" in value:
        raise _malformed(f"{name} is a text of at most {_LONGEST[name]} letters.")
    return value


def _malformed(why: str) -> Invalid:
    return Invalid("callback_malformed", f"The callback cannot be read. {why}")
