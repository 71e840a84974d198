"""What Tap tells us: a charge was captured or failed, a refund has ended; the rest of it, Tap is asked.

The signature covers what happened but not whose payment it was, so every charge and refund is asked about.
Source: https://developers.tap.company/docs/webhook and https://developers.tap.company/docs/refunds (read 2026-11,
confidence high).
"""

from __future__ import annotations

from typing import Any, Final

from connectors.platforms import as_text, json_object, known_status, reference_in_path
from connectors.platforms.tap.status import ASKED, CHARGE_STATUSES, REFUND_STATUSES
from domain.receipts import Announced, Ignored, PlatformFact

_MOVED: Final = frozenset(("CAPTURED", "REFUNDED"))


def delivery_id(raw: bytes) -> str:
    """What the delivery is about and its status: Tap names no delivery, and repeats one word for word."""
    document = json_object(raw)
    name, status = (as_text(document.get(part), part) for part in ("id", "status"))
    return f"{name}/{status}"


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The charge or refund to ask about, or ``Ignored`` for another object; an unknown status is ``Invalid``."""
    document: dict[str, Any] = json_object(raw)
    kind, name = as_text(document.get("object"), "the kind of object"), as_text(document.get("id"), "its id")
    if kind not in {"charge", "refund"}:
        return (Ignored(kind),)
    known = CHARGE_STATUSES if kind == "charge" else REFUND_STATUSES
    status = known_status(document.get("status"), known, f"a {kind}")
    return (Announced(reference_in_path(name, ASKED), settled=status in _MOVED),)
