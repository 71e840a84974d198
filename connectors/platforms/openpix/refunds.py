"""Giving a whole charge back through OpenPix: ``POST /api/v1/charge/{correlationID}/refund``; a webhook tells the end.

Source: https://developers.openpix.com.br/api (2026-11, confidence high). Why only the whole: see the gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.platforms import answer_of, as_object, as_text, known_status, optional_text, positive
from connectors.platforms.openpix import status
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder

_STATUSES: Final = frozenset(("IN_PROCESSING", "CONFIRMED", "REJECTED"))
_COMMENT: Final = 140


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives a charge back; ``Invalid`` (``refund_partial``) for a part of one."""
    charge = status.build(order.original_ref, config)
    if order.amount != order.paid:
        raise Invalid(
            "refund_partial",
            "OpenPix does not state how a refund of a part is repeated safely.",
            fix="Refund the part in OpenPix's panel; its webhook books it.",
        )
    document = {
        "correlationID": order.refund_id,
        "value": positive(order.amount).minor,
        "comment": order.reason[:_COMMENT],
    }
    path = charge.url.removeprefix(config.get("base_url") or status.DEFAULT_BASE_URL)
    return status.request(config, "POST", f"{path}/refund", document)


def read(response: HttpResponse) -> IssuedRefund:
    """The refund's identifier and whether it is done; ``Refused`` (``refund_rejected``) where it will not be."""
    refund = as_object(answer_of(response, status.NAME).get("refund"), "the refund")
    state = known_status(refund.get("status"), _STATUSES, "a refund")
    if state == "REJECTED":
        raise Refused("refund_rejected", "OpenPix answered that the refund is rejected.")
    name = optional_text(refund.get("endToEndId")) or as_text(refund.get("correlationID"), "the refund's name")
    return IssuedRefund(name, done=state == "CONFIRMED")
