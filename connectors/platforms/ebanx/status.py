"""Asking EBANX what became of a payment: ``GET /ws/query``; everything that is booked comes from here.

A confirmed payment is a receipt, named by its hash, of what was asked for in the currency it was asked in. Each refund
that was confirmed is a reversal. A cancelled payment will not be paid any more, unless it had been confirmed. Times
state no zone (see the folder's page): the day counts as stated, and the moment is noon UTC of it, that same day on
every clock served.
Source: https://docs.ebanx.com/docs/payments/guides/after-payments/retrieve-payment and the official library
github.com/ebanx/benjamin, whose tests hold answers (of 2025-07, read 2026-11, confidence high; medium for a refund's
statuses beside CO, which are those of the same letters).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, Final
from urllib.parse import urlencode

from connectors.platforms import (
    above_zero,
    answer_of,
    as_list,
    as_major,
    as_object,
    as_text,
    known_status,
    malformed,
    optional_text,
    plausible,
    reference_in_path,
)
from domain.errors import Invalid, Refused
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired, ReversalFact, ReversalKind

NAME: Final = "EBANX"
DEFAULT_BASE_URL: Final = "https://api.ebanxpay.com"
HASH: Final = re.compile(r"[0-9a-f]{32,64}", re.ASCII)
PAID, _CANCELLED = "CO", "CA"
STATUSES: Final = frozenset((PAID, _CANCELLED, "OP", "PE"))
REFUND_STATUSES: Final = frozenset((PAID, _CANCELLED, "RE", "PE"))
_REFUNDS_LIMIT: Final = 200
_SUCCESS: Final = "SUCCESS"


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a payment by its hash."""
    return asking(config, "/ws/query", {"hash": reference_in_path(reference, HASH)})


def asking(config: Mapping[str, str], path: str, fields: Mapping[str, str]) -> HttpRequest:
    """A question to EBANX, which wants everything in the address, as its own library writes it."""
    query = urlencode({"integration_key": config["integration_key"], **fields})
    return HttpRequest(
        method="GET",
        url=f"{config.get('base_url') or DEFAULT_BASE_URL}{path}?{query}",
        headers={"Accept": "application/json"},
        body=b"",
    )


def answered(response: HttpResponse) -> dict[str, Any]:
    """An answer that says yes; ``Refused`` (``platform_refused``) with EBANX's code for one that says no."""
    answer = answer_of(response, NAME)
    state = as_text(answer.get("status"), "the answer's status")
    if state != _SUCCESS:
        code = optional_text(answer.get("status_code")) or "without a code"
        raise Refused("platform_refused", f"EBANX refused the request ({ascii(code)[:40]}).")
    return answer


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a payment as it stands; an unknown status is ``Invalid``."""
    payment = as_object(answered(response).get("payment"), "the payment")
    name = as_text(payment.get("hash"), "the payment's hash")
    state = known_status(payment.get("status"), STATUSES, "a payment")
    listed = as_list(payment.get("refunds") or [], "the payment's refunds", limit=_REFUNDS_LIMIT)
    if state == _CANCELLED and not listed and payment.get("confirm_date") is None:
        return (RequestExpired(name),)
    if state not in {PAID, _CANCELLED}:
        return (Ignored(f"payment.{state}"),)
    refunds = [_refund(as_object(one, "a refund"), name, payment.get("currency_ext")) for one in listed]
    if state == _CANCELLED and all(isinstance(one, Ignored) for one in refunds):
        raise Invalid(
            "reversal_untold",
            "EBANX shows a payment that was confirmed as cancelled, without a refund that was made.",
            fix="Look the payment up in EBANX's dashboard and record what is left of it by hand.",
        )
    return (_receipt(payment, name), *refunds)


def _receipt(payment: Mapping[str, Any], name: str) -> ReceiptFact:
    day = _day(payment.get("confirm_date"))
    payer = payment.get("customer")
    told = payer if isinstance(payer, dict) else {}
    names = (payment.get("merchant_payment_code"), name, payment.get("order_number"))
    return ReceiptFact(
        external_ref=name,
        amount=_money(payment.get("amount_ext"), payment.get("currency_ext")),
        at=day,
        value_date=day.date(),
        references=tuple(dict.fromkeys(filter(None, map(optional_text, names)))),
        payer_name=optional_text(told.get("name")),
        payer_document=optional_text(told.get("document")),
        rail=optional_text(payment.get("payment_type_code")),
    )


def _refund(refund: Mapping[str, Any], name: str, currency: Any) -> PlatformFact:
    state = known_status(refund.get("status"), REFUND_STATUSES, "a refund")
    if state != PAID:
        return Ignored(f"refund.{state}")
    day = _day(refund.get("confirm_date"))
    return ReversalFact(
        external_ref=as_text(refund.get("id"), "the refund's id"),
        original_ref=name,
        amount=_money(refund.get("amount_ext"), currency),
        at=day,
        value_date=day.date(),
        kind=ReversalKind.REFUND,
        reason=optional_text(refund.get("description")),
    )


def _money(value: Any, currency: Any) -> Money:
    return above_zero(as_major(value, currency, "the amount"))


def _day(value: Any) -> datetime:
    try:
        stated = datetime.fromisoformat(as_text(value, "when it was confirmed"))
    except ValueError:
        raise malformed("A time was expected for when it was confirmed.") from None
    return plausible(datetime.combine(stated.date(), time(12), tzinfo=UTC), "when it was confirmed")
