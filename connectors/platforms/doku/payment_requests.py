"""Asking DOKU for money: ``POST /checkout/v1/payment``, its page for one amount.

The order's number is our payment request's identifier without its underscore. An uncertain request is looked up by it:
an order that is there is not shown again and given up for a new request; one that is not there is asked for again. The
page's life is stated in minutes from the moment our identifier was made. Amounts are whole rupiah, as DOKU wants them.
Source: https://developers.doku.com/accept-payments/doku-checkout/integration-guide/backend-integration (read 2026-11,
confidence high; medium for ``override_notification_url`` and the codes of ``payment_method_types``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.platforms import answer_of, as_object, as_text, letters_of, positive
from connectors.platforms.doku import status
from domain import ids
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_SEN: Final = 100
_METHODS: Final = {"qris": "QRIS", "card": "CREDIT_CARD"}
_LONGEST_MINUTES: Final = 30 * 24 * 60


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a page.

    Raises ``Invalid``: ``amount_not_positive``, ``amount_too_precise``, ``method_currency_mismatch``,
    ``channel_missing``, ``expiry_too_soon``, ``id_malformed``.
    """
    methods = _methods(order, config)
    document = {
        "order": {
            "amount": _whole_rupiah(order),
            "invoice_number": letters_of(order.request_id),
            "currency": status.CURRENCY,
            "callback_url": config["return_url"],
        },
        "payment": {"payment_due_date": _minutes(order)} | ({"payment_method_types": methods} if methods else {}),
        "customer": {"name": order.payer_name} | ({"email": order.payer_email} if order.payer_email else {}),
        "additional_info": {"override_notification_url": config["webhook_url"]},
    }
    return status.request(
        config, "POST", "/checkout/v1/payment", request_id=letters_of(order.request_id), document=document
    )


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks what became of the order (see above)."""
    return status.build(letters_of(order.request_id), config)


def read(response: HttpResponse) -> IssuedRequest:
    """The page; ``Refused`` (``request_lost``) where DOKU has the order and does not show its page again."""
    answer = answer_of(response, status.NAME)
    if "response" not in answer:
        status.facts_of(answer)  # an order that DOKU has, or a body that is none
        raise Refused("request_lost", "DOKU has this order already, and does not show its page again.")
    made = as_object(answer["response"], "the answer's response")
    order, payment = (as_object(made.get(name), f"the answer's {name}") for name in ("order", "payment"))
    return IssuedRequest(
        external_ref=as_text(order.get("invoice_number"), "the order's number"),
        payload=None,
        url=as_text(payment.get("url"), "the page's address"),
    )


def _methods(order: PaymentRequestOrder, config: Mapping[str, str]) -> list[str]:
    if order.rail in _METHODS:
        return [_METHODS[order.rail]]
    named = [code for code in config.get("method_types", "").split(",") if code]
    if order.rail and not named:
        raise Invalid("channel_missing", "No method of the page is set.", fix="Set the connection's method_types.")
    return named


def _whole_rupiah(order: PaymentRequestOrder) -> int:
    if order.amount.currency != status.CURRENCY:
        raise Invalid("method_currency_mismatch", f"DOKU is not asked for {order.amount.currency}.")
    rupiah, sen = divmod(positive(order.amount).minor, _SEN)
    if sen:
        raise Invalid("amount_too_precise", "DOKU takes whole rupiah.", fix="Round the amount to whole rupiah.")
    return rupiah


def _minutes(order: PaymentRequestOrder) -> int:
    minutes = (int(order.expires_at.timestamp()) - ids.made_at(order.request_id) // 1000) // 60
    if minutes < 1:
        raise Invalid("expiry_too_soon", "A page at DOKU lives for a minute at least.")
    return min(minutes, _LONGEST_MINUTES)
