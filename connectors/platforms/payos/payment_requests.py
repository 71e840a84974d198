"""Asking payOS for money: ``POST /v2/payment-requests``, a VietQR code and a page for one amount.

payOS takes a number of ours, once (``orderCode``): 52 bits of the digest of our payment request's identifier.
Source: payOSHQ/payos-lib-node and an excerpt of https://payos.vn/docs/api/ (2026-11, confidence medium: see the gaps).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from connectors.platforms import as_text, as_unix, known_status, positive
from connectors.platforms.payos.signatures import canonical, sign
from connectors.platforms.payos.status import CURRENCY, ENDED, STATUSES, data_of, request
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_DESCRIPTION: Final = 9


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a link.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``.
    """
    if order.amount.currency != CURRENCY:
        raise Invalid("method_currency_mismatch", f"payOS does not take {order.amount.currency}.")
    signed = {
        "amount": positive(order.amount).minor,
        "cancelUrl": config["return_url"],
        "description": order.reference[:_DESCRIPTION],
        "orderCode": order_code(order.request_id),
        "returnUrl": config["return_url"],
    }
    document = {
        **signed,
        "expiredAt": int(order.expires_at.timestamp()),
        "signature": sign(canonical(signed), config["webhook_secret"]),
    }
    return request(config, "POST", "/v2/payment-requests", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks whether a link was made."""
    return request(config, "GET", f"/v2/payment-requests/{order_code(order.request_id)}")


def order_code(request_id: str) -> int:
    """The number by which payOS knows a payment request, above zero and exact in every JSON reader."""
    return int.from_bytes(hashlib.sha256(request_id.encode()).digest()[:8]) % (2**52) or 1


def read(response: HttpResponse) -> IssuedRequest:
    """The code and its page.

    Raises ``Refused``: ``request_cancelled`` where it can no longer be paid, ``request_code_lost`` (see the gaps).
    """
    link = data_of(response)
    if known_status(link.get("status"), STATUSES, "a link") in ENDED | {"FAILED"}:
        raise Refused("request_cancelled", "payOS shows the link as ended.")
    if "qrCode" not in link:
        raise Refused("request_code_lost", "payOS made the link, but does not tell its code again.")
    expires = link.get("expiredAt")
    return IssuedRequest(
        external_ref=as_text(link.get("paymentLinkId"), "the link's id"),
        payload=as_text(link.get("qrCode"), "the link's code"),
        url=as_text(link.get("checkoutUrl"), "the link's page"),
        expires_at=None if expires is None else as_unix(expires, "when the link expires"),
    )
