"""Giving money back through Mercado Pago: ``POST /v1/payments/{id}/refunds``, whole or in part.

A refund of a Pix may stay in process; the header asks to be told so instead of an error.
Source: https://www.mercadopago.com.br/developers/en/reference/chargebacks/_payments_id_refunds/post and
…/docs/checkout-api/payment-management/cancellations-and-refunds/refund-pix (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.platforms import answer_of, json_request, known_status, malformed, positive
from connectors.platforms.mercadopago import status
from connectors.platforms.mercadopago.webhooks import name_of
from domain.errors import Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder

_STATUSES: Final = frozenset(("approved", "in_process", "rejected", "cancelled", "authorized"))


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives an amount of a payment back, under our refund's identifier."""
    payment = status.build(order.original_ref, config)
    return json_request(
        "POST",
        f"{payment.url}/refunds",
        authorization=payment.headers["Authorization"],
        document={"amount": positive(order.amount).decimal},
        headers={"X-Idempotency-Key": order.refund_id, "X-Render-In-Process-Refunds": "true"},
    )


def read(response: HttpResponse) -> IssuedRefund:
    """The refund's identifier and whether it is done; ``Refused`` (``refund_rejected``) where it will not be."""
    refund = answer_of(response, status.NAME)
    state = known_status(refund.get("status"), _STATUSES, "a refund")
    if state in {"rejected", "cancelled"}:
        raise Refused("refund_rejected", f"Mercado Pago answered that the refund is {state}.")
    name = name_of(refund)
    if name is None:
        raise malformed("A refund has an identifier.")
    return IssuedRefund(name, done=state == "approved")
