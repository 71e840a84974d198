"""Asking PayMongo for money: a link (``POST /v1/links``), on whose page the debtor chooses how to pay.

The link's reference number is its identity for us, since a payment names it so (``external_reference_number``). Ours
stands in the remarks. No idempotency key is documented: an uncertain request is made again, the debtor is given one of
the two links, and whatever is paid names that one.
Source: https://developers.paymongo.com/reference/create-a-link and …/links-resource (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.platforms import answer_of, as_object, as_text, known_status, positive
from connectors.platforms.paymongo.status import CURRENCY, NAME, request
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_STATUSES: Final = frozenset(("unpaid", "paid"))
_DESCRIPTION: Final = 250


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a link for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``.
    """
    if order.amount.currency != CURRENCY:
        raise Invalid("method_currency_mismatch", f"PayMongo is not asked for {order.amount.currency}.")
    attributes = {
        "amount": positive(order.amount).minor,
        "description": order.description[:_DESCRIPTION],
        "remarks": order.request_id,
    }
    return request(config, "POST", "/v1/links", attributes)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above what that does)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The link; ``Refused`` (``request_cancelled``) where it is archived."""
    link = as_object(answer_of(response, NAME).get("data"), "the link")
    attributes = as_object(link.get("attributes"), "the link's attributes")
    known_status(attributes.get("status"), _STATUSES, "a link")
    if attributes.get("archived") is True:
        raise Refused("request_cancelled", "PayMongo shows the link as archived.")
    return IssuedRequest(
        external_ref=as_text(attributes.get("reference_number"), "the link's reference number"),
        payload=None,
        url=as_text(attributes.get("checkout_url"), "the link's address"),
    )
