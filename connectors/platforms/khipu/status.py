"""Asking Khipu what became of a payment: ``GET /v3/payments/{id}``; everything that is booked comes from here.

A payment that is done is a receipt if it was paid in the usual way. One that the payer refused, called abuse, or that
the collector marked as paid elsewhere brought no money and will bring none. Amounts are pesos, without decimals
however many are written; days are those of Chile.
Source: https://docs.khipu.com/en/apis/v3/instant-payments/openapi/other/getpaymentbyid.md (2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
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
from domain.errors import Invalid
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired

DEFAULT_BASE_URL: Final = "https://payment-api.khipu.com"
NAME: Final = "Khipu"
CURRENCY: Final = "CLP"
_CHILE: Final = ZoneInfo("America/Santiago")
_PAYMENT: Final = re.compile(r"[0-9a-z]{12}", re.ASCII)
_STATUSES: Final = frozenset(("pending", "verifying", "done"))
_UNPAID: Final = frozenset(("marked-paid-by-receiver", "rejected-by-payer", "marked-as-abuse"))
_ENDS: Final = _UNPAID | {"normal", "reversed"}


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a payment by its identifier of twelve letters and digits."""
    return request(config, "GET", f"/v3/payments/{reference_in_path(reference, _PAYMENT)}")


def request(config: Mapping[str, str], method: str, path: str, document: Any = None) -> HttpRequest:
    """A request to Khipu under the collecting account's key."""
    headers = {"x-api-key": config["api_key"], "Accept": "application/json"}
    body = b"" if document is None else json_bytes(document)
    return HttpRequest(
        method=method,
        url=f"{config.get('base_url') or DEFAULT_BASE_URL}{path}",
        headers=headers | ({"Content-Type": "application/json"} if body else {}),
        body=body,
    )


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a payment as it stands; an unknown status is ``Invalid``, and so is a reversal (see the gaps)."""
    payment = answer_of(response, NAME)
    name = as_text(payment.get("payment_id"), "the payment's id")
    status = known_status(payment.get("status"), _STATUSES, "a payment")
    if status != "done":
        return (Ignored(f"payment.{status}"),)
    end = known_status(payment.get("status_detail"), _ENDS, "a payment that is done")
    if end in _UNPAID:
        return (RequestExpired(name),)
    if end == "reversed":
        raise Invalid(
            "reversal_untold",
            "Khipu tells that a payment was reversed, but not when.",
            fix="Look the payment up in Khipu's portal and record its return by hand.",
        )
    return (_receipt(payment, name),)


def _receipt(payment: Mapping[str, Any], name: str) -> ReceiptFact:
    at = as_moment(payment.get("conciliation_date"), "when the payment was reconciled")
    ours = optional_text(payment.get("transaction_id"))
    return ReceiptFact(
        external_ref=name,
        amount=_money(payment),
        at=at,
        value_date=at.astimezone(_CHILE).date(),
        references=(name, ours) if ours else (name,),
        payer_name=optional_text(payment.get("payer_name")),
        payer_document=optional_text(payment.get("personal_identifier")),
        remittance=optional_text(payment.get("subject")),
        rail=optional_text(payment.get("payment_method")),
    )


def _money(payment: Mapping[str, Any]) -> Money:
    """What was paid; another currency, or an amount of which something is discounted, is not guessed at."""
    if payment.get("currency") != CURRENCY:
        raise malformed(f"Only amounts in {CURRENCY} are read.")
    discount = payment.get("discount")
    if discount is not None and as_major(discount, CURRENCY, "the discount").decimal != Decimal(0):
        raise malformed("Whether a discounted payment states what was paid is not documented.")
    return above_zero(as_major(payment.get("amount"), CURRENCY, "the payment's amount"))
