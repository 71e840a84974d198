"""What Stripe tells us, read as facts about money: paid, refunded, contested, paid out, given back, never to be paid.

Identity. A receipt is named by its PaymentIntent (``pi_…``): it is in every event, it has at most one successful
charge, and refunds and disputes name it. Its charge id goes along as a reference. A refund is named by its own id
(``re_…``), a dispute by its own (``dp_…``, ``du_…``), so the same money told twice, by whichever event, is one fact.

Cumulative totals are never booked: ``charge.amount_refunded`` is a running sum, so ``charge.refunded`` speaks only
through the refunds it lists (older API versions); where it lists none, ``refund.created`` and ``refund.updated`` do.

Dispute money moves when Stripe withdraws it, not when a dispute is opened: an inquiry may never move any. So a
dispute is a contest from the withdrawal on (``funds_withdrawn``, or any event whose balance transactions show one),
until it is won or lost. The fee so far is the sum over its balance transactions, where they are in its currency.
If a refund fails after it had succeeded, the money is back at Stripe: a receipt of its own.

A payout that is paid is on its way until the bank's statement shows it, under the payout's id or its trace id; one
that failed or was cancelled is at Stripe again, and one that failed may have been told as paid before.

Dates: Stripe states no value date; the UTC day stands for it. Fees of payments are on balance transactions, which
these events do not carry.
Source: https://docs.stripe.com/api/events/types, https://docs.stripe.com/api/disputes/object,
https://docs.stripe.com/api/payouts/object (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    as_list,
    as_object,
    as_text,
    as_unix,
    as_whole,
    json_object,
    known_status,
    malformed,
    optional_text,
)
from connectors.platforms.stripe.amounts import to_money
from domain.errors import Invalid
from domain.money import Money
from domain.receipts import (
    ContestFact,
    ContestKind,
    ContestPhase,
    Ignored,
    PayoutFact,
    PayoutReturned,
    PlatformFact,
    ReceiptFact,
    RefundFailed,
    RequestExpired,
    ReversalFact,
    ReversalKind,
)

REQUEST_KEY: Final = "afluente_request"
REFUNDS_LIMIT: Final = 100
REFUND_NAME: Final = "afluente_refund"
"""Under what name Stripe keeps our refund's identifier."""
FAILED: Final = frozenset(("failed", "canceled"))
_REFUND_STATUSES: Final = frozenset(("succeeded", "failed", "pending", "requires_action", "canceled"))
_PAYOUT_STATUSES: Final = frozenset(("paid", "pending", "in_transit", "canceled", "failed"))
_MOVES_LIMIT: Final = 100
_HARMLESS: Final = frozenset(("prevented", "warning_closed", "warning_needs_response", "warning_under_review"))
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
    return (receipt_of(intent, as_unix(event.get("created"), "when the event was made")),)


def receipt_of(intent: Mapping[str, Any], at: datetime) -> ReceiptFact:
    """The receipt of a PaymentIntent that succeeded at a moment."""
    external_ref = as_text(intent.get("id"), "the PaymentIntent's id")
    received = intent.get("amount_received", intent.get("amount"))
    references = (_metadata(intent), external_ref, _name_of(intent.get("latest_charge")))
    return ReceiptFact(
        external_ref=external_ref,
        amount=above_zero(_money(received, intent.get("currency"))),
        at=at,
        value_date=at.date(),
        references=tuple(dict.fromkeys(reference for reference in references if reference)),
        payer_name=_payer_name(intent.get("latest_charge")),
        rail=_rail(intent),
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
    refunds = as_list(listed.get("data"), "the charge's refunds", limit=REFUNDS_LIMIT)
    original = _name_of(charge.get("payment_intent")) or _name_of(charge.get("id"))
    facts: list[PlatformFact] = []
    for refund in refunds:
        facts.extend(_refund(event, {"payment_intent": original, **as_object(refund, "a refund")}))
    return tuple(facts) or (Ignored("charge.refunded"),)


def _refund(event: Mapping[str, Any], refund: Mapping[str, Any]) -> Facts:
    status = refund_status(refund)
    if status == "succeeded":
        return (reversal_of(refund, kind=ReversalKind.REFUND),)
    if status == "failed" and _had_succeeded(event):
        return (_given_back(refund, suffix="failed"),)
    return (failed_refund(refund),) if status in FAILED else (Ignored(f"refund.{status}"),)


def failed_refund(refund: Mapping[str, Any]) -> RefundFailed:
    """A refund that Stripe had taken and that never reached the payer."""
    reason = optional_text(refund.get("failure_reason")) or refund_status(refund)
    external_ref = as_text(refund.get("id"), "the refund's id")
    return RefundFailed(external_ref, _original(refund), reason, ordered_as=_ordered_as(refund))


def _ordered_as(refund: Mapping[str, Any]) -> str:
    """Our refund's identifier, which Stripe keeps with it; one that has none was made elsewhere, under its own name."""
    kept = refund.get("metadata")
    ours = optional_text(kept.get(REFUND_NAME)) if isinstance(kept, dict) else None
    return ours or as_text(refund.get("id"), "the refund's id")


def refund_status(refund: Mapping[str, Any]) -> str:
    """How a refund stands; ``status_unknown`` for a word that Stripe does not document."""
    return known_status(refund.get("status"), _REFUND_STATUSES, "a refund")


def _dispute(event: Mapping[str, Any], dispute: Mapping[str, Any]) -> Facts:
    status = known_status(dispute.get("status"), _DISPUTE_STATUSES, "a dispute")
    kind = as_text(event.get("type"), "the event's type")
    moves = _dispute_moves(dispute)
    phase = _phase(kind, status, withdrawn=any(move["amount"] < 0 for move in moves))
    if phase is None:
        return (Ignored(kind),)
    amount = above_zero(_money(dispute.get("amount"), dispute.get("currency")))
    opened = phase is ContestPhase.OPENED
    at = as_unix(dispute.get("created") if opened else event.get("created"), "when the dispute came to this")
    cost = sum(move["fee"] for move in moves)
    fee = Money(cost, amount.currency) if moves and cost >= 0 else None
    return (
        ContestFact(
            external_ref=as_text(dispute.get("id"), "the dispute's id"),
            original_ref=_original(dispute),
            amount=amount,
            at=at,
            value_date=at.date(),
            kind=ContestKind.CHARGEBACK,
            phase=phase,
            fee=fee,
            reason=optional_text(dispute.get("reason")),
        ),
    )


def _phase(kind: str, status: str, *, withdrawn: bool) -> ContestPhase | None:
    """How far a dispute has come by what an event says; ``None`` while no money has moved."""
    if status == "won" or kind == "charge.dispute.funds_reinstated":
        return ContestPhase.WON
    if status == "lost":
        return ContestPhase.LOST
    if status in _HARMLESS:
        return None
    return ContestPhase.OPENED if withdrawn or kind == "charge.dispute.funds_withdrawn" else None


def _dispute_moves(dispute: Mapping[str, Any]) -> list[dict[str, int]]:
    """Amount (negative: withdrawn) and fee, in ISO minor units, of each balance transaction in the dispute's currency.

    Where the account settles in another currency than the payment's, they say nothing about it and are left out.
    """
    listed = dispute.get("balance_transactions")
    if listed is None:
        return []
    moves = [
        as_object(item, "a balance transaction") for item in as_list(listed, "its transactions", limit=_MOVES_LIMIT)
    ]
    return [
        {name: _money(move.get(name), move.get("currency")).minor for name in ("amount", "fee")}
        for move in moves
        if move.get("currency") == dispute.get("currency")
    ]


def _payout(event: Mapping[str, Any], payout: Mapping[str, Any]) -> Facts:
    status = known_status(payout.get("status"), _PAYOUT_STATUSES, "a payout")
    kind = as_text(event.get("type"), "the event's type")
    external_ref = as_text(payout.get("id"), "the payout's id")
    at = as_unix(event.get("created"), "when the event was made")
    if kind in ("payout.failed", "payout.canceled"):
        reason = optional_text(payout.get("failure_code")) or status
        return (PayoutReturned(external_ref, at, at.date(), reason),)
    if kind != "payout.paid":
        return (Ignored(kind),)
    net = _money(payout.get("amount"), payout.get("currency"))
    if net.minor <= 0:
        raise Invalid(
            "payout_not_positive",
            "Stripe took money from the bank account, or nothing: that is no payout.",
            fix="Look the payout up in Stripe's dashboard and record what moved by hand.",
        )
    return (
        PayoutFact(
            external_ref=external_ref,
            net=net,
            at=at,
            value_date=at.date(),
            references=tuple(filter(None, (external_ref, _trace(payout)))),
        ),
    )


def _trace(payout: Mapping[str, Any]) -> str | None:
    """What the bank calls the payout, where it says so (``trace_id.status`` is ``supported``)."""
    trace = payout.get("trace_id")
    return optional_text(trace.get("value")) if isinstance(trace, dict) else None


def reversal_of(source: Mapping[str, Any], *, kind: ReversalKind) -> ReversalFact:
    """Money that went back, dated by the refund's own making so that every event tells it alike."""
    at = as_unix(source.get("created"), "when it was made")
    return ReversalFact(
        external_ref=as_text(source.get("id"), f"the id of the {kind}"),
        original_ref=_original(source),
        amount=above_zero(_money(source.get("amount"), source.get("currency"))),
        at=at,
        value_date=at.date(),
        kind=kind,
        reason=optional_text(source.get("reason")),
        ordered_as=_ordered_as(source),
    )


def _given_back(source: Mapping[str, Any], *, suffix: str) -> ReceiptFact:
    """Money that had gone back and returned to us: named after what took it, so it counts once."""
    at = as_unix(source.get("created"), "when it was made")
    references = (_original(source), _name_of(source.get("charge")))
    return ReceiptFact(
        external_ref=f"{as_text(source.get('id'), 'the id')}:{suffix}",
        amount=above_zero(_money(source.get("amount"), source.get("currency"))),
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
    "payout.created": _payout,
    "payout.updated": _payout,
    "payout.paid": _payout,
    "payout.failed": _payout,
    "payout.canceled": _payout,
}
