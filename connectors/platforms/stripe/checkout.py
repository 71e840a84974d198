"""Stripe's own payment page: one Checkout Session per payment request, and what its answer gives the debtor.

A page lives for at most a day (30 minutes to 24 hours, of which Stripe takes the longest by itself), our request for
weeks. ``expires_at`` is not sent: counted from the moment of asking it would make every repeat another request under
the same key, which Stripe refuses. The answer says until when the page takes money and the request ends with it, so
whoever asks for the same money later gets a request, a key and a page of their own. Its idempotency key would not do
for a second page: Stripe would answer it with the page that has expired.

What the page collects is a PaymentIntent with our identifier in its metadata, by which the receipt is recognised.
Source: https://docs.stripe.com/api/checkout/sessions/create (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import as_text, as_unix, known_status, optional_text
from connectors.platforms.stripe.amounts import UNITS
from connectors.platforms.stripe.webhooks import REQUEST_KEY
from domain.errors import Invalid, Refused
from domain.platforms import IssuedRequest, PaymentRequestOrder

PATH: Final = "/v1/checkout/sessions"
OBJECT: Final = "checkout.session"
_STATUSES: Final = frozenset(("open", "complete", "expired"))


def fields(order: PaymentRequestOrder, config: Mapping[str, str]) -> list[tuple[str, str]]:
    """The form that creates a page for one amount. Raises ``Invalid`` (``return_url_missing``).

    The page offers the order's rail alone; without a rail, every method that the account has switched on.
    """
    return_url = config.get("return_url")
    if not return_url:
        raise Invalid(
            "return_url_missing",
            "Stripe's payment page needs an address to send the debtor to afterwards.",
            fix="Set the connection's return_url.",
        )
    ours = ((REQUEST_KEY, order.request_id), ("afluente_reference", order.reference))
    return [
        ("mode", "payment"),
        *((("payment_method_types[0]", order.rail),) if order.rail else ()),
        ("line_items[0][price_data][currency]", order.amount.currency.lower()),
        ("line_items[0][price_data][unit_amount]", str(UNITS.from_money(order.amount))),
        ("line_items[0][price_data][product_data][name]", order.description),
        ("line_items[0][quantity]", "1"),
        ("client_reference_id", order.request_id),
        *((f"metadata[{name}]", value) for name, value in ours),
        *((f"payment_intent_data[metadata][{name}]", value) for name, value in ours),
        ("success_url", return_url),
        ("cancel_url", return_url),
    ]


def read(session: Mapping[str, Any]) -> IssuedRequest:
    """The page and until when it takes money. Raises ``Refused`` (``request_expired``) where it no longer does."""
    if known_status(session.get("status"), _STATUSES, "a Checkout Session") == "expired":
        raise Refused("request_expired", "This Checkout Session has expired.", fix="Make a new payment request.")
    return IssuedRequest(
        external_ref=as_text(session.get("id"), "the Checkout Session's id"),
        payload=None,
        url=optional_text(session.get("url")),
        expires_at=as_unix(session.get("expires_at"), "the Checkout Session's expiry"),
    )
