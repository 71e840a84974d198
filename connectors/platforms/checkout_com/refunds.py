"""Giving money back through Checkout.com: ``POST /payments/{id}/refunds``, whole or in part; the webhook tells the end.

The Payments API takes an idempotency key, by which it knows a repeated request.
Source: https://www.checkout.com/docs/payments/manage-payments/refund-a-payment (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.platforms import answer_of, as_text, positive, reference_in_path
from connectors.platforms.checkout_com.amounts import UNITS
from connectors.platforms.checkout_com.payment_requests import NAME, request
from connectors.platforms.checkout_com.webhooks import PAYMENT
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives an amount of a payment back, under our refund's identifier."""
    payment = reference_in_path(order.original_ref, PAYMENT)
    document = {"amount": UNITS.from_money(positive(order.amount)), "reference": order.refund_id}
    return request(config, f"/payments/{payment}/refunds", document, order.refund_id)


def read(response: HttpResponse) -> IssuedRefund:
    """The refund's identifier; it is on its way until ``payment_refunded`` tells of it."""
    return IssuedRefund(as_text(answer_of(response, NAME).get("action_id"), "the refund's id"), done=False)
