"""Giving a whole payment back through dLocal: ``POST /refunds``; a notification tells the end.

A second refund of a whole payment dLocal refuses, as it exceeds what is left; whether it would recognise a repeated
refund of a part by our identifier is not documented, so a part is refused here. Where dLocal lacks the payer's bank
account it asks the payer itself.
Source: https://docs.dlocal.com/reference/make-a-refund and https://docs.dlocal.com/docs/refunds (2026-11, high).
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.platforms import answer_of, as_text, known_status, positive
from connectors.platforms.dlocal import status
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives a payment back; ``Invalid`` (``refund_partial``) for a part of one."""
    status.build(order.original_ref, config)  # the payment's identifier, or it is refused
    if order.amount != order.paid:
        raise Invalid(
            "refund_partial",
            "dLocal does not state how a refund of a part is repeated safely.",
            fix="Refund the part in dLocal's dashboard; its notification books it.",
        )
    document = {
        "payment_id": order.original_ref,
        "amount": positive(order.amount).decimal,
        "currency": order.amount.currency,
        "notification_url": config["webhook_url"],
        "order_refund_id": order.refund_id,
    }
    return status.request(config, "POST", "/refunds", document)


def read(response: HttpResponse) -> IssuedRefund:
    """The refund's identifier and whether it is done; ``Refused`` (``refund_rejected``) where it will not be."""
    refund = answer_of(response, status.NAME)
    state = known_status(refund.get("status"), status.REFUND_STATUSES, "a refund")
    if state in status.OVER:
        raise Refused("refund_rejected", f"dLocal answered that the refund is {state}.")
    return IssuedRefund(as_text(refund.get("id"), "the refund's id"), done=state == "SUCCESS")
