"""What PayTabs tells us: a transaction as it stands, signed as a whole.

Source: https://docs.paytabs.com/PT2-API-Endpoints/Integration-Types-Manuals/Hosted-Payment-Page (step 6, read 2026-11,
confidence high).
"""

from __future__ import annotations

from connectors.platforms import as_object, as_text, json_object
from connectors.platforms.paytabs.status import facts_of
from domain.receipts import PlatformFact


def delivery_id(raw: bytes) -> str:
    """The transaction and its status: PayTabs names no delivery, and repeats one word for word."""
    document = json_object(raw)
    result = as_object(document.get("payment_result"), "the payment's result")
    name = as_text(document.get("tran_ref"), "the transaction's reference")
    return f"{name}/{as_text(result.get('response_status'), 'the status')}"


def parse(raw: bytes) -> tuple[PlatformFact, ...]:
    """The facts of a notification; an unknown type or status is ``Invalid``."""
    return facts_of(json_object(raw))
