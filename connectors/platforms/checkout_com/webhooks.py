"""What Checkout.com tells us: a payment was captured or refunded, by events of its workflows, signed as a whole.

A capture is a receipt, named by the payment; a refund is a reversal, named by its action, and one that is declined will
not be paid. The amount of an event is that of its own action. ``balances`` are running totals and are not booked: they
only show whether a payment was captured in parts, which is an error for a person, since a refund names the payment and
not the part. So is a dispute, and money that was returned: which of their events move the money is not documented.
Source: https://www.checkout.com/docs/developer-resources/event-notifications/event-types/payment_captured and
https://www.checkout.com/docs/workflows/webhook-event-types/payment_refunded with its neighbours on disputes and on
refunds that are declined (editions of 2022-04 to 2026-01, read 2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    as_moment,
    as_object,
    as_text,
    as_whole,
    json_object,
    malformed,
    optional_text,
)
from connectors.platforms.checkout_com.amounts import UNITS
from domain.errors import Invalid
from domain.money import Money
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RefundFailed, ReversalFact, ReversalKind

PAYMENT: Final = re.compile(r"pay_[0-9A-Za-z]{10,60}", re.ASCII)
_TALK: Final = frozenset(("dispute_evidence_submitted", "dispute_evidence_acknowledged_by_scheme"))
_MOVES_UNTOLD: Final = ("dispute_", "payment_returned", "payment_chargeback")


def delivery_id(raw: bytes) -> str:
    """Checkout.com's name of the event."""
    return as_text(json_object(raw).get("id"), "the event's id")


def parse(raw: bytes) -> tuple[PlatformFact, ...]:
    """The facts of an event, or ``Ignored`` for one that moves no money.

    Raises ``Invalid``: ``contest_untold``, ``capture_in_parts``, ``body_malformed``.
    """
    event = json_object(raw)
    kind = as_text(event.get("type"), "the event's type")
    read = _READ.get(kind)
    return (read(as_object(event.get("data"), "what the event is about")) if read else _other(kind),)


def _other(kind: str) -> Ignored:
    if kind.startswith(_MOVES_UNTOLD) and kind not in _TALK:
        raise Invalid(
            "contest_untold",
            f"Checkout.com tells of {kind}, but not when the money moves.",
            fix="Look the payment up in Checkout.com's dashboard and record the contest or the return by hand.",
        )
    return Ignored(kind)


def _receipt(data: Mapping[str, Any]) -> ReceiptFact:
    amount, at = _money(data), as_moment(data.get("processed_on"), "when the capture was made")
    balances = as_object(data.get("balances"), "the payment's balances")
    if as_whole(balances.get("total_captured"), "what was captured in all") != data.get("amount"):
        raise Invalid(
            "capture_in_parts",
            "The payment was captured in parts, which cannot be told apart when one is given back.",
            fix="Record the payment by hand, and let Checkout.com capture payments automatically.",
        )
    action = as_text(data.get("action_id"), "the capture's id")
    return ReceiptFact(
        external_ref=_payment(data),
        amount=amount,
        at=at,
        value_date=at.date(),
        references=tuple(filter(None, (optional_text(data.get("reference")), action))),
        rail="card",
    )


def _refund(data: Mapping[str, Any]) -> ReversalFact:
    at = as_moment(data.get("processed_on"), "when the refund was made")
    return ReversalFact(
        external_ref=as_text(data.get("action_id"), "the refund's id"),
        original_ref=_payment(data),
        amount=_money(data),
        at=at,
        value_date=at.date(),
        kind=ReversalKind.REFUND,
    )


def _declined(data: Mapping[str, Any]) -> RefundFailed:
    reason = optional_text(data.get("response_summary")) or "declined"
    return RefundFailed(as_text(data.get("action_id"), "the refund's id"), _payment(data), reason)


_READ: Final[Mapping[str, Callable[[Mapping[str, Any]], PlatformFact]]] = {
    "payment_captured": _receipt,
    "payment_refunded": _refund,
    "payment_refund_declined": _declined,
}


def _payment(data: Mapping[str, Any]) -> str:
    name = as_text(data.get("id"), "the payment's id")
    if not PAYMENT.fullmatch(name):
        raise malformed("This cannot be Checkout.com's name of a payment.")
    return name


def _money(data: Mapping[str, Any]) -> Money:
    amount = as_whole(data.get("amount"), "the amount")
    return above_zero(UNITS.to_money(amount, as_text(data.get("currency"), "the currency")))
