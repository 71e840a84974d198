"""Asking Midtrans what became of an order: ``GET /v2/{order_id}/status``; everything that is booked comes from here.

An order that was settled is a receipt, named by the order: a name is paid once. Each refund is a reversal, under the
key by which it was asked for. One that was denied, cancelled, or has expired or failed will not be paid any more. A
card that is only captured says nothing yet, for it may be cancelled until it is settled.

The answer's HTTP status may be 200 whatever it says, so the body's ``status_code`` counts too. Amounts are decimals;
times are those of Jakarta (UTC+7), without saying so.
Source: https://docs.midtrans.com/docs/get-status-api-requests and
https://docs.midtrans.com/docs/https-notification-webhooks#status-definition (2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_list,
    as_major,
    as_object,
    as_text,
    basic,
    json_request,
    known_status,
    malformed,
    optional_text,
    plausible,
    reference_in_path,
)
from domain.errors import Invalid
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired, ReversalFact, ReversalKind

DEFAULT_BASE_URL: Final = "https://api.midtrans.com"
NAME: Final = "Midtrans"
_ORDER: Final = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,49}", re.ASCII)
_JAKARTA: Final = timezone(timedelta(hours=7))
_REFUNDS_LIMIT: Final = 200
_FAILURE: Final = re.compile(r"4(?!0[67])\d\d|5\d\d", re.ASCII)  # 406 is a name taken, 407 an order that has expired
_REFUNDED: Final = frozenset(("refund", "partial_refund"))
_CONTESTED: Final = frozenset(("chargeback", "partial_chargeback"))
_OPEN: Final = frozenset(("pending", "authorize", "capture"))
_OVER: Final = frozenset(("deny", "cancel", "expire", "failure"))
STATUSES: Final = frozenset(("settlement",)) | _REFUNDED | _CONTESTED | _OPEN | _OVER


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about an order by its name."""
    return request(config, "GET", f"/v2/{reference_in_path(reference, _ORDER)}/status")


def request(config: Mapping[str, str], method: str, path: str, document: Any = None) -> HttpRequest:
    """A request to Midtrans under the connection's server key."""
    return json_request(
        method,
        f"{config.get('base_url') or DEFAULT_BASE_URL}{path}",
        authorization=basic(config["api_key"]),
        document=document,
    )


def answered(response: HttpResponse) -> dict[str, Any]:
    """The JSON object of an answer that is no failure, neither by HTTP nor by its own ``status_code``."""
    document = answer_of(response, NAME)
    code = document.get("status_code")
    if isinstance(code, str) and _FAILURE.fullmatch(code):
        answer_of(HttpResponse(int(code), {}, b""), NAME)
    return document


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of an order as it stands; an unknown status, or a chargeback, is ``Invalid``."""
    order = answered(response)
    name = as_text(order.get("order_id"), "the order's name")
    status = known_status(order.get("transaction_status"), STATUSES, "an order")
    if status in _OPEN:
        return (Ignored(f"order.{status}"),)
    if status in _OVER:
        return (RequestExpired(name),)
    if status in _CONTESTED:
        raise Invalid(
            "contest_untold",
            "Midtrans shows a chargeback, but not how much of it and since when.",
            fix="Look the order up in Midtrans's dashboard and record the chargeback by hand.",
        )
    refunds = as_list(order.get("refunds") or [], "the order's refunds", limit=_REFUNDS_LIMIT)
    if status in _REFUNDED and not refunds:
        raise malformed("An order that was refunded lists its refunds.")
    return (_receipt(order, name), *(_refund(as_object(one, "a refund"), order, name) for one in refunds))


def as_jakarta(value: Any, what: str) -> datetime:
    """A time as Midtrans writes it, without its offset, which is that of Jakarta."""
    try:
        moment = datetime.fromisoformat(as_text(value, what))
    except ValueError:
        raise malformed(f"A time was expected for {what}.") from None
    return plausible(moment if moment.tzinfo else moment.replace(tzinfo=_JAKARTA), what)


def account_of(document: Mapping[str, Any]) -> str | None:
    """The number of the virtual account, which Permata's has a field of its own for."""
    listed = document.get("va_numbers")
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    return optional_text(first.get("va_number")) or optional_text(document.get("permata_va_number"))


def _receipt(order: Mapping[str, Any], name: str) -> ReceiptFact:
    at = as_jakarta(order.get("settlement_time"), "when the order was settled")
    names = (name, optional_text(order.get("transaction_id")), account_of(order))
    return ReceiptFact(
        external_ref=name,
        amount=above_zero(as_major(order.get("gross_amount"), order.get("currency"), "the order's amount")),
        at=at,
        value_date=at.date(),
        references=tuple(filter(None, names)),
        rail=optional_text(order.get("payment_type")),
    )


def _refund(refund: Mapping[str, Any], order: Mapping[str, Any], name: str) -> ReversalFact:
    at = as_jakarta(refund.get("created_at"), "when the refund was made")
    return ReversalFact(
        external_ref=f"{name}:{as_text(refund.get('refund_key'), 'the key of the refund')}",
        original_ref=name,
        amount=above_zero(as_major(refund.get("refund_amount"), order.get("currency"), "the refund's amount")),
        at=at,
        value_date=at.date(),
        kind=ReversalKind.REFUND,
        reason=optional_text(refund.get("reason")),
    )
