"""Asking Fawry for money: a number to pay at its shops (``POST /ECommerceWeb/Fawry/payments/charge``, PAYATFAWRY).

Our payment request's identifier is ``merchantRefNum``. An uncertain request is looked up by it, and the number stands
in that answer.
Source: https://atfawry.com/developer-guide/checkout-Api.html (fields, signature, answer) and
https://developer.fawrystaging.com/docs/server-apis/create-payment-refno-apis (addresses; read 2026-11,
confidence high).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from connectors.platforms import as_milliseconds, as_text, json_bytes, known_status, positive
from connectors.platforms.fawry import status
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_METHOD: Final = "PAYATFAWRY"
_PROFILES: Final = 10**9
_DESCRIPTION: Final = 250


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a number for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``.
    """
    if order.amount.currency != status.CURRENCY:
        raise Invalid("method_currency_mismatch", f"Fawry is not asked for {order.amount.currency}.")
    amount, profile = positive(order.amount).decimal, _profile(order)
    item = {"itemId": order.request_id, "description": order.description[:_DESCRIPTION], "price": amount, "quantity": 1}
    document = {
        "merchantCode": config["merchant_code"],
        "merchantRefNum": order.request_id,
        "customerProfileId": profile,
        **({"customerEmail": order.payer_email} if order.payer_email else {}),
        "paymentMethod": _METHOD,
        "amount": amount,
        "currencyCode": status.CURRENCY,
        "description": order.description[:_DESCRIPTION],
        "paymentExpiry": int(order.expires_at.timestamp() * 1000),
        "chargeItems": [item],
        "signature": status.signature(config, order.request_id, profile, _METHOD, f"{amount:f}"),
    }
    url = f"{config.get('base_url') or status.DEFAULT_BASE_URL}/ECommerceWeb/Fawry/payments/charge"
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    return HttpRequest(method="POST", url=url, headers=headers, body=json_bytes(document))


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks what became of the order (see above)."""
    return status.build(order.request_id, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The number; ``Refused`` (``request_cancelled``) where it can no longer be paid."""
    document = status.answered(response)
    state = document.get("paymentStatus")
    if state is not None and known_status(state, status.STATUSES, "an order") in status.OVER:
        raise Refused("request_cancelled", f"Fawry shows the order as {state}.")
    number, expires = as_text(document.get("referenceNumber"), "the number to pay"), document.get("expirationTime")
    return IssuedRequest(
        external_ref=number,
        payload=number,
        url=None,
        expires_at=None if expires is None else as_milliseconds(expires, "when the number expires"),
        scannable=False,
    )


def _profile(order: PaymentRequestOrder) -> str:
    """A number for the payer that says nothing of who it is: Fawry wants one, and it is part of the signature."""
    return str(int(hashlib.sha256(order.request_id.encode()).hexdigest(), 16) % _PROFILES)
