"""Asking Midtrans for money: ``POST /v2/charge`` for a virtual account of one bank, or a QRIS code.

Our payment request's identifier is the order's name, which Midtrans takes once. So an uncertain request is looked up by
it: the number of a virtual account stands in that answer; a QRIS code does not, and is given up for a new request.
Amounts are whole rupiah, as Midtrans wants them.
Source: https://docs.midtrans.com/reference/qris, …/reference/bank-transfer-object and
https://docs.midtrans.com/docs/get-status-api-requests (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import as_list, as_object, as_text, known_status, optional_text, positive
from connectors.platforms.midtrans import status
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

QRIS: Final = "qris"
CURRENCY: Final = "IDR"
_OVER: Final = frozenset(("deny", "cancel", "expire", "failure"))
_ACTIONS_LIMIT: Final = 20
_DUPLICATE: Final = "406"
_SEN: Final = 100


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a number or a code for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``amount_too_precise``, ``method_currency_mismatch``, ``bank_missing``.
    """
    document = {
        **_method(order, config),
        "transaction_details": {"order_id": order.request_id, "gross_amount": whole_rupiah(order)},
        "customer_details": {"first_name": order.payer_name}
        | ({"email": order.payer_email} if order.payer_email else {}),
    }
    return status.request(config, "POST", "/v2/charge", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks what became of the order (see above)."""
    return status.build(order.request_id, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The number or the code; ``Refused`` (``request_cancelled``, ``request_lost``) where there is none to give."""
    document = status.answered(response)
    if document.get("status_code") == _DUPLICATE:
        raise Refused("request_lost", "Midtrans has this order already, and does not show its code again.")
    state = known_status(document.get("transaction_status"), status.STATUSES, "an order")
    if state in _OVER:
        raise Refused("request_cancelled", f"Midtrans made the order as {state}.")
    number, code, page = status.account_of(document), optional_text(document.get("qr_string")), _image(document)
    if number is None and code is None and page is None:
        raise Refused("request_lost", "Midtrans has the order, but does not show its code again.")
    expires = document.get("expiry_time")
    return IssuedRequest(
        external_ref=as_text(document.get("order_id"), "the order's name"),
        payload=code or number,
        url=page,
        expires_at=None if expires is None else status.as_jakarta(expires, "when the order expires"),
        scannable=code is not None,
    )


def whole_rupiah(order: PaymentRequestOrder) -> int:
    """The amount in whole rupiah, exactly."""
    if order.amount.currency != CURRENCY:
        raise Invalid("method_currency_mismatch", f"Midtrans is not asked for {order.amount.currency}.")
    rupiah, sen = divmod(positive(order.amount).minor, _SEN)
    if sen:
        raise Invalid("amount_too_precise", "Midtrans takes whole rupiah.", fix="Round the amount to whole rupiah.")
    return rupiah


def _method(order: PaymentRequestOrder, config: Mapping[str, str]) -> dict[str, Any]:
    if order.rail == QRIS:
        return {"payment_type": QRIS}
    bank = config.get("bank")
    if not bank:
        raise Invalid("bank_missing", "No bank is set for virtual accounts.", fix="Set the connection's bank.")
    return {"payment_type": "bank_transfer", "bank_transfer": {"bank": bank}}


def _image(document: Mapping[str, Any]) -> str | None:
    """The address of the code's picture, which the debtor may open."""
    listed = as_list(document.get("actions") or [], "the order's actions", limit=_ACTIONS_LIMIT)
    actions = (as_object(one, "an action") for one in listed)
    return next((optional_text(one.get("url")) for one in actions if one.get("name") == "generate-qr-code"), None)
