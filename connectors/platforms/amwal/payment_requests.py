"""Asking AmwalPay for money: ``POST /MerchantOrder/CreatePaymentLink``, a link for one amount and one payment.

``secureHashValue`` is the HMAC-SHA256, in upper-case hexadecimal, of every other field as ``name=value`` in the
alphabet's order with ``&`` between them, under the secure key's bytes. An amount is a number of rials of up to three
decimals, and a tenth of a rial at least; it is written without zeros at its end, so that however AmwalPay reads the
number it signs the same letters.

No idempotency key is documented: an uncertain request is made again and the debtor is given the second link; the first
is known to nobody but the creditor's own mailbox. An answer names the link by nothing but its address.
Source: https://amwalpay.om/developers/amwal-integrated-payment-link/introduction and its page on hashes, whose example
is a test (read 2026-11, confidence high). ``billerRefNumber`` is documented as a whole number and taken as text by
public integrations (confidence medium; a refusal there moves no money).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from connectors.platforms import answer_of, as_text, json_bytes, malformed, positive
from domain.errors import Invalid, Refused
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

NAME: Final = "AmwalPay"
_DEFAULT_BASE_URL: Final = "https://webhook.amwalpg.com"
_CURRENCY, _NUMERIC = "OMR", 512
_LEAST: Final = Money(100, _CURRENCY)
_CARD, _BY_EMAIL, _ONE_PAYMENT, _OPENED_DIRECTLY = 1, 1, 1, 1


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a link.

    Raises ``Invalid``: ``amount_not_positive``, ``amount_too_small``, ``method_currency_mismatch``.
    """
    document = {
        "amount": _rials(order.amount),
        "billerRefNumber": order.request_id,
        "currency": _NUMERIC,
        "emailNotificationValue": config["notification_email"],
        "expireDateTime": "",
        "maxNumberOfPayment": _ONE_PAYMENT,
        "merchantId": int(config["merchant_id"]),
        "notificationMethod": _BY_EMAIL,
        "payerName": order.payer_name,
        "paymentMethod": _CARD,
        "paymentViewType": _OPENED_DIRECTLY,
        "redirectUrl": config["return_url"],
        "smsNotificationValue": "",
        "terminalId": int(config["terminal_id"]),
    }
    return HttpRequest(
        method="POST",
        url=f"{config.get('base_url') or _DEFAULT_BASE_URL}/MerchantOrder/CreatePaymentLink",
        headers={"Accept": "application/json", "Content-Type": "application/json"},
        body=json_bytes({**document, "secureHashValue": secure_hash(document, config["secure_key"])}),
    )


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above what that does)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The link; ``Refused`` where AmwalPay says that it made none."""
    answer = answer_of(response, NAME)
    made = answer.get("success")
    if made is False:
        raise Refused("platform_refused", "AmwalPay refused the request.")
    if made is not True:
        raise malformed("Whether AmwalPay made the link was expected as true or false.")
    link = as_text(answer.get("data"), "the link")
    if not link.startswith("https://"):
        raise malformed("The link was expected to start with https://.")
    return IssuedRequest(external_ref=link, payload=None, url=link)


def secure_hash(document: Mapping[str, Any], key: str) -> str:
    """The hash of a document's fields (see above)."""
    text = "&".join(f"{name}={_letters(document[name])}" for name in sorted(document))
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest().upper()


def _letters(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _rials(amount: Money) -> Decimal:
    if amount.currency != _CURRENCY:
        raise Invalid("method_currency_mismatch", f"AmwalPay does not take {amount.currency}.")
    if positive(amount).minor < _LEAST.minor:
        raise Invalid("amount_too_small", "AmwalPay takes a tenth of a rial at least.")
    return amount.decimal.normalize()
