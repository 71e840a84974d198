"""Asking dLocal what became of a payment (``GET /payments/{id}``) or a refund (``GET /refunds/{id}``).

A payment that was paid is a receipt; one that was rejected, cancelled or has expired will not be paid any more. A
refund that succeeded is a reversal; one that was rejected or cancelled will not be paid. Amounts are decimals of the
currency stated; days are those of the payment's country, and of UTC for a refund, which names none.
Source: https://docs.dlocal.com/api-documentation/payins-api-reference/payments (statuses), …/refunds,
https://docs.dlocal.com/reference/the-refund-object and, for the statuses of refunds,
https://dlocal.gitbook.io/merchant-dashboard/payins/refunds (2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.platforms import (
    above_zero,
    answer_of,
    as_major,
    as_moment,
    as_text,
    json_bytes,
    known_status,
    malformed,
    optional_text,
    reference_in_path,
)
from connectors.platforms.dlocal.signatures import sealed
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RefundFailed, RequestExpired, ReversalFact, ReversalKind

DEFAULT_BASE_URL: Final = "https://api.dlocal.com"
NAME: Final = "dLocal"
REFUND: Final = "refunds/"
OVER: Final = frozenset(("REJECTED", "CANCELLED", "EXPIRED"))
STATUSES: Final = OVER | {"PENDING", "PAID", "AUTHORIZED", "VERIFIED"}
REFUND_STATUSES: Final = frozenset(("PENDING", "SUCCESS", "REJECTED", "CANCELLED"))
_VERSION: Final = "2.1"
_NAME: Final = re.compile(r"(refunds/)?[A-Za-z0-9][A-Za-z0-9_-]{1,79}", re.ASCII)
_ZONES: Final = {
    "AR": ZoneInfo("America/Argentina/Buenos_Aires"),
    "BR": ZoneInfo("America/Sao_Paulo"),
    "CL": ZoneInfo("America/Santiago"),
    "CO": ZoneInfo("America/Bogota"),
    "MX": ZoneInfo("America/Mexico_City"),
    "PE": ZoneInfo("America/Lima"),
}


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a payment by its identifier, or about ``refunds/{id}``."""
    name = reference_in_path(reference, _NAME)
    return request(config, "GET", f"/{name}" if name.startswith(REFUND) else f"/payments/{name}")


def request(config: Mapping[str, str], method: str, path: str, document: Any = None) -> HttpRequest:
    """A request to dLocal under the connection's keys, to be signed when it is sent."""
    body = b"" if document is None else json_bytes(document)
    return HttpRequest(
        method=method,
        url=f"{config.get('base_url') or DEFAULT_BASE_URL}{path}",
        headers={
            "X-Login": config["x_login"],
            "X-Trans-Key": config["x_trans_key"],
            "X-Version": _VERSION,
            "User-Agent": "Afluente",
            "Accept": "application/json",
            "Content-Type": "application/json",
        },
        body=body,
        seal=partial(sealed, config, body),
    )


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a payment or refund as it stands; an unknown status is ``Invalid``."""
    answer = answer_of(response, NAME)
    name = as_text(answer.get("id"), "the id of what was asked for")
    if answer.get("payment_id") is not None:
        return (_refund(answer, name),)
    status = known_status(answer.get("status"), STATUSES, "a payment")
    if status in OVER:
        return (RequestExpired(name),)
    if status != "PAID":
        return (Ignored(f"payment.{status}"),)
    return (_receipt(answer, name),)


def _receipt(payment: Mapping[str, Any], name: str) -> ReceiptFact:
    at = as_moment(payment.get("approved_date"), "when the payment was approved")
    zone = _ZONES.get(as_text(payment.get("country"), "the payment's country"))
    if zone is None:
        raise malformed("The payment is of a country that is not asked for here.")
    payer = payment.get("payer")
    return ReceiptFact(
        external_ref=name,
        amount=_money(payment),
        at=at,
        value_date=at.astimezone(zone).date(),
        references=tuple(filter(None, (optional_text(payment.get("order_id")), name))),
        payer_name=optional_text(payer.get("name")) if isinstance(payer, dict) else None,
        payer_document=optional_text(payer.get("document")) if isinstance(payer, dict) else None,
        remittance=optional_text(payment.get("description")),
        rail=optional_text(payment.get("payment_method_id")),
    )


def _refund(refund: Mapping[str, Any], name: str) -> PlatformFact:
    status = known_status(refund.get("status"), REFUND_STATUSES, "a refund")
    if status == "PENDING":
        return Ignored(f"refund.{status}")
    payment = as_text(refund.get("payment_id"), "the payment that was refunded")
    if status != "SUCCESS":
        return RefundFailed(name, payment, optional_text(refund.get("status_detail")) or status)
    at = as_moment(refund.get("created_date"), "when the refund was executed")
    return ReversalFact(
        external_ref=name,
        original_ref=payment,
        amount=_money(refund),
        at=at,
        value_date=at.astimezone(UTC).date(),
        kind=ReversalKind.REFUND,
        reason=optional_text(refund.get("description")),
    )


def _money(document: Mapping[str, Any]) -> Money:
    return above_zero(as_major(document.get("amount"), document.get("currency"), "the amount"))
