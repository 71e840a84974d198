"""What Fawry tells us: that something happened to an order; what, Fawry is asked.

``messageSignature`` is the SHA-256 in hexadecimal of the order's number at Fawry, our name of it, the paid amount and
the order's amount (two decimals each), the status, the payment method, ``paymentRefrenceNumber`` (as Fawry writes it;
empty where absent) and the secure key, one after the other. When it was paid is not covered, so every order is asked
about.
Source: https://developer.fawrystaging.com/docs/payment-notifications/server-notification-v2 (read 2026-11, confidence
high).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.platforms import (
    any_equal,
    as_major,
    as_text,
    json_object,
    known_status,
    optional_text,
    reference_in_path,
    usable_secrets,
)
from connectors.platforms.fawry.status import CURRENCY, ORDER, STATUSES
from domain.errors import Invalid, Unauthenticated
from domain.receipts import Announced, PlatformFact

_MOVED: Final = frozenset(("PAID", "REFUNDED", "PARTIAL_REFUNDED"))


def verify(raw: bytes, _headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a notification signed with any of the secure keys.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    try:
        document = json_object(raw)
        given = optional_text(document.get("messageSignature"))
        signed = _signed(document).encode()
    except Invalid:
        raise _invalid() from None
    if given is None:
        raise Unauthenticated("signature_missing", "The notification has no messageSignature.")
    if not any_equal(tuple(hashlib.sha256(signed + key).hexdigest().encode() for key in keys), (given.encode(),)):
        raise _invalid()


def delivery_id(raw: bytes) -> str:
    """The order, its status and a digest: an order is told of again after a refund."""
    document = json_object(raw)
    order, status = (as_text(document.get(name), name) for name in ("merchantRefNumber", "orderStatus"))
    return f"{order}/{status}/{hashlib.sha256(raw).hexdigest()[:32]}"


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The order to ask about; an unknown status is ``Invalid``."""
    document = json_object(raw)
    status = known_status(document.get("orderStatus"), STATUSES, "an order")
    name = as_text(document.get("merchantRefNumber"), "our name of the order")
    return (Announced(reference_in_path(name, ORDER), settled=status in _MOVED),)


def _signed(document: Mapping[str, Any]) -> str:
    paid, ordered = (
        f"{as_major(document.get(name), CURRENCY, name).decimal:f}" for name in ("paymentAmount", "orderAmount")
    )
    first = (as_text(document.get(name), name) for name in ("fawryRefNumber", "merchantRefNumber"))
    last = (as_text(document.get(name), name) for name in ("orderStatus", "paymentMethod"))
    return "".join((*first, paid, ordered, *last, optional_text(document.get("paymentRefrenceNumber")) or ""))


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The messageSignature does not belong to this notification under any of the connection's secure keys.",
        fix="Compare the connection's secure key with Fawry's, of the same environment.",
    )
