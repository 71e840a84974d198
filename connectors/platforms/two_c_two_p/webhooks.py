"""What 2C2P tells us: an order was paid, or was not. All of it is signed, so it is booked as it stands.

The body is ``{"payload": <token>}``. There is no limit in time; a repeat is the same delivery.
Source: github.com/2C2P/agent-skills, steering/redirect-integration.md, whose example is a sample here (of 2026-08, read
2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connectors.platforms import any_equal, as_text, json_object, optional_text, usable_secrets
from connectors.platforms.two_c_two_p import tokens
from connectors.platforms.two_c_two_p.status import facts_of
from domain.errors import Invalid, Unauthenticated
from domain.receipts import PlatformFact


def verify(raw: bytes, _headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a token signed with any of the secret keys.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    try:
        payload = json_object(raw).get("payload")
    except Invalid:
        raise _invalid() from None
    if optional_text(payload) is None:
        raise Unauthenticated("signature_missing", "The notification has no payload.")
    try:
        text, stated = tokens.split(payload)
    except Invalid:
        raise _invalid() from None
    expected = tuple(tokens.signature(text, key).encode() for key in keys)
    if not any_equal((stated.encode(),), expected):
        raise _invalid()


def delivery_id(raw: bytes) -> str:
    """The order, what became of it and 2C2P's number of the try: notifications have no name of their own."""
    told = tokens.claims(json_object(raw).get("payload"))
    order, code = (as_text(told.get(name), name) for name in ("invoiceNo", "respCode"))
    return f"{order}/{code}/{optional_text(told.get('referenceNo')) or '-'}"


def parse(raw: bytes) -> tuple[PlatformFact, ...]:
    """The facts of the order as the notification tells them; an unknown code is ``Invalid``."""
    return facts_of(tokens.claims(json_object(raw).get("payload")))


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The payload is not signed under any of the connection's secret keys.",
        fix="Compare the connection's secret key with 2C2P's portal (live or sandbox).",
    )
