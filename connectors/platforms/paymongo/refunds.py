"""Giving a whole payment back through PayMongo: ``POST /v1/refunds``.

No idempotency key is documented. A second refund of a whole payment PayMongo refuses, as nothing is left of it; a
second refund of a part it would make, so a part is refused here.
Source: https://developers.paymongo.com/reference/create-a-refund (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.platforms import answer_of, as_object, as_text, known_status, positive
from connectors.platforms.paymongo import status
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives a payment back; ``Invalid`` (``refund_partial``) for a part of one."""
    status.build(order.original_ref, config)  # the payment's identifier, or it is refused
    if order.amount != order.paid:
        raise Invalid(
            "refund_partial",
            "PayMongo offers no way to repeat a refund of a part safely.",
            fix="Refund the part in PayMongo's dashboard; its webhook books it.",
        )
    attributes = {
        "amount": positive(order.amount).minor,
        "payment_id": order.original_ref,
        "reason": "requested_by_customer",
        "notes": order.refund_id,
    }
    return status.request(config, "POST", "/v1/refunds", attributes)


def read(response: HttpResponse) -> IssuedRefund:
    """The refund's identifier and whether it is done; ``Refused`` (``refund_rejected``) where it failed."""
    refund = as_object(answer_of(response, status.NAME).get("data"), "the refund")
    attributes = as_object(refund.get("attributes"), "the refund's attributes")
    state = known_status(attributes.get("status"), status.REFUND_STATUSES, "a refund")
    if state == "failed":
        raise Refused("refund_rejected", "PayMongo answered that the refund failed.")
    return IssuedRefund(as_text(refund.get("id"), "the refund's id"), done=state == "succeeded")
