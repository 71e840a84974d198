"""Asking Mercado Pago for money: a Pix to scan (``POST /v1/payments``), or its own page for the methods of the country.

The payment request's identifier is the idempotency key of a Pix, and the external reference of both. A page has no
such key: asked for twice there are two, of which the debtor is given one, and whatever is paid names our request.
So ``query`` of an uncertain request is the same request again.

A Pix code lives for at most 30 days; the page until the request expires.
Source: https://www.mercadopago.com.br/developers/en/docs/checkout-api-payments/integration-configuration/integrate-with-pix
and https://www.mercadopago.com.br/developers/en/reference/preferences/_checkout_preferences/post (2026-11, high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from connectors.platforms import (
    answer_of,
    as_moment,
    as_text,
    json_request,
    known_status,
    malformed,
    optional_text,
    positive,
)
from connectors.platforms.mercadopago.status import DEFAULT_BASE_URL, NAME
from connectors.platforms.mercadopago.webhooks import name_of
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

PIX: Final = "pix"
_LONGEST_PIX: Final = timedelta(days=29)  # of 30, less the hours since midnight
_DESCRIPTION: Final = 250
_CPF: Final = re.compile(r"\d{11}", re.ASCII)
_CNPJ: Final = re.compile(r"[0-9A-Z]{14}", re.ASCII)
_STATUSES: Final = frozenset(
    ("pending", "approved", "authorized", "in_process", "in_mediation", "rejected", "cancelled", "refunded")
)


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a Pix, or a page.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``, ``payer_email_missing``.
    """
    positive(order.amount)
    path, document = ("/v1/payments", _pix(order)) if order.rail == PIX else ("/checkout/preferences", _page(order))
    return json_request(
        "POST",
        f"{config.get('base_url') or DEFAULT_BASE_URL}{path}",
        authorization=f"Bearer {config['api_key']}",
        document=document,
        headers={"X-Idempotency-Key": order.request_id},
    )


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above why it is safe)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The code or the page; ``Refused`` (``request_cancelled``) where it can no longer be paid."""
    document = answer_of(response, NAME)
    if "init_point" in document:
        url = as_text(document.get("init_point"), "the page's address")
        return IssuedRequest(as_text(document.get("id"), "the page's id"), None, url)
    status = known_status(document.get("status"), _STATUSES, "a payment")
    if status in {"rejected", "cancelled"}:
        raise Refused("request_cancelled", f"Mercado Pago made the payment as {status}.")
    name = name_of(document)
    if name is None:
        raise malformed("A payment has an identifier.")
    given = _given(document)
    expires = document.get("date_of_expiration")
    return IssuedRequest(
        external_ref=name,
        payload=optional_text(given.get("qr_code")),
        url=optional_text(given.get("ticket_url")),
        expires_at=None if expires is None else as_moment(expires, "when the payment expires"),
    )


def _pix(order: PaymentRequestOrder) -> dict[str, Any]:
    if order.amount.currency != "BRL":
        raise Invalid("method_currency_mismatch", f"Pix does not take {order.amount.currency}.")
    if not order.payer_email:
        raise Invalid("payer_email_missing", "Mercado Pago wants the payer's e-mail address for Pix.")
    latest = datetime.combine(order.due_date, time.min, tzinfo=UTC) + _LONGEST_PIX
    return {
        "transaction_amount": order.amount.decimal,
        "description": order.description[:_DESCRIPTION],
        "payment_method_id": PIX,
        "external_reference": order.request_id,
        "date_of_expiration": min(order.expires_at, latest).astimezone(UTC).isoformat(timespec="milliseconds"),
        "payer": {"email": order.payer_email, "first_name": order.payer_name, **_identification(order.payer_document)},
    }


def _identification(document: str | None) -> dict[str, Any]:
    for kind, shape in (("CPF", _CPF), ("CNPJ", _CNPJ)):
        if document and shape.fullmatch(document):
            return {"identification": {"type": kind, "number": document}}
    return {}


def _page(order: PaymentRequestOrder) -> dict[str, Any]:
    payer = {"name": order.payer_name} | ({"email": order.payer_email} if order.payer_email else {})
    return {
        "items": [
            {
                "id": order.reference,
                "title": order.description[:_DESCRIPTION],
                "quantity": 1,
                "unit_price": order.amount.decimal,
                "currency_id": order.amount.currency,
            }
        ],
        "payer": payer,
        "external_reference": order.request_id,
        "expires": True,
        "expiration_date_to": order.expires_at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }


def _given(payment: Mapping[str, Any]) -> Mapping[str, Any]:
    interaction = payment.get("point_of_interaction")
    given = interaction.get("transaction_data") if isinstance(interaction, dict) else None
    return given if isinstance(given, dict) else {}
