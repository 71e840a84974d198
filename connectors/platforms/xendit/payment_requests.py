"""Asking Xendit for money: ``POST /v3/payment_requests`` over one channel, once paid.

What the debtor is given stands in the answer's actions: a code or number to present, or a page to go to. Our payment
request's identifier is the reference, and the idempotency key as in Xendit's own libraries. A repeat that Xendit did
not recognise would make a second code; the debtor is given one, and both name our request.
Source: https://docs.xendit.co/apidocs/create-payment-request and https://docs.xendit.co/apidocs/get-payment-request
(2026-11, confidence high; medium for the idempotency key at v3).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from connectors.platforms import (
    answer_of,
    as_list,
    as_moment,
    as_object,
    as_text,
    known_status,
    optional_text,
    positive,
)
from connectors.platforms.xendit.status import NAME, request
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_COUNTRIES: Final = {"IDR": "ID", "PHP": "PH", "THB": "TH", "VND": "VN", "MYR": "MY"}
_CHANNELS: Final = {"qris": ("QRIS", "IDR"), "qrph": ("QRPH", "PHP"), "promptpay": ("PROMPTPAY", "THB")}
_VIRTUAL_ACCOUNT: Final = "virtual_account"
_WALLET: Final = "ewallet"
_ACTIONS_LIMIT: Final = 20
_SCANNED: Final = "QR_STRING"
_OVER: Final = frozenset(("FAILED", "CANCELED", "EXPIRED"))
_STATUSES: Final = _OVER | {"REQUIRES_ACTION", "ACCEPTING_PAYMENTS", "AUTHORIZED", "SUCCEEDED", "PENDING"}


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a code, number or page for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``, ``channel_missing``,
    ``return_url_missing``.
    """
    positive(order.amount)
    document = {
        "reference_id": order.request_id,
        "type": "PAY",
        "country": _country(order),
        "currency": order.amount.currency,
        "request_amount": order.amount.decimal,
        "capture_method": "AUTOMATIC",
        "channel_code": _channel(order, config),
        "channel_properties": _properties(order, config),
        "description": order.description[:250],
        "metadata": {"afluente_reference": order.reference},
    }
    return request(config, "POST", "/v3/payment_requests", document, {"idempotency-key": order.request_id})


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above why it is safe)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """What the debtor is given; ``Refused`` (``request_cancelled``) where it can no longer be paid."""
    document = answer_of(response, NAME)
    status = known_status(document.get("status"), _STATUSES, "a payment request")
    if status in _OVER:
        raise Refused("request_cancelled", f"Xendit made the payment request as {status}.")
    listed = as_list(document.get("actions") or [], "the request's actions", limit=_ACTIONS_LIMIT)
    actions = [as_object(one, "an action") for one in listed]
    shown = next((one for one in actions if one.get("type") == "PRESENT_TO_CUSTOMER"), {})
    page = next((one for one in actions if one.get("type") == "REDIRECT_CUSTOMER"), {})
    properties = document.get("channel_properties")
    expires = properties.get("expires_at") if isinstance(properties, dict) else None
    return IssuedRequest(
        external_ref=as_text(document.get("payment_request_id"), "the payment request's id"),
        payload=optional_text(shown.get("value")),
        url=optional_text(page.get("value")),
        expires_at=None if expires is None else as_moment(expires, "when the request expires"),
        scannable=shown.get("descriptor") == _SCANNED,
    )


def _country(order: PaymentRequestOrder) -> str:
    country = _COUNTRIES.get(order.amount.currency)
    if country is None:
        raise Invalid("method_currency_mismatch", f"Xendit is not asked for {order.amount.currency} here.")
    return country


def _channel(order: PaymentRequestOrder, config: Mapping[str, str]) -> str:
    known = _CHANNELS.get(order.rail)
    if known is not None:
        channel, currency = known
        if order.amount.currency != currency:
            raise Invalid("method_currency_mismatch", f"{channel} does not take {order.amount.currency}.")
        return channel
    channel = config.get("channel_code", "")
    if not channel:
        raise Invalid("channel_missing", "No channel is set to collect over.", fix="Set the connection's channel_code.")
    return channel


def _properties(order: PaymentRequestOrder, config: Mapping[str, str]) -> dict[str, Any]:
    expires = {"expires_at": order.expires_at.astimezone(UTC).isoformat(timespec="milliseconds")}
    if order.rail == _WALLET:
        return_url = config.get("return_url")
        if not return_url:
            raise Invalid("return_url_missing", "A wallet needs an address to send the debtor to afterwards.")
        return {"success_return_url": return_url, "failure_return_url": return_url}
    if order.rail == _VIRTUAL_ACCOUNT:
        return expires | {"display_name": config.get("display_name") or order.description[:50]}
    return expires
