"""Asking Checkout.com for money: a payment link (``POST /payment-links``), on whose page the debtor chooses how to pay.

Our payment request's identifier is the link's ``reference``, which every payment over it carries, and the idempotency
key. A repeat that was not recognised would make a second link; the debtor is given one, and both name our request.
How long a link lives counts from its making, a moment that is unknown when the request is built, so it is a setting in
days; the answer says when it ends.
Source: https://www.checkout.com/docs/previous/integrate/payment-links/manage-payment-links (edition of 2022-12, read
2026-11, confidence high; medium for the idempotency key of links, which is documented for payments).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import answer_of, as_moment, as_object, as_text, json_request, positive
from connectors.platforms.checkout_com.amounts import UNITS
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

DEFAULT_BASE_URL: Final = "https://api.checkout.com"
NAME: Final = "Checkout.com"
_DAY_SECONDS: Final = 86_400
_DESCRIPTION: Final = 100


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a link for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``amount_too_precise``, ``amount_too_large``.
    """
    customer = {"name": order.payer_name} | ({"email": order.payer_email} if order.payer_email else {})
    document = {
        "amount": UNITS.from_money(positive(order.amount)),
        "currency": order.amount.currency,
        "reference": order.request_id,
        "description": order.description[:_DESCRIPTION],
        "billing": {"address": {"country": config["payer_country"]}},
        "customer": customer,
        "expires_in": int(config.get("link_days") or "1") * _DAY_SECONDS,
        "processing_channel_id": config["processing_channel_id"],
        "metadata": {"afluente_reference": order.reference},
    }
    return request(config, "/payment-links", document, order.request_id)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above why it is safe)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The link and when it ends."""
    link = answer_of(response, NAME)
    links = as_object(link.get("_links"), "the answer's links")
    return IssuedRequest(
        external_ref=as_text(link.get("id"), "the link's id"),
        payload=None,
        url=as_text(as_object(links.get("redirect"), "the link").get("href"), "the link's address"),
        expires_at=as_moment(link.get("expires_on"), "when the link ends"),
    )


def request(config: Mapping[str, str], path: str, document: Any, idempotency_key: str) -> HttpRequest:
    """A request to Checkout.com under the connection's key."""
    return json_request(
        "POST",
        f"{config.get('base_url') or DEFAULT_BASE_URL}{path}",
        authorization=f"Bearer {config['api_key']}",
        document=document,
        headers={"Cko-Idempotency-Key": idempotency_key},
    )
