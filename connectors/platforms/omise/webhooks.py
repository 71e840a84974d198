"""What Omise tells us: that something happened to a charge; what, Omise is asked.

Events of charges, refunds and disputes name the charge; others are ignored.
Source: https://docs.omise.co/api-webhooks and https://docs.omise.co/events-api (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import as_object, as_text, json_object
from domain.receipts import Announced, Ignored, PlatformFact

_CHARGES: Final = ("charge.",)
_OF_CHARGES: Final = ("refund.", "dispute.")
_MOVED: Final = frozenset(("refund.create", "dispute.create", "dispute.close"))


def delivery_id(raw: bytes) -> str:
    """Omise's name of the event."""
    return as_text(_event(raw).get("id"), "the event's id")


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The charge to ask about, or ``Ignored`` for an event about something else."""
    event = _event(raw)
    key = as_text(event.get("key"), "the event's key")
    if not key.startswith(_CHARGES + _OF_CHARGES):
        return (Ignored(key),)
    data = as_object(event.get("data"), "what the event is about")
    about = data.get("id") if key.startswith(_CHARGES) else data.get("charge")
    paid = key == "charge.complete" and data.get("status") == "successful"
    return (Announced(as_text(about, "the charge"), settled=paid or key in _MOVED),)


def _event(raw: bytes) -> Mapping[str, Any]:
    return json_object(raw)
