"""Giving a whole charge back through Omise: ``POST /charges/{id}/refunds``.

A second refund of a whole charge Omise refuses, as nothing is left of it; whether it would recognise a repeated refund
of a part is not settled, so a part is refused here.
Source: https://docs.omise.co/refunds-api (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.platforms import answer_of, as_text, known_status, positive
from connectors.platforms.omise import status
from domain.errors import Invalid
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives a charge back; ``Invalid`` (``refund_partial``) for a part of one."""
    status.build(order.original_ref, config)  # the charge's identifier, or it is refused
    if order.amount != order.paid:
        raise Invalid(
            "refund_partial",
            "Omise offers no way known to be safe to repeat a refund of a part.",
            fix="Refund the part in Omise's dashboard; its webhook books it.",
        )
    document = {"amount": positive(order.amount).minor, "metadata": {"afluente_refund": order.refund_id}}
    headers = {"Idempotency-Key": order.refund_id}
    return status.request(config, "POST", f"/charges/{order.original_ref}/refunds", document, headers)


def read(response: HttpResponse) -> IssuedRefund:
    """The refund's identifier and whether it is done."""
    refund = answer_of(response, status.NAME)
    state = known_status(refund.get("status"), status.REFUND_STATUSES, "a refund")
    return IssuedRefund(as_text(refund.get("id"), "the refund's id"), done=state == "closed")
