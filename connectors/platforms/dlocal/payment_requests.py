"""Asking dLocal for money: a payment on dLocal's own page (``POST /payments``, flow REDIRECT).

Our payment request's identifier is the order's, of which dLocal takes each once: a second payment under it is refused.
So an uncertain request is looked up by its order, and where dLocal has it, its page is not shown again
(``request_lost``): the debtor is to be given another request.
Source: https://docs.dlocal.com/reference/create-payment, https://docs.dlocal.com/docs/integrate-checkout,
https://docs.dlocal.com/reference/http-errors-payments and https://docs.dlocal.com/reference/the-order-object
(2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.platforms import answer_of, as_text, known_status, optional_text, positive
from connectors.platforms.dlocal.status import NAME, OVER, STATUSES, request
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_COUNTRIES: Final = {"ARS": "AR", "BRL": "BR", "CLP": "CL", "COP": "CO", "MXN": "MX", "PEN": "PE"}
_DESCRIPTION: Final = 200


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a page for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``, ``payer_email_missing``,
    ``payer_document_missing``.
    """
    country = _COUNTRIES.get(order.amount.currency)
    if country is None:
        raise Invalid("method_currency_mismatch", f"dLocal is not asked for {order.amount.currency} here.")
    if not order.payer_email:
        raise Invalid("payer_email_missing", "dLocal wants the payer's e-mail address.")
    if not order.payer_document:
        raise Invalid("payer_document_missing", "dLocal wants the payer's document.")
    document = {
        "amount": positive(order.amount).decimal,
        "currency": order.amount.currency,
        "country": country,
        "payment_method_flow": "REDIRECT",
        "payer": {"name": order.payer_name, "email": order.payer_email, "document": order.payer_document},
        "order_id": order.request_id,
        "description": order.description[:_DESCRIPTION],
        "notification_url": config["webhook_url"],
        "callback_url": config["return_url"],
    }
    return request(config, "POST", "/payments", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks whether dLocal has the order."""
    return request(config, "GET", f"/orders/{order.request_id}")


def read(response: HttpResponse) -> IssuedRequest:
    """The page; ``Refused`` (``request_cancelled``, ``request_lost``) where there is none to give."""
    payment = answer_of(response, NAME)
    status = known_status(payment.get("status"), STATUSES, "a payment")
    if status in OVER:
        raise Refused("request_cancelled", f"dLocal made the payment as {status}.")
    page = optional_text(payment.get("redirect_url"))
    if page is None:
        raise Refused("request_lost", "dLocal has the payment, but does not show its page again.")
    return IssuedRequest(as_text(payment.get("id"), "the payment's id"), None, page)
