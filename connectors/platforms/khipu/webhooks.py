"""What Khipu tells us: that a payment was reconciled, or that something else happened to it; what, Khipu is asked.

A notification names the payment and, once reconciled, when (``conciliation_date``); it states no status.
Source: https://docs.khipu.com/portal/en/payment-webhook/ (notifications, version 3.0; 2026-11, confidence high).
"""

from __future__ import annotations

import hashlib

from connectors.platforms import as_text, json_object, optional_text
from domain.receipts import Announced, PlatformFact


def delivery_id(raw: bytes) -> str:
    """The payment and a digest of what is told: Khipu names no notification, and may tell of a payment again later."""
    name = as_text(json_object(raw).get("payment_id"), "the payment")
    return f"{name}/{hashlib.sha256(raw).hexdigest()[:32]}"


def parse(raw: bytes) -> tuple[PlatformFact | Announced, ...]:
    """The payment to ask about."""
    told = json_object(raw)
    name = as_text(told.get("payment_id"), "the payment")
    return (Announced(name, settled=optional_text(told.get("conciliation_date")) is not None),)
