"""Asking PagBank what became of an order (``GET /orders/{id}``) or a charge (``GET /charges/{id}``).

A charge that is paid is a receipt, named by its own identifier, of what it says was paid. One that was declined is no
money, and its order's code may still be paid. One that was cancelled unpaid will not be paid any more. Amounts are in
centavos, days those of Brasília.
Source: https://developer.pagbank.com.br/reference/objeto-charge, …/reference/objeto-order and the examples of
https://developer.pagbank.com.br/reference/webhooks, which answers repeat (2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_list,
    as_moment,
    as_object,
    as_text,
    as_whole,
    json_request,
    known_status,
    malformed,
    optional_text,
    reference_in_path,
)
from domain.errors import Invalid
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired

DEFAULT_BASE_URL: Final = "https://api.pagseguro.com"
NAME: Final = "PagBank"
CURRENCY: Final = "BRL"
ORDER: Final = "ORDE_"
CHARGE: Final = "CHAR_"
CHARGES_LIMIT: Final = 50
_BRASILIA: Final = timezone(timedelta(hours=-3))
_NAME: Final = re.compile(r"(ORDE|CHAR)_[0-9A-Za-z-]{8,60}", re.ASCII)
_STATUSES: Final = frozenset(("AUTHORIZED", "PAID", "IN_ANALYSIS", "DECLINED", "CANCELED", "WAITING"))


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about an order (``ORDE_…``) or a charge (``CHAR_…``)."""
    name = reference_in_path(reference, _NAME)
    return request(config, "GET", f"/orders/{name}" if name.startswith(ORDER) else f"/charges/{name}")


def request(
    config: Mapping[str, str], method: str, path: str, document: Any = None, headers: Mapping[str, str] | None = None
) -> HttpRequest:
    """A request to PagBank under the account's token."""
    url = f"{config.get('base_url') or DEFAULT_BASE_URL}{path}"
    return json_request(method, url, authorization=f"Bearer {config['api_key']}", document=document, headers=headers)


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of an order's charges, or of a charge, as they stand; an unknown status is ``Invalid``."""
    answer = answer_of(response, NAME)
    name = as_text(answer.get("id"), "the id of what was asked for")
    if name.startswith(CHARGE):
        return (_fact(answer, ()),)
    if not name.startswith(ORDER):
        raise malformed("An order or a charge was expected.")
    charges = as_list(answer.get("charges") or [], "the order's charges", limit=CHARGES_LIMIT)
    names = tuple(filter(None, (name, optional_text(answer.get("reference_id")))))
    return tuple(_fact(as_object(one, "a charge"), names) for one in charges) or (Ignored("order.WAITING"),)


def _fact(charge: Mapping[str, Any], order: tuple[str, ...]) -> PlatformFact:
    name = as_text(charge.get("id"), "the charge's id")
    status = known_status(charge.get("status"), _STATUSES, "a charge")
    amount = as_object(charge.get("amount"), "the charge's amount")
    summary = as_object(amount.get("summary"), "the summary of its amounts")
    paid, refunded = (as_whole(summary.get(part), f"what was {part}") for part in ("paid", "refunded"))
    if refunded or (status == "CANCELED" and paid):
        raise Invalid(
            "reversal_untold",
            "PagBank tells that money of a charge was given back, but not when.",
            fix="Look the charge up in PagBank's panel and record the refund by hand.",
        )
    if status == "CANCELED":
        return RequestExpired(order[0] if order else name)
    if status != "PAID":
        return Ignored(f"charge.{status}")
    if amount.get("currency") != CURRENCY:
        raise malformed(f"Only amounts in {CURRENCY} are read.")
    return _receipt(charge, name, above_zero(Money(paid, CURRENCY)), order)


def _receipt(charge: Mapping[str, Any], name: str, paid: Money, order: tuple[str, ...]) -> ReceiptFact:
    at = as_moment(charge.get("paid_at"), "when the charge was paid")
    method = as_object(charge.get("payment_method"), "how the charge was paid")
    kind = as_text(method.get("type"), "the method").lower()
    holder = _part(_part(method, kind), "holder")
    ours = optional_text(charge.get("reference_id"))
    return ReceiptFact(
        external_ref=name,
        amount=paid,
        at=at,
        value_date=at.astimezone(_BRASILIA).date(),
        references=tuple(dict.fromkeys(filter(None, (*order, ours)))),
        payer_name=optional_text(holder.get("name")),
        payer_document=optional_text(holder.get("tax_id")),
        remittance=optional_text(charge.get("description")),
        rail=kind,
    )


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}
