"""Asking Conekta for money: a payment link for one payment (``POST /checkouts``), on whose page the debtor pays.

An order that is paid over a link names it (``checkout_request_id``), which is the link's identity for us; ours stands
in the order's metadata. No key against repeats is documented: an uncertain request is made again, the debtor is given
one of the two links, and whatever is paid names our request.
Source: https://developers.conekta.com/v2.3.0/reference/payment-link and https://github.com/conekta/openapi
(requestBodies/checkouts, 2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.platforms import answer_of, as_text, as_unix, known_status, positive
from connectors.platforms.conekta.status import CURRENCY, NAME, OURS, request
from domain.errors import Invalid
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

METHODS: Final = ("card", "cash", "bank_transfer")
_NAME: Final = 249
_STATUSES: Final = frozenset(("Issued",))


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a link for one amount, for the rail asked for or for all.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``.
    """
    if order.amount.currency != CURRENCY:
        raise Invalid("method_currency_mismatch", f"Conekta is not asked for {order.amount.currency}.")
    title = f"{order.reference}: {order.description}"[:_NAME]
    document = {
        "name": title,
        "type": "PaymentLink",
        "recurrent": False,
        "needs_shipping_contact": False,
        "expires_at": int(order.expires_at.timestamp()),
        "allowed_payment_methods": [order.rail] if order.rail in METHODS else METHODS,
        "order_template": {
            "currency": CURRENCY,
            "line_items": [{"name": title, "unit_price": positive(order.amount).minor, "quantity": 1}],
            "metadata": {OURS: order.request_id},
        },
    }
    return request(config, "POST", "/checkouts", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above what that does)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The link's page."""
    link = answer_of(response, NAME)
    known_status(link.get("status"), _STATUSES, "a new link")
    expires = link.get("expires_at")
    return IssuedRequest(
        external_ref=as_text(link.get("id"), "the link's id"),
        payload=None,
        url=as_text(link.get("url"), "the link's page"),
        expires_at=None if expires is None else as_unix(expires, "when the link expires"),
    )
