"""Asking Paymob for money: a QuickLink (``POST /api/ecommerce/payment-links``), on whose page the debtor pays.

Our payment request's identifier is ``reference_id``, which Paymob takes once: an uncertain request that had been
carried out is refused when it is repeated, and given up for a new one, as nothing finds the page again. The link's
order is its identity for us, since transactions name it. The bearer token is good for an hour. ``expires_at`` is
written as Paymob writes its own times, in Cairo's.
Source: https://developers.paymob.com/paymob-docs/developers/quicklink-apis/create-quicklink and four public
implementations (the answer's ``client_url`` and ``order``; read 2026-11, confidence high; medium for a JSON body, which
they send where the page describes a form).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.platforms import answer_of, as_text, as_whole, json_bytes, positive
from connectors.platforms.paymob.status import CURRENCY, NAME, base_url
from domain.errors import Invalid
from domain.platforms import AccessToken, HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_CAIRO: Final = ZoneInfo("Africa/Cairo")
_HOUR_SECONDS: Final = 3600
_DESCRIPTION: Final = 250


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a link for one amount; a bearer token is added to it.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``.
    """
    if order.amount.currency != CURRENCY:
        raise Invalid("method_currency_mismatch", f"Paymob is not asked for {order.amount.currency} here.")
    document = {
        "amount_cents": positive(order.amount).minor,
        "reference_id": order.request_id,
        "payment_methods": [int(one) for one in config["integration_ids"].split(",")],
        "is_live": config["mode"] == "live",
        "full_name": order.payer_name,
        **({"email": order.payer_email} if order.payer_email else {}),
        "description": order.description[:_DESCRIPTION],
        "expires_at": order.expires_at.astimezone(_CAIRO).strftime("%Y-%m-%dT%H:%M:%S"),
    }
    return _post(config, "/api/ecommerce/payment-links", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above what that does)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The link; ``Refused`` where Paymob has this request already."""
    link = answer_of(response, NAME)
    return IssuedRequest(
        external_ref=str(as_whole(link.get("order"), "the link's order")),
        payload=None,
        url=as_text(link.get("client_url"), "the link's address"),
    )


def authorise(config: Mapping[str, str]) -> HttpRequest:
    """The request for a bearer token."""
    return _post(config, "/api/auth/tokens", {"api_key": config["api_key"]})


def read_token(response: HttpResponse) -> AccessToken:
    """The token in an answer to ``authorise``; raises as ``read`` does."""
    return AccessToken(as_text(answer_of(response, NAME).get("token"), "the token"), _HOUR_SECONDS)


def _post(config: Mapping[str, str], path: str, document: Any) -> HttpRequest:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    return HttpRequest(method="POST", url=f"{base_url(config)}{path}", headers=headers, body=json_bytes(document))
