"""What PayMongo says of a payment (``GET /v1/payments/{id}``) or a refund (``GET /v1/refunds/{id}``).

A payment that was paid is a receipt, whatever was given back of it later; each refund that succeeded is a reversal, and
one that failed will not be paid. A payment that failed is no money, and its link may still be paid. Amounts are in
hundredths of a peso, times in seconds since 1970, days those of Manila.
Source: https://developers.paymongo.com/reference/payment-resource, …/refund-resource and the examples of
https://developers.paymongo.com/docs/webhooks (2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_list,
    as_object,
    as_text,
    as_unix,
    as_whole,
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

DEFAULT_BASE_URL: Final = "https://api.paymongo.com"
NAME: Final = "PayMongo"
CURRENCY: Final = "PHP"
_MANILA: Final = timezone(timedelta(hours=8))
_ASKED: Final = re.compile(r"(payments/pay|refunds/ref)_[0-9A-Za-z]{1,60}", re.ASCII)
_REFUNDS_LIMIT: Final = 200
_PAYMENT_STATUSES: Final = frozenset(("pending", "paid", "failed"))
REFUND_STATUSES: Final = frozenset(("pending", "processing", "succeeded", "failed"))


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a payment (``pay_…``) or a refund (``ref_…``)."""
    asked = f"{'refunds' if reference.startswith('ref_') else 'payments'}/{reference}"
    return request(config, "GET", f"/v1/{reference_in_path(asked, _ASKED)}")


def request(config: Mapping[str, str], method: str, path: str, attributes: Any = None) -> HttpRequest:
    """A request to PayMongo under the connection's key."""
    return json_request(
        method,
        f"{config.get('base_url') or DEFAULT_BASE_URL}{path}",
        authorization=basic(config["api_key"]),
        document=None if attributes is None else {"data": {"attributes": attributes}},
    )


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a payment or refund as it stands; an unknown status is ``Invalid``."""
    return facts_of(as_object(answer_of(response, NAME).get("data"), "what was asked for"))


def facts_of(resource: Mapping[str, Any]) -> tuple[PlatformFact, ...]:
    """The facts of a payment or refund, as events and answers show it."""
    name, kind = as_text(resource.get("id"), "the resource's id"), resource.get("type")
    attributes = as_object(resource.get("attributes"), "the resource's attributes")
    if kind == "refund":
        return (_refund(name, attributes),)
    if kind != "payment":
        raise malformed("A payment or a refund was expected.")
    status = known_status(attributes.get("status"), _PAYMENT_STATUSES, "a payment")
    if status != "paid":
        return (Ignored(f"payment.{status}"),)
    listed = as_list(attributes.get("refunds") or [], "the payment's refunds", limit=_REFUNDS_LIMIT)
    refunds = [as_object(one, "a refund") for one in listed]
    told = [
        _refund(as_text(one.get("id"), "the refund's id"), as_object(one.get("attributes"), "the refund"))
        for one in refunds
    ]
    return (_receipt(name, attributes), *(fact for fact in told if not isinstance(fact, Ignored)))


def money(value: Any, attributes: Mapping[str, Any], what: str) -> Money:
    """An amount in hundredths; PayMongo settles in pesos, and another currency is not guessed at."""
    if attributes.get("currency") != CURRENCY:
        raise malformed(f"Only amounts in {CURRENCY} are read.")
    return Money(as_whole(value, what), CURRENCY)


def _receipt(name: str, payment: Mapping[str, Any]) -> ReceiptFact:
    amount = above_zero(money(payment.get("amount"), payment, "the amount"))
    at = as_unix(payment.get("paid_at"), "when the payment was paid")
    billing, source = (_part(payment, part) for part in ("billing", "source"))
    names = (payment.get("external_reference_number"), payment.get("payment_intent_id"))
    return ReceiptFact(
        external_ref=name,
        amount=amount,
        at=at,
        value_date=_day(at),
        references=tuple(filter(None, map(optional_text, names))),
        fee=_kept(amount, payment),
        payer_name=optional_text(billing.get("name")),
        remittance=optional_text(payment.get("description")),
        rail=optional_text(source.get("type")),
    )


def _kept(amount: Money, payment: Mapping[str, Any]) -> Money | None:
    """What PayMongo keeps; ``None`` where it does not state a net amount that an amount can have."""
    net = payment.get("net_amount")
    if net is None:
        return None
    kept = amount - money(net, payment, "the net amount")
    return kept if 0 <= kept.minor <= amount.minor else None


def _refund(name: str, refund: Mapping[str, Any]) -> PlatformFact:
    status = known_status(refund.get("status"), REFUND_STATUSES, "a refund")
    payment = as_text(refund.get("payment_id"), "the payment that was refunded")
    if status == "failed":
        return RefundFailed(name, payment, status)
    if status != "succeeded":
        return Ignored(f"refund.{status}")
    at = as_unix(refund.get("refunded_at") or refund.get("updated_at"), "when the refund was made")
    return ReversalFact(
        external_ref=name,
        original_ref=payment,
        amount=above_zero(money(refund.get("amount"), refund, "the refund's amount")),
        at=at,
        value_date=_day(at),
        kind=ReversalKind.REFUND,
        reason=optional_text(refund.get("reason")),
    )


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _day(at: datetime) -> date:
    return at.astimezone(_MANILA).date()
