"""Asking Khipu for money: a payment with a page of its own (``POST /v3/payments``).

Our payment request's identifier stands as the transaction's. No idempotency key is documented: an uncertain request is
made again, the debtor is given one of the two pages, and whatever is paid names our request.
Source: https://docs.khipu.com/apis/v3/instant-payments/openapi/other/postpayment.md (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Final

from connectors.platforms import answer_of, as_text, positive
from connectors.platforms.khipu.status import CURRENCY, NAME, request
from domain.errors import Invalid
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_SUBJECT: Final = 255
_NOTIFICATIONS: Final = "3.0"


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a payment for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``.
    """
    if order.amount.currency != CURRENCY:
        raise Invalid("method_currency_mismatch", f"Khipu is not asked for {order.amount.currency} here.")
    document = {
        "amount": positive(order.amount).decimal,
        "currency": CURRENCY,
        "subject": order.description[:_SUBJECT],
        "transaction_id": order.request_id,
        "expires_date": order.expires_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "notify_url": config["webhook_url"],
        "notify_api_version": _NOTIFICATIONS,
    }
    return request(config, "POST", "/v3/payments", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above what that does)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The payment's page."""
    payment = answer_of(response, NAME)
    return IssuedRequest(
        external_ref=as_text(payment.get("payment_id"), "the payment's id"),
        payload=None,
        url=as_text(payment.get("payment_url"), "the payment's address"),
    )
