"""Giving a whole charge back through Tap: ``POST /v2/refunds``; the webhook tells the end.

A second refund of a whole charge Tap refuses ("can only be performed once"). No idempotency key is documented, and a
repeated refund of a part would be made twice, so a part is refused here.
Source: https://developers.tap.company/docs/refunds (read 2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.platforms import answer_of, as_text, known_status, positive
from connectors.platforms.tap import status
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives a charge back; ``Invalid`` (``refund_partial``) for a part of one."""
    status.build(order.original_ref, config)  # the charge's identifier, or it is refused
    if order.amount != order.paid:
        raise Invalid(
            "refund_partial",
            "Tap offers no way to repeat a refund of a part safely.",
            fix="Refund the part in Tap's dashboard and record it by hand: its webhook goes where the refund says.",
        )
    document = {
        "charge_id": order.original_ref,
        "amount": positive(order.amount).decimal,
        "currency": order.amount.currency,
        "reason": "requested_by_customer",
        "reference": {"merchant": order.refund_id},
        "post": {"url": config["webhook_url"]},
    }
    return status.request(config, "POST", "/v2/refunds", document)


def read(response: HttpResponse) -> IssuedRefund:
    """The refund's identifier and whether it is done; ``Refused`` (``refund_rejected``) where it will not be."""
    refund = answer_of(response, status.NAME)
    state = known_status(refund.get("status"), status.REFUND_STATUSES, "a refund")
    if state in status.REFUND_FAILED:
        raise Refused("refund_rejected", f"Tap answered that the refund is {state}.")
    return IssuedRefund(as_text(refund.get("id"), "the refund's id"), done=state == "REFUNDED")
