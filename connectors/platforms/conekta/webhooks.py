"""What Conekta tells us: an event about an order or about one of its charges, of either of which the order is asked.

Refunds (of cash too) and chargebacks are ``Invalid``, see the gaps; other events (a ping, customers, plans, payouts)
are ignored.
Source: the events and their list in https://github.com/conekta/openapi, mocks/conekta_api.json (2026-11, confidence
high).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import as_object, as_text, json_object
from connectors.platforms.conekta.status import contested, given_back
from domain.receipts import Announced, Ignored, PlatformFact

_SETTLED: Final = frozenset(("order.paid", "charge.paid"))
_BACK: Final = ("refunded", "reversed")


def delivery_id(raw: bytes) -> str:
    """The event's identifier, the same whenever Conekta sends it again."""
    return as_text(json_object(raw).get("id"), "the event's id")


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The order to ask about, or ``Ignored`` for what is about none."""
    event = json_object(raw)
    kind = as_text(event.get("type"), "the event's type")
    if "chargeback" in kind or "charged_back" in kind:
        raise contested()
    if kind.endswith(_BACK):
        raise given_back()
    subject = kind.partition(".")[0]
    if subject not in {"order", "charge"}:
        return (Ignored(kind),)
    told = as_object(as_object(event.get("data"), "the event's data").get("object"), "what it is about")
    return (Announced(_order_of(told, subject), settled=kind in _SETTLED),)


def _order_of(told: Mapping[str, Any], subject: str) -> str:
    return as_text(told.get("id" if subject == "order" else "order_id"), "the order's id")
