"""Giving money back through Xendit: ``POST /v3/refunds``, where the channel allows it; the webhook tells the end.

Source: https://docs.xendit.co/apidocs/create-a-refund (2026-11, confidence high). A channel that allows no refund, or
no part of one, answers with a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.platforms import answer_of, as_text, known_status, positive
from connectors.platforms.xendit import status
from domain.errors import Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder

_STATUSES: Final = frozenset(("SUCCEEDED", "PENDING", "FAILED", "CANCELLED", "CANCELED"))


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives an amount of a payment back, under our refund's identifier."""
    status.build(order.original_ref, config)  # the payment's identifier, or it is refused
    document = {
        "reference_id": order.refund_id,
        "payment_id": order.original_ref,
        "amount": positive(order.amount).decimal,
        "reason": "REQUESTED_BY_CUSTOMER",
    }
    return status.request(config, "POST", "/v3/refunds", document, {"idempotency-key": order.refund_id})


def read(response: HttpResponse) -> IssuedRefund:
    """The refund's identifier and whether it is done; ``Refused`` (``refund_rejected``) where it will not be."""
    refund = answer_of(response, status.NAME)
    state = known_status(refund.get("status"), _STATUSES, "a refund")
    if state not in {"SUCCEEDED", "PENDING"}:
        raise Refused("refund_rejected", f"Xendit answered that the refund is {state}.")
    return IssuedRefund(as_text(refund.get("refund_id"), "the refund's id"), done=state == "SUCCEEDED")
