"""What Mercado Pago tells us: that something happened to a payment, by its identifier alone.

Topics read are ``payment`` and ``topic_chargebacks_wh``, whose data name the payment. Others are ignored: they are
about accounts, cards, subscriptions, merchant orders (whose payments are told by themselves) and claims.
Source: https://www.mercadopago.com.br/developers/en/docs/your-integrations/notifications/webhooks and
…/docs/checkout-pro-preferences/additional-settings/optional-notifications (2026-11, confidence high; the chargeback's
``payment_id`` as published examples show it).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import as_object, as_text, json_object, malformed, optional_text
from domain.receipts import Announced, Ignored, PlatformFact

PAYMENT: Final = "payment"
CHARGEBACK: Final = "topic_chargebacks_wh"


def delivery_id(raw: bytes) -> str:
    """Mercado Pago's own name of the notification, under its topic."""
    document = json_object(raw)
    name = name_of(document)
    if name is None:
        raise malformed("A notification has an identifier.")
    return f"{_topic(document)}/{name}"


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The payment to ask about, or ``Ignored`` for another topic."""
    document = json_object(raw)
    topic = _topic(document)
    if topic not in {PAYMENT, CHARGEBACK}:
        return (Ignored(topic),)
    data = as_object(document.get("data"), "what the notification is about")
    about = name_of(data, "id" if topic == PAYMENT else "payment_id")
    if about is None:
        raise malformed("A notification names its payment.")
    return (Announced(about),)


def name_of(document: Mapping[str, Any], field: str = "id") -> str | None:
    """An identifier, which is a text in some places and a whole number in others; ``None`` where there is none."""
    value = document.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < _LARGEST else None
    return optional_text(value)


_LARGEST: Final = 10**30


def _topic(document: Mapping[str, Any]) -> str:
    return as_text(document.get("type") or document.get("topic"), "the notification's type")
