"""Giving a whole payment back through EBANX: ``GET /ws/refund`` with the operation ``request``; a notification tells.

No key is documented by which a repeated refund of a part would be known, and it would be made twice, so a part is
refused here; a second refund of a whole payment exceeds it.
Source: the official library github.com/ebanx/benjamin (RefundAdapter and its test's answer; of 2025-07, read 2026-11,
confidence medium).
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.platforms import as_object, as_text, known_status, positive, reference_in_path
from connectors.platforms.ebanx import status
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives a payment back; ``Invalid`` (``refund_partial``) for a part of one."""
    if order.amount != order.paid:
        raise Invalid(
            "refund_partial",
            "EBANX documents no way to repeat a refund of a part safely.",
            fix="Refund the part in EBANX's dashboard; its notification tells of it.",
        )
    fields = {
        "operation": "request",
        "hash": reference_in_path(order.original_ref, status.HASH),
        "amount": f"{positive(order.amount).decimal:f}",
        "description": order.reason[:255],
        "merchant_refund_code": order.refund_id,
    }
    return status.asking(config, "/ws/refund", fields)


def read(response: HttpResponse) -> IssuedRefund:
    """The refund's identifier and whether it is done; ``Refused`` (``refund_rejected``) where it will not be."""
    refund = as_object(status.answered(response).get("refund"), "the refund")
    state = known_status(refund.get("status"), status.REFUND_STATUSES, "a refund")
    if state == "CA":
        raise Refused("refund_rejected", "EBANX answered that the refund is cancelled.")
    return IssuedRefund(as_text(refund.get("id"), "the refund's id"), done=state == status.PAID)
