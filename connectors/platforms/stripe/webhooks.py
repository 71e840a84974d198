"""What Stripe tells us, read as facts about money: paid, refunded, charged back, given back, never to be paid.

Identity. A receipt is named by its PaymentIntent (``pi_…``): it is in every event, it has at most one successful
charge, and refunds and disputes name it. Its charge id goes along as a reference. A refund is named by its own id
(``re_…``), a dispute by its own (``dp_…``, ``du_…``), so the same money told twice, by whichever event, is one fact.

Cumulative totals are never booked: ``charge.amount_refunded`` is a running sum, so ``charge.refunded`` speaks only
through the refunds it lists (older API versions); where it lists none, ``refund.created`` and ``refund.updated`` do.

Dispute money moves when Stripe withdraws it, not when a dispute is opened (an inquiry may never move any). If a
dispute is won or a refund fails after it had succeeded, the money is back at Stripe: a receipt of its own.

Dates: Stripe states no value date; the UTC day stands for it. Fees are on balance transactions, not in these events.
Source: https://docs.stripe.com/api/events/types (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from connectors.platforms import (
    as_list,
    as_object,
    as_text,
    as_whole,
    json_object,
    known_status,
    malformed,
    optional_text,
)
from connectors.platforms.stripe.amounts import to_money
from domain.money import Money
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired, ReversalFact, ReversalKind

REQUEST_KEY: Final = "afluente_request"
_REFUNDS_LIMIT: Final = 100
_REFUND_STATUSES: Final = frozenset(("succeeded", "failed", "pending", "requires_action", "canceled"))
_DISPUTE_STATUSES: Final = frozenset(
    (
        "appeal_needs_response",
        "appeal_under_review",
        "lost",
        "needs_response",
        "prevented",
        "under_review",
        "warning_closed",
        "warning_needs_response",
        "warning_under_review",
        "won",
    )
)

Facts = tuple[PlatformFact, ...]


def delivery_id(raw: bytes) -> str:
    """Stripe's own name of the event (``evt_…``); it stays the same when a delivery is repeated."""
    return as_text(json_object(raw).get("id"), "the event's id")


def parse(raw: bytes) -> Facts:
    """The facts in one event. An unknown type is ``Ignored``; an unknown status of a known type is ``Invalid``."""
    event = json_object(raw)
    if event.get("object") != "event":
        raise malformed("A Stripe event says so in its 'object'.")
    kind = as_text(event.get("type"), "the event's type")
    read = _READERS.get(kind)
    if read is None:
        return (Ignored(kind),)
    data = as_object(event.get("data"), "the event's data")
    return read(event, as_object(data.get("object"), "the event's object"))


def _paid(event: Mapping[str, Any], intent: Mapping[str, Any]) -> Facts:
    known_status(intent.get("status"), frozenset(("succeeded",)), "a succeeded PaymentIntent")
    external_ref = as_text(intent.get("id"), "the PaymentIntent's id")
    received = intent.get("amount_received", intent.get("amount"))
    at = _moment(event.get("created"))
    references = (_metadata(intent), external_ref, _name_of(intent.get("latest_charge")))
    return (
        ReceiptFact(
            external_ref=external_ref,
            amount=_money(received, intent.get("currency")),
            at=at,
            value_date=at.date(),
            references=tuple(dict.fromkeys(reference for reference in references if reference)),
            payer_name=_payer_name(intent.get("latest_charge")),
            rail=_rail(intent),
        ),
    )


def _cancelled(_event: Mapping[str, Any], intent: Mapping[str, Any]) -> Facts:
    known_status(intent.get("status"), frozenset(("canceled",)), "a cancelled PaymentIntent")
    return (RequestExpired(as_text(intent.get("id"), "the PaymentIntent's id")),)


def _session_expired(_event: Mapping[str, Any], session: Mapping[str, Any]) -> Facts:
    known_status(session.get("status"), frozenset(("expired",)), "an expired Checkout session")
    return (RequestExpired(as_text(session.get("id"), "the session's id")),)


def _charge_refunded(event: Mapping[str, Any], charge: Mapping[str, Any]) -> Facts:
    listed = charge.get("refunds")
    if not isinstance(listed, dict):
        return (Ignored(as_text(event.get("type"), "the event's type")),)
    refunds = as_list(listed.get("data"), "the charge's refunds", limit=_REFUNDS_LIMIT)
    original = _name_of(charge.get("payment_intent")) or _name_of(charge.get("id"))
    facts: list[PlatformFact] = []
    for refund in refunds:
        facts.extend(_refund(event, {"payment_intent": original, **as_object(refund, "a refund")}))
    return tuple(facts) or (Ignored("charge.refunded"),)


def _refund(event: Mapping[str, Any], refund: Mapping[str, Any]) -> Facts:
    status = known_status(refund.get("status"), _REFUND_STATUSES, "a refund")
    if status == "succeeded":
        return (_reversal(refund, kind=ReversalKind.REFUND),)
    if status == "failed":
        return (_given_back(refund, suffix="failed"),) if _had_succeeded(event) else (Ignored("refund.failed"),)
    return (Ignored(f"refund.{status}"),)


def _dispute(event: Mapping[str, Any], dispute: Mapping[str, Any]) -> Facts:
    status = known_status(dispute.get("status"), _DISPUTE_STATUSES, "a dispute")
    kind = as_text(event.get("type"), "the event's type")
    if kind == "charge.dispute.funds_reinstated":
        return (_given_back(dispute, suffix="reinstated"),)
    if kind == "charge.dispute.funds_withdrawn" or status == "lost":
        return (_reversal(dispute, kind=ReversalKind.CHARGEBACK),)
    return (Ignored(kind),)


def _reversal(source: Mapping[str, Any], *, kind: ReversalKind) -> ReversalFact:
    """Money that went back, dated by the refund's or dispute's own making so that every event tells it alike."""
    at = _moment(source.get("created"))
    return ReversalFact(
        external_ref=as_text(source.get("id"), f"the id of the {kind}"),
        original_ref=_original(source),
        amount=_money(source.get("amount"), source.get("currency")),
        at=at,
        value_date=at.date(),
        kind=kind,
        reason=optional_text(source.get("reason")),
    )


def _given_back(source: Mapping[str, Any], *, suffix: str) -> ReceiptFact:
    """Money that had gone back and returned to us: named after what took it, so it counts once."""
    at = _moment(source.get("created"))
    references = (_original(source), _name_of(source.get("charge")))
    return ReceiptFact(
        external_ref=f"{as_text(source.get('id'), 'the id')}:{suffix}",
        amount=_money(source.get("amount"), source.get("currency")),
        at=at,
        value_date=at.date(),
        references=tuple(dict.fromkeys(reference for reference in references if reference)),
    )


def _had_succeeded(event: Mapping[str, Any]) -> bool:
    data = as_object(event.get("data"), "the event's data")
    before = data.get("previous_attributes")
    return isinstance(before, dict) and before.get("status") == "succeeded"


def _original(source: Mapping[str, Any]) -> str:
    """Which receipt a refund or dispute speaks of: the PaymentIntent, or the charge where there was none."""
    return _name_of(source.get("payment_intent")) or as_text(_name_of(source.get("charge")), "the payment's id")


def _name_of(value: Any) -> str | None:
    """The id of something that Stripe gives as an id or, expanded, as an object."""
    return optional_text(value.get("id")) if isinstance(value, dict) else optional_text(value)


def _metadata(intent: Mapping[str, Any]) -> str | None:
    metadata = intent.get("metadata")
    return optional_text(metadata.get(REQUEST_KEY)) if isinstance(metadata, dict) else None


def _payer_name(charge: Any) -> str | None:
    billing = charge.get("billing_details") if isinstance(charge, dict) else None
    return optional_text(billing.get("name")) if isinstance(billing, dict) else None


def _rail(intent: Mapping[str, Any]) -> str | None:
    """The payment method, where the intent allowed only one; otherwise the event does not say."""
    allowed = intent.get("payment_method_types")
    return optional_text(allowed[0]) if isinstance(allowed, list) and len(allowed) == 1 else None


def _money(amount: Any, currency: Any) -> Money:
    return to_money(as_whole(amount, "the amount"), as_text(currency, "the currency"))


def _moment(seconds: Any) -> datetime:
    try:
        return datetime.fromtimestamp(as_whole(seconds, "the time"), UTC)
    except (ValueError, OverflowError, OSError):
        raise malformed("The time is outside the calendar.") from None


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Facts]]] = {
    "payment_intent.succeeded": _paid,
    "payment_intent.canceled": _cancelled,
    "checkout.session.expired": _session_expired,
    "charge.refunded": _charge_refunded,
    "charge.refund.updated": _refund,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "charge.dispute.closed": _dispute,
}
