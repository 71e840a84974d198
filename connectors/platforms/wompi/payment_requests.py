"""Asking Wompi for money: a link for one payment (``POST /v1/payment_links``), on whose page the debtor chooses.

A transaction names the link that it was paid over (``payment_link_id``), which is the link's identity for us; Wompi
makes the transaction's own reference. Ours stands as the link's ``sku``. No idempotency key is documented: an uncertain
request is made again, the debtor is given one of the two links, and whatever is paid names that one.
Source: https://docs.wompi.co/en/docs/colombia/links-de-pago/ (2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Final

from connectors.platforms import answer_of, as_object, as_text, malformed, positive
from connectors.platforms.wompi.status import CURRENCY, NAME, request
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_PAGE: Final = "https://checkout.wompi.co/l/"
_LINK: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_NAME: Final = 60
_DESCRIPTION: Final = 250


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a link for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``.
    """
    if order.amount.currency != CURRENCY:
        raise Invalid("method_currency_mismatch", f"Wompi is not asked for {order.amount.currency}.")
    document = {
        "name": order.reference[:_NAME],
        "description": order.description[:_DESCRIPTION],
        "single_use": True,
        "collect_shipping": False,
        "currency": CURRENCY,
        "amount_in_cents": positive(order.amount).minor,
        "expires_at": order.expires_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "sku": order.request_id,
    }
    return request(config, "POST", "/v1/payment_links", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above what that does)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The link's page; ``Refused`` (``request_cancelled``) where it is not active."""
    link = as_object(answer_of(response, NAME).get("data"), "the link")
    if link.get("active") is False:
        raise Refused("request_cancelled", "Wompi shows the link as inactive.")
    name = as_text(link.get("id"), "the link's id")
    if not _LINK.fullmatch(name):
        raise malformed("A link's id is letters and digits.")
    return IssuedRequest(external_ref=name, payload=None, url=f"{_PAGE}{name}")
