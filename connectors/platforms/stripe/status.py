"""Asking Stripe what became of a payment (``GET /v1/payment_intents/{id}``) or of a refund (``GET /v1/refunds/{id}``).

A PaymentIntent that succeeded is a receipt, whatever was given back of it later, at the moment of the balance
transaction that its charge made; every refund that succeeded is a reversal. Charge, balance transaction and refunds are
asked for in the same answer (``expand``). One that was cancelled will not be paid any more. Disputes are told by
webhooks alone.

A refund that is still on its way is no fact, and neither is that there is none: Stripe keeps an idempotency key for a
day, after which the same refund asked for again would be a second one. So such an answer is ``Unavailable``, and
whoever asked comes back later.
Source: https://docs.stripe.com/api/payment_intents/object, …/api/charges/object, …/api/refunds/object,
…/api/balance_transactions/object and …/api/expanding_objects (2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import (
    as_list,
    as_object,
    as_text,
    as_unix,
    json_object,
    known_status,
    malformed,
    reference_in_path,
)
from connectors.platforms.stripe.payment_requests import API_VERSION, DEFAULT_BASE_URL, INTENT_STATUSES, refusal
from connectors.platforms.stripe.webhooks import (
    FAILED,
    REFUNDS_LIMIT,
    failed_refund,
    receipt_of,
    refund_status,
    reversal_of,
)
from domain.errors import Unavailable
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, RequestExpired, ReversalKind

INTENT: Final = re.compile(r"pi_[0-9A-Za-z_]{1,80}", re.ASCII)
_ASKED: Final = re.compile(r"(payment_intents/pi|refunds/(re|pyr))_[0-9A-Za-z_]{1,80}", re.ASCII)
_EXPANDED: Final = "?expand[]=latest_charge.balance_transaction&expand[]=latest_charge.refunds"
_ON_ITS_WAY: Final = frozenset(("pending", "requires_action"))


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a PaymentIntent (``pi_…``) or a refund (``re_…``, ``pyr_…``)."""
    is_intent = reference.startswith("pi_")
    path = reference_in_path(f"{'payment_intents' if is_intent else 'refunds'}/{reference}", _ASKED)
    return HttpRequest(
        method="GET",
        url=f"{config.get('base_url') or DEFAULT_BASE_URL}/v1/{path}{_EXPANDED if is_intent else ''}",
        headers={"Authorization": f"Bearer {config['api_key']}", "Stripe-Version": API_VERSION},
        body=b"",
    )


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a PaymentIntent or a refund as it stands; an unknown status is ``Invalid``."""
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the 2xx range is HTTP's own
        raise refusal(response)
    told = json_object(response.body)
    kind = told.get("object")
    if kind == "refund":
        return (_refund(told),)
    if kind != "payment_intent":
        raise malformed("A PaymentIntent or a refund was expected.")
    status = known_status(told.get("status"), INTENT_STATUSES, "a PaymentIntent")
    if status == "canceled":
        return (RequestExpired(as_text(told.get("id"), "the PaymentIntent's id")),)
    return _paid(told) if status == "succeeded" else (Ignored(f"payment_intent.{status}"),)


def _paid(intent: Mapping[str, Any]) -> tuple[PlatformFact, ...]:
    charge = as_object(intent.get("latest_charge"), "the PaymentIntent's charge")
    if charge.get("balance_transaction") is None:  # made later where captures are asynchronous
        raise Unavailable("payment_not_booked", "Stripe has not booked this payment yet.", ambiguous=False)
    booked = as_object(charge.get("balance_transaction"), "the charge's balance transaction")
    receipt = receipt_of(intent, as_unix(booked.get("created"), "when the charge was booked"))
    listed = as_object(charge.get("refunds"), "the charge's refunds")
    if listed.get("has_more") is not False:
        raise malformed("The answer does not list every refund of the charge.")
    refunds = as_list(listed.get("data"), "the charge's refunds", limit=REFUNDS_LIMIT)
    named = [{"payment_intent": intent.get("id"), **as_object(one, "a refund")} for one in refunds]
    return (receipt, *map(_refund, named))


def _refund(refund: Mapping[str, Any]) -> PlatformFact:
    status = refund_status(refund)
    if status in _ON_ITS_WAY:
        raise Unavailable(
            "refund_on_its_way", "Stripe has a refund of this payment that has not ended yet.", ambiguous=False
        )
    return failed_refund(refund) if status in FAILED else reversal_of(refund, kind=ReversalKind.REFUND)
