"""Giving money back through Midtrans: ``POST /v2/{order_id}/refund``, whole or in part, where the method allows it.

Our refund's identifier is the ``refund_key``, by which Midtrans knows a repeated request. Virtual accounts cannot be
refunded: Midtrans refuses.
Source: https://docs.midtrans.com/reference/refund-transaction (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.platforms import as_text, known_status, positive
from connectors.platforms.midtrans import status
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder

_REFUNDED: Final = frozenset(("refund", "partial_refund"))
_DONE: Final = "200"
_SEN: Final = 100


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives an amount of an order back, under our refund's identifier."""
    about = status.build(order.original_ref, config).url.removesuffix("/status")
    rupiah, sen = divmod(positive(order.amount).minor, _SEN)
    if order.amount.currency != "IDR" or sen:
        raise Invalid("amount_too_precise", "Midtrans gives back whole rupiah.")
    path = about.removeprefix(config.get("base_url") or status.DEFAULT_BASE_URL)
    document = {"refund_key": order.refund_id, "amount": rupiah, "reason": order.reason[:255]}
    return status.request(config, "POST", f"{path}/refund", document)


def read(response: HttpResponse) -> IssuedRefund:
    """The refund's identifier; ``Refused`` (``refund_rejected``) where Midtrans says no."""
    document = status.answered(response)
    if document.get("status_code") != _DONE:
        raise Refused("refund_rejected", "Midtrans refused the refund.")
    known_status(document.get("transaction_status"), _REFUNDED, "a refund")
    name = as_text(document.get("order_id"), "the order's name")
    return IssuedRefund(f"{name}:{as_text(document.get('refund_key'), 'the key of the refund')}", done=True)
