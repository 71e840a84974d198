"""Asking Xendit what became of a payment (``GET /v3/payments/{id}``) or a refund (``GET /v3/refunds/{id}``).

A payment that succeeded is a receipt of what was captured, named by its identifier; ours is its ``reference_id``. A
refund that succeeded is a reversal; one that failed or was cancelled will not be paid. A payment that failed, expired
or was cancelled is no money; its request may still be paid, so nothing is said of it. Amounts are decimals by ISO 4217.
Source: https://docs.xendit.co/apidocs/get-payment and https://docs.xendit.co/apidocs/get-a-refund, with the
enumerations of their OpenAPI descriptions (2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_list,
    as_major,
    as_moment,
    as_object,
    as_text,
    basic,
    json_request,
    known_status,
    malformed,
    optional_text,
    reference_in_path,
)
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RefundFailed, ReversalFact, ReversalKind

DEFAULT_BASE_URL: Final = "https://api.xendit.co"
API_VERSION: Final = "2024-11-11"
NAME: Final = "Xendit"
_ASKED: Final = re.compile(r"(payments/py|refunds/rfd)-[0-9a-zA-Z-]{1,60}", re.ASCII)
_CAPTURES_LIMIT: Final = 100
_PAYMENT_STATUSES: Final = frozenset(("AUTHORIZED", "CANCELED", "SUCCEEDED", "FAILED", "EXPIRED", "PENDING"))
_REFUND_STATUSES: Final = frozenset(("SUCCEEDED", "FAILED", "PENDING", "CANCELLED", "CANCELED"))


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about ``payments/py-…``, ``refunds/rfd-…``, or a payment by its bare identifier."""
    asked = f"payments/{reference}" if reference.startswith("py-") else reference
    return request(config, "GET", f"/v3/{reference_in_path(asked, _ASKED)}")


def request(
    config: Mapping[str, str], method: str, path: str, document: Any = None, headers: Mapping[str, str] | None = None
) -> HttpRequest:
    """A request to Xendit under the connection's key and the version of the API that is read here."""
    return json_request(
        method,
        f"{config.get('base_url') or DEFAULT_BASE_URL}{path}",
        authorization=basic(config["api_key"]),
        document=document,
        headers={"api-version": API_VERSION, **(headers or {})},
    )


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a payment or refund as it stands; an unknown status is ``Invalid``."""
    document = answer_of(response, NAME)
    return _refund(document) if "refund_id" in document else _payment(document)


def _payment(payment: Mapping[str, Any]) -> tuple[PlatformFact, ...]:
    status = known_status(payment.get("status"), _PAYMENT_STATUSES, "a payment")
    if status != "SUCCEEDED":
        return (Ignored(f"payment.{status}"),)
    amount, at = _captured(payment)
    details = payment.get("payment_details")
    told = details if isinstance(details, dict) else {}
    names = (payment.get("reference_id"), payment.get("payment_request_id"), told.get("receipt_id"))
    return (
        ReceiptFact(
            external_ref=as_text(payment.get("payment_id"), "the payment's id"),
            amount=amount,
            at=at,
            value_date=at.date(),
            references=tuple(dict.fromkeys(filter(None, map(optional_text, names)))),
            payer_name=optional_text(told.get("payer_name")),
            remittance=optional_text(told.get("remark")),
            rail=optional_text(payment.get("channel_code")),
        ),
    )


def _captured(payment: Mapping[str, Any]) -> tuple[Money, datetime]:
    """What was captured and when the last of it was; what was asked for, where no capture is listed."""
    currency = payment.get("currency")
    listed = as_list(payment.get("captures") or [], "the payment's captures", limit=_CAPTURES_LIMIT)
    captures = [as_object(one, "a capture") for one in listed]
    if not captures:
        moment = as_moment(payment.get("updated"), "when the payment was changed")
        return above_zero(as_major(payment.get("request_amount"), currency, "the payment's amount")), moment
    amounts = [above_zero(as_major(one.get("capture_amount"), currency, "a captured amount")) for one in captures]
    moments = [as_moment(one.get("capture_timestamp"), "when a part was captured") for one in captures]
    return Money(sum(amount.minor for amount in amounts), amounts[0].currency), max(moments)


def _refund(refund: Mapping[str, Any]) -> tuple[PlatformFact, ...]:
    status = known_status(refund.get("status"), _REFUND_STATUSES, "a refund")
    if status == "PENDING":
        return (Ignored(f"refund.{status}"),)
    name = as_text(refund.get("refund_id"), "the refund's id")
    payment = as_text(refund.get("payment_id"), "the payment that was refunded")
    if not payment.startswith("py-"):
        raise malformed("A refund of the Payments API v3 names a payment of it.")
    if status != "SUCCEEDED":
        return (RefundFailed(name, payment, optional_text(refund.get("failure_code")) or status),)
    at = as_moment(refund.get("updated"), "when the refund was changed")
    return (
        ReversalFact(
            external_ref=name,
            original_ref=payment,
            amount=above_zero(as_major(refund.get("amount"), refund.get("currency"), "the refund's amount")),
            at=at,
            value_date=at.date(),
            kind=ReversalKind.REFUND,
            reason=optional_text(refund.get("reason")),
        ),
    )
