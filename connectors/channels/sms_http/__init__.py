"""Text messages through an HTTP gateway: one signed POST for each text, which the gateway must take once for its key.

The request is JSON: ``{"type": "text.send", "id", "to", "from", "text", "locale", "deliver_by"}``, signed as webhooks
are (Standard Webhooks), with ``id`` again as ``Idempotency-Key``. A 2xx takes it; its body may say at once how it
stands (``{"state": "accepted" | "delivered" | "rejected", "code"}``). What becomes of it later ``callbacks`` tell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from connectors.channels import Delivery, Outgoing
from connectors.channels.texts import Senders
from connectors.wording.segments import MAX_SEGMENTS, segments
from domain.contacts import Channel
from domain.errors import Invalid, Unavailable
from domain.outgoing_webhooks import Answer, headers

__all__ = ["HttpTexts", "HttpTextsSettings"]

_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_LATER: Final = frozenset(
    {408, 425, 429, 503}
)  # RFC 9110, 15.5.9 and 15.6.4; RFC 8470, 5.2; RFC 6585, 4: not processed
_LOGIN: Final = frozenset({401, 403})
_IN_DOUBT: Final = 409  # the key was seen before: perhaps this text was taken


class Sender(Protocol):
    """Posts to a gateway; ``connectors.webhook_sender`` does it with care for where an address leads."""

    def post(self, url: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """What came back, whatever it was."""


@dataclass(frozen=True, slots=True)
class HttpTextsSettings:
    """Where the gateway is, the senders that it allows and the secrets shared with it (``whsec_…``).

    The first secret signs; callbacks may be signed with any, so that it can be replaced without a gap.
    """

    url: str
    senders: Senders
    secrets: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.secrets:
            raise Invalid("sms_secret_missing", "The text gateway needs a secret to sign with.")
        headers(self.secrets, message_id="", timestamp=0, content=b"")  # says which is malformed


class HttpTexts:
    """Carries text messages to the countries of its senders. ``now`` gives the moment for the signature."""

    code: Final = "sms_http"
    carries: Final[frozenset[Channel]] = frozenset((Channel.SMS,))

    def __init__(self, settings: HttpTextsSettings, sender: Sender, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._sender = sender
        self._now = now

    def serves(self, to: str) -> bool:
        """Whether a number lies in a country that it has a sender for."""
        return self._settings.senders.of(to) is not None

    def deliver(self, outgoing: Outgoing) -> Delivery:
        """``delivered`` or ``accepted`` by the gateway, ``rejected`` for good, or ``uncertain``.

        Raises ``Unavailable`` (``sms_unreachable``, ``sms_login_refused``, ``sms_busy``, ``sms_too_late``) where surely
        nothing was sent.
        """
        sender, now = self._settings.senders.of(outgoing.to), self._now()
        if sender is None:
            return Delivery("rejected", "sms_country_not_served")
        if segments(outgoing.text) > MAX_SEGMENTS:
            return Delivery("rejected", "sms_too_long")
        if outgoing.deliver_by is not None and outgoing.deliver_by <= now:
            raise Unavailable("sms_too_late", "The lawful hours ended before the text was sent.")
        content = _body(outgoing, sender)
        signed = headers(
            self._settings.secrets[:1], message_id=outgoing.notice_id, timestamp=int(now.timestamp()), content=content
        )
        answer = self._sender.post(self._settings.url, {**signed, "Idempotency-Key": outgoing.notice_id}, content)
        return _judged(answer, outgoing.notice_id)


def _body(outgoing: Outgoing, sender: str) -> bytes:
    by = outgoing.deliver_by
    document = {
        "type": "text.send",
        "id": outgoing.notice_id,
        "to": outgoing.to,
        "from": sender,
        "text": outgoing.text,
        "locale": outgoing.locale,
        "deliver_by": None if by is None else by.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _judged(answer: Answer, name: str) -> Delivery:
    """What an answer means; the gateway names a text by the identifier that we gave it."""
    status = answer.status
    if status is None:
        if answer.begun:
            return Delivery("uncertain", "sms_no_answer", (name,))
        raise Unavailable("sms_unreachable", "The text gateway could not be reached.", reason=answer.error)
    if 200 <= status < 300:  # noqa: PLR2004 (RFC 9110, 15.3)
        return _taken(_object(answer.excerpt), name)
    if status in _LATER:
        raise Unavailable("sms_busy", "The text gateway asks to try again later.", http=status)
    if status in _LOGIN:
        raise Unavailable("sms_login_refused", "The text gateway refused the signature.", http=status)
    if status < 400:  # noqa: PLR2004 (RFC 9110, 15.4: redirects are not followed)
        raise Unavailable("sms_unreachable", "The text gateway is at another address.", http=status)
    if status == _IN_DOUBT or status >= 500:  # noqa: PLR2004 (RFC 9110, 15.6)
        return Delivery("uncertain", f"http_{status}", (name,))
    return Delivery("rejected", _word(_object(answer.excerpt), f"http_{status}"))


def _taken(said: Mapping[str, Any], name: str) -> Delivery:
    match said.get("state", "accepted"):
        case "delivered":
            return Delivery("delivered", _word(said, "delivered"), (name,))
        case "rejected":
            return Delivery("rejected", _word(said, "rejected"))
        case "accepted":
            return Delivery("accepted", _word(said, "accepted"), (name,))
        case _:
            return Delivery("uncertain", "sms_answer_unreadable", (name,))


def _word(said: Mapping[str, Any], otherwise: str) -> str:
    """The gateway's own code; anything that is not one is not repeated, for it may hold personal data."""
    code = said.get("code")
    return f"{otherwise}/{code}" if isinstance(code, str) and _CODE.fullmatch(code) else otherwise


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
