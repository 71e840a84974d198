"""Asking Moyasar for money: an invoice (``POST /v1/invoices``), on whose page the debtor chooses how to pay.

A payment names its invoice (``invoice_id``), which is the request's identity for us; ours stands in the metadata. No
idempotency key is documented for invoices: an uncertain request is made again, the debtor is given one of the two, and
whatever is paid names that one. The least amount is 100 of the smallest unit.
Source: https://docs.moyasar.com/create-invoice, …/list-invoices and https://docs.moyasar.com/api/invoices/03-bulk-invoice
(read 2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Final

from connectors.platforms import answer_of, as_moment, as_text, known_status, positive
from connectors.platforms.moyasar.status import NAME, request
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_OVER: Final = frozenset(("failed", "refunded", "canceled", "expired", "voided"))
_STATUSES: Final = _OVER | {"initiated", "paid", "on_hold"}
_CURRENCIES: Final = frozenset(("SAR", "AED", "BHD", "EUR", "GBP", "JOD", "KWD", "OMR", "QAR", "USD"))
_LEAST: Final = 100
_DESCRIPTION: Final = 250


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates an invoice for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``amount_too_small``, ``method_currency_mismatch``.
    """
    amount = positive(order.amount)
    if amount.currency not in _CURRENCIES:
        raise Invalid("method_currency_mismatch", f"Moyasar is not asked for {amount.currency} here.")
    if amount.minor < _LEAST:
        raise Invalid("amount_too_small", f"Moyasar takes {_LEAST} of the smallest unit at least.")
    document = {
        "amount": amount.minor,
        "currency": amount.currency,
        "description": order.description[:_DESCRIPTION],
        "success_url": config["return_url"],
        "back_url": config["return_url"],
        "expired_at": order.expires_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "metadata": {"afluente_request": order.request_id, "afluente_reference": order.reference},
    }
    return request(config, "POST", "/v1/invoices", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above what that does)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The invoice's page; ``Refused`` (``request_cancelled``) where it can no longer be paid."""
    invoice = answer_of(response, NAME)
    status = known_status(invoice.get("status"), _STATUSES, "an invoice")
    if status in _OVER:
        raise Refused("request_cancelled", f"Moyasar made the invoice as {status}.")
    expires = invoice.get("expired_at")
    return IssuedRequest(
        external_ref=as_text(invoice.get("id"), "the invoice's id"),
        payload=None,
        url=as_text(invoice.get("url"), "the invoice's address"),
        expires_at=None if expires is None else as_moment(expires, "when the invoice expires"),
    )
