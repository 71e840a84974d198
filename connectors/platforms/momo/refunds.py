"""Giving money back through MoMo: ``POST /v2/gateway/api/refund``, whole or in part, from 1,000 dong.

Our refund's identifier is the refund's order and the identifier of the request, by which MoMo knows a repeated one.
Source: https://developers.momo.vn/v3/docs/payment/api/payment-api/refund (read 2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from connectors.platforms import answer_of, as_whole, positive, reference_in_path
from connectors.platforms.momo import status
from connectors.platforms.momo.payment_requests import refusal
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, RefundOrder

_NUMBER: Final = re.compile(r"[0-9]{1,19}", re.ASCII)
_REJECTED: Final = frozenset((1080, 1081, 1088))


def build(order: RefundOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that gives an amount of a payment back, under our refund's identifier."""
    if positive(order.amount).currency != status.CURRENCY:
        raise Invalid("method_currency_mismatch", f"MoMo does not take {order.amount.currency}.")
    pairs = {
        "amount": order.amount.minor,
        "description": order.reason[:255],
        "orderId": order.refund_id,
        "partnerCode": config["partner_code"],
        "requestId": order.refund_id,
        "transId": int(reference_in_path(order.original_ref, _NUMBER)),
    }
    return status.request(config, "/v2/gateway/api/refund", pairs, {"lang": "vi"})


def read(response: HttpResponse) -> IssuedRefund:
    """MoMo's number of the refund; ``Refused`` (``refund_rejected``) where MoMo says no."""
    answer = answer_of(response, status.NAME)
    code = as_whole(answer.get("resultCode"), "the result code")
    if code in _REJECTED:
        raise Refused("refund_rejected", f"MoMo refused the refund (code {code}).")
    if code:
        raise refusal(code)
    return IssuedRefund(str(as_whole(answer.get("transId"), "MoMo's number of the refund")), done=True)
