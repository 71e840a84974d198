"""Asking Conekta what became of an order (``GET /orders/{id}``): each of its charges as it stands.

A paid charge is a receipt, named by the charge's own identifier. One that waits, was declined, has expired or was
cancelled is no money, and the link may still be paid. Amounts are in centavos, times in seconds since 1970, days those
of Mexico City.
Source: https://github.com/conekta/openapi, schemas of orders and charges of version 2.3.0 (2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.platforms import (
    above_zero,
    answer_of,
    as_list,
    as_object,
    as_text,
    as_unix,
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
from domain.receipts import Ignored, PlatformFact, ReceiptFact

DEFAULT_BASE_URL: Final = "https://api.conekta.io"
NAME: Final = "Conekta"
CURRENCY: Final = "MXN"
OURS: Final = "afluente_request"
_VERSION: Final = "application/vnd.conekta-v2.3.0+json"
_ZONE: Final = ZoneInfo("America/Mexico_City")
_CHARGES_LIMIT: Final = 100
_ORDER: Final = re.compile(r"ord_[A-Za-z0-9]{4,60}", re.ASCII)
_GIVEN_BACK: Final = frozenset(("refunded", "partially_refunded"))
_NO_MONEY: Final = frozenset(("pending_payment", "pre_authorized", "declined", "expired", "canceled"))
_STATUSES: Final = _GIVEN_BACK | _NO_MONEY | {"paid", "charged_back"}
_RAILS: Final = {"card_payment": "card", "cash_payment": "cash", "bank_transfer_payment": "bank_transfer"}


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about an order by its identifier (``ord_…``)."""
    return request(config, "GET", f"/orders/{reference_in_path(reference, _ORDER)}")


def request(config: Mapping[str, str], method: str, path: str, document: Any = None) -> HttpRequest:
    """A request to Conekta under the connection's key, of the version that is read here."""
    url = f"{config.get('base_url') or DEFAULT_BASE_URL}{path}"
    authorization = f"Bearer {config['api_key']}"
    return json_request(method, url, authorization=authorization, document=document, headers={"Accept": _VERSION})


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of an order's charges as they stand; an unknown status is ``Invalid``."""
    order = answer_of(response, NAME)
    name = as_text(order.get("id"), "the order's id")
    if order.get("amount_refunded"):
        raise given_back()
    if order.get("charges") is None:
        return (Ignored("order.open"),)
    charges = as_object(order["charges"], "the order's charges")
    if charges.get("has_more") is not False:
        raise malformed("An order's charges were expected to be shown whole.")
    listed = as_list(charges.get("data"), "the order's charges", limit=_CHARGES_LIMIT)
    metadata = order.get("metadata")
    ours = optional_text(metadata.get(OURS)) if isinstance(metadata, dict) else None
    names = tuple(filter(None, (_link_of(order), ours, name)))
    return tuple(_fact(as_object(one, "a charge"), names) for one in listed) or (Ignored("order.open"),)


def given_back() -> Invalid:
    """The refusal of money that Conekta says was given back."""
    return Invalid(
        "reversal_untold",
        "Conekta tells that money was given back, in a form that public material does not settle.",
        fix="Look the order up in Conekta's panel and record the refund by hand.",
    )


def contested() -> Invalid:
    """The refusal of a chargeback."""
    return Invalid(
        "contest_untold",
        "Conekta tells of a chargeback, but not whether money is held.",
        fix="Look the chargeback up in Conekta's panel and record it by hand.",
    )


def _fact(charge: Mapping[str, Any], order: tuple[str, ...]) -> PlatformFact:
    status = known_status(charge.get("status"), _STATUSES, "a charge")
    if status == "charged_back" or charge.get("chargeback"):
        raise contested()
    if status in _GIVEN_BACK or _shows_refunds(charge.get("refunds")):
        raise given_back()
    if status in _NO_MONEY:
        return Ignored(f"charge.{status}")
    if charge.get("currency") != CURRENCY:
        raise malformed(f"Only amounts in {CURRENCY} are read.")
    at = as_unix(charge.get("paid_at"), "when the charge was paid")
    method = as_object(charge.get("payment_method"), "how the charge was paid")
    kind = as_text(method.get("object"), "the method")
    return ReceiptFact(
        external_ref=as_text(charge.get("id"), "the charge's id"),
        amount=above_zero(Money(as_whole(charge.get("amount"), "the charge's amount"), CURRENCY)),
        at=at,
        value_date=at.astimezone(_ZONE).date(),
        references=tuple(dict.fromkeys(filter(None, (_link_of(charge), *order)))),
        payer_name=optional_text(method.get("name")) if kind == "card_payment" else None,
        remittance=optional_text(charge.get("description")),
        rail=_RAILS.get(kind, kind),
    )


def _shows_refunds(refunds: Any) -> bool:
    """Whether a charge lists any refund: a page of them, a list, or nothing at all."""
    return bool(refunds.get("data") or refunds.get("has_more") if isinstance(refunds, dict) else refunds)


def _link_of(document: Mapping[str, Any]) -> str | None:
    channel = document.get("channel")
    return optional_text(channel.get("checkout_request_id")) if isinstance(channel, dict) else None
