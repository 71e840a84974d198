"""Giving money back through Stripe: ``POST /v1/refunds``, whole or in part; the webhook tells the end.

Our refund's identifier is the idempotency key, which Stripe keeps for a day at least; what happened is asked before
anything is repeated (``status``). More than is left of a payment Stripe refuses.
Source: https://docs.stripe.com/api/refunds/create, …/api/refunds/object and …/api/idempotent_requests (2026-11,
confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.platforms import as_text, json_object, positive, reference_in_path
from connectors.platforms.stripe.amounts import UNITS
from connectors.platforms.stripe.payment_requests import form_request, refusal
from connectors.platforms.stripe.status import INTENT
from connectors.platforms.stripe.webhooks import FAILED, REFUND_NAME, refund_status
from domain.errors import Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives an amount of a payment back, under our refund's identifier."""
    fields = [
        ("payment_intent", reference_in_path(order.original_ref, INTENT)),
        ("amount", str(UNITS.from_money(positive(order.amount)))),
        (f"metadata[{REFUND_NAME}]", order.refund_id),
    ]
    return form_request(config, "/v1/refunds", fields, key=order.refund_id)


def read(response: HttpResponse) -> IssuedRefund:
    """The refund's identifier and whether it is done; ``Refused`` (``refund_rejected``) where it will not be."""
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the 2xx range is HTTP's own
        raise refusal(response)
    refund = json_object(response.body)
    status = refund_status(refund)
    if status in FAILED:
        raise Refused("refund_rejected", f"Stripe answered that the refund is {status}.")
    return IssuedRefund(as_text(refund.get("id"), "the refund's id"), done=status == "succeeded")
