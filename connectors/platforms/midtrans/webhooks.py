"""What Midtrans tells us: that something happened to an order; what, Midtrans is asked.

The body's ``signature_key`` is the SHA-512 in hexadecimal of the order's name, ``status_code``, ``gross_amount`` as it
was sent and the server key, one after the other. Nothing else is covered, the ``transaction_status`` least of all, so
what is taken from a notification is the name of the order.
Source: https://docs.midtrans.com/docs/https-notification-webhooks (2026-11, confidence high).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.platforms import any_equal, as_text, json_object, known_status, optional_text, usable_secrets
from connectors.platforms.midtrans.status import STATUSES
from domain.errors import Invalid, Unauthenticated
from domain.receipts import Announced, PlatformFact

_SIGNED: Final = ("order_id", "status_code", "gross_amount")
_MOVED: Final = frozenset(("settlement", "refund", "partial_refund", "chargeback", "partial_chargeback"))


def verify(raw: bytes, _headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a notification signed with any of the server keys.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    try:
        document = json_object(raw)
        given = optional_text(document.get("signature_key"))
        signed = "".join(as_text(document.get(name), name) for name in _SIGNED).encode()
    except Invalid:
        raise _invalid() from None
    if given is None:
        raise Unauthenticated("signature_missing", "The notification has no signature_key.")
    if not any_equal(tuple(hashlib.sha512(signed + key).hexdigest().encode() for key in keys), (given.encode(),)):
        raise _invalid()


def delivery_id(raw: bytes) -> str:
    """The order, its status and a digest: Midtrans names no delivery, and an order is told of again after a refund."""
    document = json_object(raw)
    order, status = (as_text(document.get(name), name) for name in ("order_id", "transaction_status"))
    return f"{order}/{status}/{hashlib.sha256(raw).hexdigest()[:32]}"


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The order to ask about; an unknown status is ``Invalid``."""
    document: dict[str, Any] = json_object(raw)
    status = known_status(document.get("transaction_status"), STATUSES, "an order")
    return (Announced(as_text(document.get("order_id"), "the order's name"), settled=status in _MOVED),)


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The signature does not belong to this notification under any of the connection's server keys.",
        fix="Compare the connection's server key with the dashboard's, of the same environment.",
    )
