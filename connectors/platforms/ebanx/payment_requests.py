"""Asking EBANX for money: ``POST /ws/request``, its payment page for one amount, in the country of the currency.

Our payment request's identifier is the ``merchant_payment_code``. An uncertain request is looked up by it: a payment
that is there is not shown again and given up for a new request. Amounts are decimals by ISO 4217. The page's last day
is that of our request, in UTC.
Source: https://docs.ebanx.com/docs/payments/guides/accept-payments/payment-pages/payment-page and the official library
github.com/ebanx/benjamin (RequestAdapter, tests of gateways; of 2025-07, read 2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Final

from connectors.platforms import as_object, as_text, json_bytes, known_status, optional_text, positive
from connectors.platforms.ebanx import status
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_COUNTRIES: Final = {"BRL": "br", "MXN": "mx", "COP": "co", "CLP": "cl", "PEN": "pe", "ARS": "ar"}
_TYPES: Final = {
    "": ("_all", None),
    "card": ("_creditcard", None),
    "pix": ("pix", "BRL"),
    "boleto": ("boleto", "BRL"),
    "oxxo": ("oxxo", "MXN"),
    "spei": ("spei", "MXN"),
}


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a page.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``, ``payer_email_missing``.
    """
    kind, only = _TYPES.get(order.rail, (order.rail, ""))
    country = _COUNTRIES.get(order.amount.currency)
    if country is None or only not in {None, order.amount.currency}:
        raise Invalid("method_currency_mismatch", f"EBANX is not asked for {order.amount.currency} here.")
    if not order.payer_email:
        raise Invalid("payer_email_missing", "EBANX wants the payer's e-mail address.")
    document = {
        "integration_key": config["integration_key"],
        "country": country,
        "name": order.payer_name,
        "email": order.payer_email,
        "payment_type_code": kind,
        "merchant_payment_code": order.request_id,
        "order_number": order.reference,
        "currency_code": order.amount.currency,
        "amount": f"{positive(order.amount).decimal:f}",
        "due_date": f"{order.expires_at.astimezone(UTC):%d/%m/%Y}",
        "redirect_url": config["return_url"],
    }
    return HttpRequest(
        method="POST",
        url=f"{config.get('base_url') or status.DEFAULT_BASE_URL}/ws/request",
        headers={"Accept": "application/json", "Content-Type": "application/json"},
        body=json_bytes(document),
    )


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks what became of the payment (see above)."""
    return status.asking(config, "/ws/query", {"merchant_payment_code": order.request_id})


def read(response: HttpResponse) -> IssuedRequest:
    """The page; ``Refused`` (``request_cancelled``, ``request_lost``) where there is none to give."""
    answer = status.answered(response)
    payment = as_object(answer.get("payment"), "the payment")
    if known_status(payment.get("status"), status.STATUSES, "a payment") == "CA":
        raise Refused("request_cancelled", "EBANX has cancelled the payment.")
    page = optional_text(answer.get("redirect_url"))
    if page is None:
        raise Refused("request_lost", "EBANX has this payment already, and does not show its page again.")
    return IssuedRequest(external_ref=as_text(payment.get("hash"), "the payment's hash"), payload=None, url=page)
