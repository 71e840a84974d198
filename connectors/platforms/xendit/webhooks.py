"""What Xendit tells us: that a payment or refund has come to an end; which end, Xendit is asked.

The header ``x-callback-token`` is one shared token, compared in constant time. It proves that somebody knows it, not
what was said, so nothing in the body is believed but the name of what to ask about.
Source: https://docs.xendit.co/apidocs/payment-webhook-notification,
https://docs.xendit.co/apidocs/refund-webhook-notification (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.platforms import (
    any_equal,
    as_object,
    as_text,
    header,
    json_object,
    malformed,
    optional_text,
    usable_secrets,
)
from domain.errors import Unauthenticated
from domain.receipts import Announced, Ignored, PlatformFact

_SETTLED: Final = frozenset(("payment.capture", "payment.succeeded", "refund.succeeded"))
_OVER: Final = frozenset(("payment.failure", "payment.failed", "refund.failed"))


def verify(_raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a call that brings one of the connection's tokens.

    Raises ``Unauthenticated``: ``secret_missing``, ``token_missing``, ``token_invalid``.
    """
    tokens = usable_secrets(secrets)
    given = header(headers, "x-callback-token")
    if given is None:
        raise Unauthenticated("token_missing", "The x-callback-token header is missing.")
    if not any_equal((given.encode("utf-8", "surrogatepass"),), tokens):
        raise Unauthenticated(
            "token_invalid",
            "The callback's token is not this connection's.",
            fix="Compare it with the webhook verification token in Xendit's dashboard.",
        )


def delivery_id(raw: bytes) -> str:
    """The event, what it is about and when: Xendit states no name of a delivery, and repeats one word for word."""
    document = json_object(raw)
    event = as_text(document.get("event"), "the event")
    about = _about(event, document) or "-"
    return f"{event}/{about}/{as_text(document.get('created'), 'when the event was made')}"


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """What to ask about, or ``Ignored`` for another event; one of an API before v3 is ``Invalid``."""
    document = json_object(raw)
    event = as_text(document.get("event"), "the event")
    if event not in _SETTLED | _OVER:
        return (Ignored(event),)
    about = _about(event, document)
    if about is None:
        raise malformed("The event names no payment or refund of the Payments API v3.")
    return (Announced(about, settled=event in _SETTLED),)


def _about(event: str, document: Mapping[str, Any]) -> str | None:
    """``payments/py-…`` or ``refunds/rfd-…``, as the address to ask at continues."""
    data = document.get("data")
    if not isinstance(data, dict):
        return None
    if event.startswith("refund."):
        inner = data.get("data")
        told = as_object(inner, "the refund") if isinstance(inner, dict) else data
        name = optional_text(told.get("refund_id")) or optional_text(told.get("id"))
        return None if name is None else f"refunds/{name}"
    name = optional_text(data.get("payment_id"))
    return None if name is None else f"payments/{name}"
