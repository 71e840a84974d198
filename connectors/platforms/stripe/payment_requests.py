"""Asking Stripe for money: one PaymentIntent per payment request, and what its answer gives the debtor.

A repeat is safe: Stripe keeps the outcome of the first request under an idempotency key for at least 24 hours and
answers the same key with it (https://docs.stripe.com/api/idempotent_requests). The key is the payment request's id,
so ``query`` of an uncertain request is the same request again. After those hours a repeat could make a second
PaymentIntent; nobody was given the first, so nobody can pay it, and both carry our id in their metadata.

With the setting ``method`` (``pix``, ``promptpay``) the intent is confirmed at once and the answer holds the code to
scan. Without it the intent waits for the debtor's choice on a page of our own, and the answer has no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from connectors.platforms import as_object, as_text, header, json_object, known_status, optional_text
from connectors.platforms.stripe.amounts import from_money
from connectors.platforms.stripe.webhooks import REQUEST_KEY
from domain.errors import AfluenteError, Invalid, NotFound, Refused, Unavailable
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

DEFAULT_BASE_URL: Final = "https://api.stripe.com"
API_VERSION: Final = "2026-10-28.endive"
METHODS: Final = {"pix": "BRL", "promptpay": "THB"}
_MAX_KEY: Final = 255
_STATUSES: Final = frozenset(
    (
        "canceled",
        "processing",
        "requires_action",
        "requires_capture",
        "requires_confirmation",
        "requires_payment_method",
        "succeeded",
    )
)


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a PaymentIntent. Raises ``Invalid`` for an amount or method that Stripe cannot take."""
    if not 0 < len(order.request_id) <= _MAX_KEY:
        raise Invalid("request_id_invalid", f"A payment request's id has 1 to {_MAX_KEY} characters.")
    if order.amount.minor <= 0:
        raise Invalid("amount_not_positive", "Only an amount above zero can be asked for.")
    fields = [
        ("amount", str(from_money(order.amount))),
        ("currency", order.amount.currency.lower()),
        (f"metadata[{REQUEST_KEY}]", order.request_id),
        ("metadata[afluente_reference]", order.reference),
        *_method_fields(order, config.get("method")),
    ]
    return HttpRequest(
        method="POST",
        url=f"{config.get('base_url') or DEFAULT_BASE_URL}/v1/payment_intents",
        headers={
            "Authorization": f"Bearer {config['api_key']}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": order.request_id,
            "Stripe-Version": API_VERSION,
        },
        body=urlencode(fields).encode(),
    )


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request under the same key, which Stripe answers with the first outcome (see above why it is safe)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """What Stripe issued, or ``Refused``, ``Unavailable`` or ``Invalid`` (``status_unknown``) with what it said."""
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the 2xx range is HTTP's own
        raise _refusal(response)
    intent = json_object(response.body)
    if known_status(intent.get("status"), _STATUSES, "a PaymentIntent") == "canceled":
        raise Refused("request_cancelled", "Stripe has cancelled this PaymentIntent.")
    payload, url = _given_to_debtor(intent.get("next_action"))
    return IssuedRequest(as_text(intent.get("id"), "the PaymentIntent's id"), payload, url)


def _method_fields(order: PaymentRequestOrder, method: str | None) -> list[tuple[str, str]]:
    """The fields that confirm the intent with one method, so that the answer holds its code."""
    if not method:
        return []
    if METHODS.get(method) != order.amount.currency:
        raise Invalid("method_currency_mismatch", f"Stripe's {method!r} does not take {order.amount.currency}.")
    fields = [
        ("payment_method_types[0]", method),
        ("payment_method_data[type]", method),
        ("payment_method_data[billing_details][name]", order.payer_name),
        ("confirm", "true"),
    ]
    if order.payer_email:
        fields.append(("payment_method_data[billing_details][email]", order.payer_email))
    elif method == "promptpay":
        raise Invalid("payer_email_missing", "Stripe wants the payer's e-mail address for PromptPay.")
    if method == "pix":
        fields.append(("payment_method_options[pix][expires_at]", str(int(order.expires_at.timestamp()))))
    return fields


def _given_to_debtor(next_action: Any) -> tuple[str | None, str | None]:
    """The code and the hosted page in a PaymentIntent's next action, whichever method it is for."""
    if not isinstance(next_action, dict):
        return None, None
    kind = as_text(next_action.get("type"), "the next action's type")
    shown = as_object(next_action.get(kind), "the next action")
    return optional_text(shown.get("data")), optional_text(shown.get("hosted_instructions_url"))


def _refusal(response: HttpResponse) -> AfluenteError:
    """Stripe's error as ours; its sentence is left out, for it may quote personal data."""
    error = _error(response)
    names = ("type", "code", "decline_code", "param")
    facts: dict[str, Any] = {f"platform_{name}": error[name] for name in names if isinstance(error.get(name), str)}
    facts |= {"http_status": response.status, "platform_request": header(response.headers, "Request-Id")}
    status = response.status
    if status == 404:  # noqa: PLR2004 - HTTP: not found
        return NotFound("request_unknown", "Stripe does not know what was asked for.", **facts)
    if status in {401, 403}:
        return Refused(
            "platform_credentials_refused",
            "Stripe did not accept the connection's API key.",
            fix="Store a key that may write PaymentIntents.",
            **facts,
        )
    if status in {409, 429}:
        return Unavailable("platform_busy", "Stripe asks to try again later.", **facts, ambiguous=False)
    if status >= 500:  # noqa: PLR2004 - HTTP: the server failed, perhaps after it acted
        return Unavailable("platform_failed", "Stripe failed and may or may not have acted.", **facts, ambiguous=True)
    return Refused("platform_refused", "Stripe refused the payment request.", **facts)


def _error(response: HttpResponse) -> dict[str, Any]:
    try:
        error = json_object(response.body).get("error")
    except Invalid:
        return {}
    return error if isinstance(error, dict) else {}
