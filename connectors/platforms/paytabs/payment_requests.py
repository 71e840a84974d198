"""Asking PayTabs for money: a page (``POST /payment/request`` for a sale) on which the debtor chooses how to pay.

Our payment request's identifier is the ``cart_id``, which every transaction over the page carries. PayTabs refuses the
same request again for two minutes, and would then make a second page: the debtor is given one of them, and both name
our request.
Source: https://docs.paytabs.com/PT2-API-Endpoints/Integration-Types-Manuals/Hosted-Payment-Page (steps 2 to 5, read
2026-11, confidence high; medium for the two minutes).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.platforms import as_text, positive
from connectors.platforms.paytabs import status
from domain.errors import Invalid
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_CURRENCIES: Final = frozenset(
    ("AED", "BHD", "EGP", "EUR", "GBP", "IQD", "JOD", "KWD", "MAD", "OMR", "QAR", "SAR", "USD")
)
_DESCRIPTION: Final = 128


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a page for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``.
    """
    if order.amount.currency not in _CURRENCIES:
        raise Invalid("method_currency_mismatch", f"PayTabs is not asked for {order.amount.currency} here.")
    document = {
        "profile_id": int(config["profile_id"]),
        "tran_type": "sale",
        "tran_class": "ecom",
        "cart_id": order.request_id,
        "cart_currency": order.amount.currency,
        "cart_amount": positive(order.amount).decimal,
        "cart_description": order.description[:_DESCRIPTION],
        "callback": config["webhook_url"],
        "return": config["return_url"],
        "hide_shipping": True,
    }
    return status.request(config, "/payment/request", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above what that does)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The page; ``Unavailable`` where PayTabs has just had the same request."""
    document = status.answered(response)
    return IssuedRequest(
        external_ref=as_text(document.get("tran_ref"), "the transaction's reference"),
        payload=None,
        url=as_text(document.get("redirect_url"), "the page's address"),
    )
