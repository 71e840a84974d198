"""What PayMongo tells us: events that hold the payment or the refund as it stands.

Events of links, Checkout Sessions and sources are ignored: each payment made over them is told by itself.
Source: https://developers.paymongo.com/docs/webhooks, whose examples the samples follow (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import as_object, as_text, json_object
from connectors.platforms.paymongo.status import facts_of
from domain.receipts import Ignored, PlatformFact

_READ: Final = frozenset(("payment.paid", "payment.failed", "payment.refunded", "payment.refund.updated"))


def delivery_id(raw: bytes) -> str:
    """PayMongo's name of the event."""
    return as_text(_event(raw).get("id"), "the event's id")


def parse(raw: bytes) -> tuple[PlatformFact, ...]:
    """The facts of an event, or ``Ignored`` for one that moves no money by itself."""
    attributes = as_object(_event(raw).get("attributes"), "the event's attributes")
    kind = as_text(attributes.get("type"), "the event's type")
    if kind not in _READ:
        return (Ignored(kind),)
    return facts_of(as_object(attributes.get("data"), "what the event is about"))


def _event(raw: bytes) -> Mapping[str, Any]:
    return as_object(json_object(raw).get("data"), "the event")
