"""Asking Fawry what became of an order (``GET /ECommerceWeb/Fawry/payments/status``); all that is booked is from here.

An order that was paid is a receipt, named by the order's number at Fawry: a number is paid once. One that was given
back is an error for a person, because the day of it is not stated. One that expired, was cancelled or failed will not
be paid any more. The answer's HTTP status may be 200 whatever it says, so its ``statusCode`` counts too. Amounts are
decimals in Egyptian pounds, moments milliseconds since 1970; days are those of Cairo.
Source: https://developer.fawrystaging.com/docs/payment-notifications/get-payment-status and
https://atfawry.com/developer-guide/payment-status.html (its answers, statuses and codes; read 2026-11, confidence
high).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from connectors.platforms import (
    above_zero,
    answer_of,
    as_major,
    as_milliseconds,
    as_text,
    as_whole,
    known_status,
    optional_text,
    reference_in_path,
)
from domain.errors import Invalid
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired

DEFAULT_BASE_URL: Final = "https://www.atfawry.com"
NAME: Final = "Fawry"
CURRENCY: Final = "EGP"
ORDER: Final = re.compile(r"[0-9A-Za-z_-]{1,60}", re.ASCII)
OVER: Final = frozenset(("EXPIRED", "CANCELLED", "CANCELED", "FAILED"))
_RETURNED: Final = frozenset(("REFUNDED", "PARTIAL_REFUNDED"))
STATUSES: Final = OVER | _RETURNED | {"PAID", "UNPAID", "NEW"}
_CAIRO: Final = ZoneInfo("Africa/Cairo")
_SUCCESS: Final = 200
_MEANS: Final = {9938: 404, 9901: 401, 9946: 401}  # payment not found; merchant code or signature is wrong


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about an order by our name of it."""
    name = reference_in_path(reference, ORDER)
    merchant = config["merchant_code"]
    query = f"merchantCode={quote(merchant, safe='')}&merchantRefNumber={name}&signature={signature(config, name)}"
    url = f"{config.get('base_url') or DEFAULT_BASE_URL}/ECommerceWeb/Fawry/payments/status?{query}"
    return HttpRequest(method="GET", url=url, headers={"Accept": "application/json"}, body=b"")


def signature(config: Mapping[str, str], *parts: str) -> str:
    """The SHA-256 of the merchant code, the parts and the secure key, one after the other."""
    text = "".join((config["merchant_code"], *parts, config["secure_key"]))
    return hashlib.sha256(text.encode()).hexdigest()


def answered(response: HttpResponse) -> dict[str, Any]:
    """The JSON object of an answer that is no failure, neither by HTTP nor by its own ``statusCode``."""
    document = answer_of(response, NAME)
    code = as_whole(document.get("statusCode"), "the answer's code")
    if code != _SUCCESS:
        answer_of(HttpResponse(_MEANS.get(code, 400), {}, b""), NAME)
    return document


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of an order as it stands; an unknown status, or a refund, is ``Invalid``."""
    order = answered(response)
    status = known_status(order.get("paymentStatus"), STATUSES, "an order")
    name = as_text(order.get("referenceNumber"), "the order's number")
    if status in OVER:
        return (RequestExpired(name),)
    if status in _RETURNED:
        raise Invalid(
            "reversal_untold",
            "Fawry shows that money was given back, but not when.",
            fix="Look the order up in Fawry's portal and record the refund by hand.",
        )
    return (_receipt(order, name) if status == "PAID" else Ignored(f"order.{status}"),)


def _receipt(order: Mapping[str, Any], name: str) -> ReceiptFact:
    at = as_milliseconds(order.get("paymentDate"), "when the order was paid")
    return ReceiptFact(
        external_ref=name,
        amount=_money(order),
        at=at,
        value_date=at.astimezone(_CAIRO).date(),
        references=(as_text(order.get("merchantRefNumber"), "our name of the order"), name),
        rail=optional_text(order.get("paymentMethod")),
    )


def _money(order: Mapping[str, Any]) -> Money:
    return above_zero(as_major(order.get("paymentAmount"), CURRENCY, "the amount"))
