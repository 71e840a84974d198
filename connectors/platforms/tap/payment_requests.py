"""Asking Tap for money: a charge without a card (``POST /v2/charges``), which is answered with a page to pay on.

Our payment request's identifier is ``reference.transaction``, which the charge keeps. No idempotency key is documented:
an uncertain request is made again, the debtor is given one of the two pages, and whatever is paid names our request. A
page lives an hour at most, which is asked for; the answer says when it ends.
Source: https://developers.tap.company/reference/charges (read 2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from connectors.platforms import (
    answer_of,
    as_milliseconds,
    as_object,
    as_text,
    as_whole,
    known_status,
    malformed,
    positive,
)
from connectors.platforms.tap.status import CHARGE_STATUSES, NAME, OVER, request
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_CURRENCIES: Final = frozenset(("AED", "BHD", "EGP", "EUR", "GBP", "JOD", "KWD", "OMR", "QAR", "SAR", "USD"))
_SOURCES: Final = {
    "knet": ("src_kw.knet", "KWD"),
    "benefit": ("src_bh.benefit", "BHD"),
    "mada": ("src_sa.mada", "SAR"),
    "omannet": ("src_omannet", "OMR"),
    "naps": ("src_qa.qpay", "QAR"),
}
_LONGEST_MINUTES: Final = 60
_DESCRIPTION: Final = 250


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a page for one amount.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``, ``payer_email_missing``.
    """
    if not order.payer_email:
        raise Invalid("payer_email_missing", "Tap asks for the payer's e-mail address.")
    document = {
        "amount": positive(order.amount).decimal,
        "currency": order.amount.currency,
        "customer_initiated": True,
        "threeDSecure": True,
        "save_card": False,
        "description": order.description[:_DESCRIPTION],
        "metadata": {"afluente_reference": order.reference},
        "reference": {"transaction": order.request_id, "order": order.request_id},
        "receipt": {"email": False, "sms": False},
        "customer": {"first_name": order.payer_name, "email": order.payer_email},
        "source": {"id": _source(order)},
        "post": {"url": config["webhook_url"]},
        "redirect": {"url": config["return_url"]},
        "transaction": {"expiry": {"period": _LONGEST_MINUTES, "type": "MINUTE"}},
    }
    return request(config, "POST", "/v2/charges", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above what that does)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The page and when it ends; ``Refused`` (``request_cancelled``) where it can no longer be paid."""
    charge = answer_of(response, NAME)
    status = known_status(charge.get("status"), CHARGE_STATUSES, "a charge")
    if status in OVER:
        raise Refused("request_cancelled", f"Tap made the charge as {status}.")
    transaction = as_object(charge.get("transaction"), "the charge's transaction")
    return IssuedRequest(
        external_ref=as_text(charge.get("id"), "the charge's id"),
        payload=None,
        url=as_text(transaction.get("url"), "the page's address"),
        expires_at=_end(transaction),
    )


def _source(order: PaymentRequestOrder) -> str:
    currency = order.amount.currency
    source, only = _SOURCES.get(order.rail, ("src_card" if order.rail == "card" else "src_all", currency))
    if currency != only or currency not in _CURRENCIES:
        raise Invalid("method_currency_mismatch", f"Tap is not asked for {currency} here.")
    return source


def _end(transaction: Mapping[str, Any]) -> datetime:
    expiry = as_object(transaction.get("expiry"), "how long the page lives")
    minutes = as_whole(expiry.get("period"), "how many minutes the page lives")
    if expiry.get("type") != "MINUTE" or not 0 < minutes <= _LONGEST_MINUTES:
        raise malformed("A page that lives up to an hour was expected.")
    return as_milliseconds(transaction.get("created"), "when the charge was made") + timedelta(minutes=minutes)
