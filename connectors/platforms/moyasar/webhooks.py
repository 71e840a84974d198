"""What Moyasar tells us: that something happened to a payment; what, Moyasar is asked.

The body's ``secret_token`` is one shared token, compared in constant time. It proves that somebody knows it, not what
was said, so nothing in the body is believed but the name of the payment to ask about.
Source: https://docs.moyasar.com/guides/dashboard/setting-up-webhooks and
https://docs.moyasar.com/api/other/webhooks/webhook-reference (read 2026-11, confidence high; its list of events writes
``payment_faild``, the API ``payment_failed``; both move no money).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connectors.platforms import (
    any_equal,
    as_object,
    as_text,
    json_object,
    optional_text,
    reference_in_path,
    usable_secrets,
)
from connectors.platforms.moyasar.status import PAYMENT
from domain.errors import Invalid, Unauthenticated
from domain.receipts import Announced, Ignored, PlatformFact

_MOVED: Final = frozenset(("payment_paid", "payment_captured", "payment_refunded", "payment_voided"))


def verify(raw: bytes, _headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a body that brings one of the connection's tokens.

    Raises ``Unauthenticated``: ``secret_missing``, ``token_missing``, ``token_invalid``.
    """
    tokens = usable_secrets(secrets)
    try:
        given = optional_text(json_object(raw).get("secret_token"))
    except Invalid:
        given = None
    if given is None:
        raise Unauthenticated("token_missing", "The body has no secret_token.")
    if not any_equal((given.encode(),), tokens):
        raise Unauthenticated(
            "token_invalid",
            "The body's secret_token is not this connection's.",
            fix="Compare it with the webhook's secret token in Moyasar's dashboard.",
        )


def delivery_id(raw: bytes) -> str:
    """The event, the payment and a digest: a payment is told of again after it was given back."""
    document = json_object(raw)
    data = as_object(document.get("data"), "what the event is about")
    kind, about = as_text(document.get("type"), "the event's type"), as_text(data.get("id"), "its id")
    return f"{kind}/{about}/{hashlib.sha256(raw).hexdigest()[:32]}"


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The payment to ask about, or ``Ignored`` for an event that moves no money."""
    document = json_object(raw)
    kind = as_text(document.get("type"), "the event's type")
    if kind not in _MOVED:
        return (Ignored(kind),)
    data = as_object(document.get("data"), "the payment")
    return (Announced(reference_in_path(as_text(data.get("id"), "the payment's id"), PAYMENT), settled=True),)
