"""Asking Stripe for money: a payment page or a code to scan per payment request, and what the answer gives the debtor.

A repeat is safe: Stripe keeps the outcome of the first request under an idempotency key for at least 24 hours and
answers the same key with it (https://docs.stripe.com/api/idempotent_requests). The key is the payment request's id, so
``query`` of an uncertain request is the same request again. After those hours a repeat could make a second page or
PaymentIntent; nobody was given the first, so nobody can pay it, and both carry our id in their metadata.

With the setting ``method`` (``pix``, ``promptpay``, ``paynow``, ``oxxo``) a PaymentIntent is confirmed at once and the
answer holds the code to scan, or the number to read out at an OXXO shop until the voucher's last day. Over another rail
than the method's, and where no method is set, the debtor pays on Stripe's own page (``checkout``); a boleto always, for
it needs an address that only the page asks for. Source of which method takes which currency:
https://docs.stripe.com/payments/pix, …/promptpay, …/paynow, …/oxxo and …/boleto; of the answers' fields: the official
Python library (2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from connectors.platforms import as_object, as_text, as_unix, header, json_object, known_status, optional_text
from connectors.platforms.stripe import checkout
from connectors.platforms.stripe.amounts import UNITS
from connectors.platforms.stripe.webhooks import REQUEST_KEY
from domain.errors import AfluenteError, Invalid, NotFound, Refused, Unavailable
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

DEFAULT_BASE_URL: Final = "https://api.stripe.com"
API_VERSION: Final = "2026-10-28.endive"
_VOUCHER: Final = "oxxo_display_details"
METHODS: Final = {"pix": "BRL", "promptpay": "THB", "paynow": "SGD", "oxxo": "MXN"}
_CURRENCIES: Final = METHODS | {"boleto": "BRL"}
_WANT_EMAIL: Final = {"promptpay": "PromptPay", "oxxo": "OXXO"}
_MAX_KEY: Final = 255
_LONGEST_PIX: Final = timedelta(days=14)  # less the hours since midnight, which keep it under Stripe's limit
INTENT_STATUSES: Final = frozenset(
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
    """The request that creates a payment page or a PaymentIntent.

    Raises ``Invalid`` for an amount or method that Stripe cannot take, or a page without ``return_url``.
    """
    if not 0 < len(order.request_id) <= _MAX_KEY:
        raise Invalid("request_id_invalid", f"A payment request's id has 1 to {_MAX_KEY} characters.")
    if order.amount.minor <= 0:
        raise Invalid("amount_not_positive", "Only an amount above zero can be asked for.")
    method = config.get("method")
    if order.rail and _CURRENCIES.get(order.rail, order.amount.currency) != order.amount.currency:
        raise _mismatch(order.rail, order.amount.currency)
    if method and order.rail in {"", method}:
        path, fields = "/v1/payment_intents", _intent_fields(order, method)
    else:
        path, fields = checkout.PATH, checkout.fields(order, config)
    return form_request(config, path, fields, key=order.request_id)


def form_request(config: Mapping[str, str], path: str, fields: Sequence[tuple[str, str]], *, key: str) -> HttpRequest:
    """A request to Stripe that changes something, under an idempotency key."""
    return HttpRequest(
        method="POST",
        url=f"{config.get('base_url') or DEFAULT_BASE_URL}{path}",
        headers={
            "Authorization": f"Bearer {config['api_key']}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": key,
            "Stripe-Version": API_VERSION,
        },
        body=urlencode(fields, safe="[]").encode(),  # brackets as the official client writes them
    )


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request under the same key, which Stripe answers with the first outcome (see above why it is safe)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """What Stripe issued, or ``Refused``, ``Unavailable`` or ``Invalid`` (``status_unknown``) with what it said."""
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the 2xx range is HTTP's own
        raise refusal(response)
    intent = json_object(response.body)
    if intent.get("object") == checkout.OBJECT:
        return checkout.read(intent)
    if known_status(intent.get("status"), INTENT_STATUSES, "a PaymentIntent") == "canceled":
        raise Refused("request_cancelled", "Stripe has cancelled this PaymentIntent.")
    return _given_to_debtor(as_text(intent.get("id"), "the PaymentIntent's id"), intent.get("next_action"))


def _intent_fields(order: PaymentRequestOrder, method: str) -> list[tuple[str, str]]:
    """The form of an intent that is confirmed with one method at once, so that the answer holds its code."""
    if METHODS.get(method) != order.amount.currency:
        raise _mismatch(method, order.amount.currency)
    fields = [
        ("amount", str(UNITS.from_money(order.amount))),
        ("currency", order.amount.currency.lower()),
        (f"metadata[{REQUEST_KEY}]", order.request_id),
        ("metadata[afluente_reference]", order.reference),
        ("confirm", "true"),
        ("payment_method_types[0]", method),
        ("payment_method_data[type]", method),
        ("payment_method_data[billing_details][name]", order.payer_name),
    ]
    if order.payer_email:
        fields.append(("payment_method_data[billing_details][email]", order.payer_email))
    elif method in _WANT_EMAIL:
        raise Invalid("payer_email_missing", f"Stripe wants the payer's e-mail address for {_WANT_EMAIL[method]}.")
    if method == "pix":
        fields.append(("payment_method_options[pix][expires_at]", str(_pix_expiry(order))))
    return fields


def _pix_expiry(order: PaymentRequestOrder) -> int:
    """Unix seconds. Stripe lets a Pix code live for 14 days; the day of asking is the order's due date or later."""
    latest = datetime.combine(order.due_date, time.min, tzinfo=UTC) + _LONGEST_PIX
    return int(min(order.expires_at, latest).timestamp())


def _mismatch(method: str, currency: str) -> Invalid:
    return Invalid("method_currency_mismatch", f"Stripe's {method!r} does not take {currency}.")


def _given_to_debtor(intent: str, next_action: Any) -> IssuedRequest:
    """The code or number and the hosted page in a PaymentIntent's next action, whichever method it is for."""
    if not isinstance(next_action, dict):
        return IssuedRequest(intent, None, None)
    kind = as_text(next_action.get("type"), "the next action's type")
    shown = as_object(next_action.get(kind), "the next action")
    if kind != _VOUCHER:
        return IssuedRequest(
            intent, optional_text(shown.get("data")), optional_text(shown.get("hosted_instructions_url"))
        )
    last = shown.get("expires_after")
    return IssuedRequest(
        external_ref=intent,
        payload=optional_text(shown.get("number")),
        url=optional_text(shown.get("hosted_voucher_url")),
        expires_at=None if last is None else as_unix(last, "the voucher's end"),
        scannable=False,
    )


def refusal(response: HttpResponse) -> AfluenteError:
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
            fix="Store a key that may write Checkout Sessions, PaymentIntents and Refunds.",
            **facts,
        )
    if status in {409, 429}:
        return Unavailable("platform_busy", "Stripe asks to try again later.", **facts, ambiguous=False)
    if status >= 500:  # noqa: PLR2004 - HTTP: the server failed, perhaps after it acted
        return Unavailable("platform_failed", "Stripe failed and may or may not have acted.", **facts, ambiguous=True)
    return Refused("platform_refused", "Stripe refused the request.", **facts)


def _error(response: HttpResponse) -> dict[str, Any]:
    try:
        error = json_object(response.body).get("error")
    except Invalid:
        return {}
    return error if isinstance(error, dict) else {}
