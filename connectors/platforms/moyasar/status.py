"""Asking Moyasar what became of a payment: ``GET /v1/payments/{id}``; everything that is booked comes from here.

A payment that was paid or captured is a receipt, whatever became of it later: at ``captured_at`` where it was captured,
else at ``created_at``, when the debtor set out to pay, for no other moment of paying is stated. ``refunded`` is a
running total that does not tell its parts: one that is the whole payment is a reversal at ``refunded_at``, one that is
not is an error for a person. A payment that was voided went back whole. Amounts are in the smallest unit by ISO 4217
(1.00 SAR is 100, 1.000 KWD is 1000), days those of Riyadh.
Source: https://docs.moyasar.com/fetch-payment, …/update-payment (examples of the payment object),
https://docs.moyasar.com/api/payments/payment-status-reference and https://docs.moyasar.com/api/invoices/03-bulk-invoice
(units; read 2026-11, confidence high; medium for the moment of a payment).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_moment,
    as_text,
    as_whole,
    basic,
    json_request,
    known_status,
    optional_text,
    reference_in_path,
)
from domain.errors import Invalid
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, ReversalFact, ReversalKind

DEFAULT_BASE_URL: Final = "https://api.moyasar.com"
NAME: Final = "Moyasar"
PAYMENT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_RIYADH: Final = timezone(timedelta(hours=3))
_MONEY: Final = frozenset(("paid", "captured", "refunded", "voided"))
_STATUSES: Final = _MONEY | {"initiated", "failed", "authorized", "verified"}


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a payment by its identifier."""
    return request(config, "GET", f"/v1/payments/{reference_in_path(reference, PAYMENT)}")


def request(config: Mapping[str, str], method: str, path: str, document: Any = None) -> HttpRequest:
    """A request to Moyasar under the connection's secret key."""
    return json_request(
        method,
        f"{config.get('base_url') or DEFAULT_BASE_URL}{path}",
        authorization=basic(config["api_key"]),
        document=document,
    )


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a payment as it stands; an unknown status, or a refund of a part, is ``Invalid``."""
    payment = answer_of(response, NAME)
    status = known_status(payment.get("status"), _STATUSES, "a payment")
    if status not in _MONEY:
        return (Ignored(f"payment.{status}"),)
    receipt = _receipt(payment)
    if status == "voided":
        return (receipt, _reversal(payment, receipt, "voided_at"))
    returned = as_whole(payment.get("refunded"), "what was given back in all")
    if returned == 0 and status != "refunded":
        return (receipt,)
    if returned != receipt.amount.minor:
        raise Invalid(
            "reversal_untold",
            "Moyasar shows what was given back in all, but not in which parts.",
            fix="Look the payment up in Moyasar's dashboard and record each refund by hand.",
        )
    return (receipt, _reversal(payment, receipt, "refunded_at"))


def _receipt(payment: Mapping[str, Any]) -> ReceiptFact:
    name = as_text(payment.get("id"), "the payment's id")
    captured = as_whole(payment.get("captured"), "what was captured")
    moment = payment.get("captured_at" if captured else "created_at")
    at = as_moment(moment, "when the payment was made")
    metadata, source = (_part(payment, part) for part in ("metadata", "source"))
    names = (metadata.get("afluente_request"), payment.get("invoice_id"))
    return ReceiptFact(
        external_ref=name,
        amount=_money(captured or payment.get("amount"), payment),
        at=at,
        value_date=_day(at),
        references=tuple(filter(None, (*map(optional_text, names), name))),
        payer_name=optional_text(source.get("name")),
        remittance=optional_text(payment.get("description")),
        rail=optional_text(source.get("company")) or optional_text(source.get("type")),
    )


def _reversal(payment: Mapping[str, Any], receipt: ReceiptFact, moment: str) -> ReversalFact:
    at = as_moment(payment.get(moment), "when the payment was given back")
    return ReversalFact(
        external_ref=f"{receipt.external_ref}/{moment.removesuffix('_at')}",
        original_ref=receipt.external_ref,
        amount=receipt.amount,
        at=at,
        value_date=_day(at),
        kind=ReversalKind.REFUND,
    )


def _money(value: Any, payment: Mapping[str, Any]) -> Money:
    return above_zero(Money(as_whole(value, "the amount"), as_text(payment.get("currency"), "the currency")))


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _day(at: datetime) -> date:
    return at.astimezone(_RIYADH).date()
