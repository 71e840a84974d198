"""Asking Omise for money: a PromptPay code (``POST /charges``), or a page with the account's methods (``POST /links``).

The payment request's identifier is the idempotency key, and stands in a charge's metadata; a charge that was paid on a
page names the page (``link``), which is its identity here. PromptPay is given as the address of the code's picture, for
Omise does not show what is in it.
Source: https://docs.omise.co/promptpay, https://docs.omise.co/charges-api, https://docs.omise.co/links-api (2026-11,
confidence high; medium for the idempotency key: a repeat that was not recognised would make a second code, the debtor
is given one, and what is paid names our request or that page).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from connectors.platforms import (
    answer_of,
    as_moment,
    as_object,
    as_text,
    known_status,
    optional_text,
    positive,
)
from connectors.platforms.omise.status import CHARGE_STATUSES, NAME, request
from domain.errors import Invalid, Refused
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

PROMPTPAY: Final = "promptpay"
_CURRENCIES: Final = frozenset(("THB", "SGD", "MYR", "JPY", "USD"))
_OVER: Final = frozenset(("failed", "expired", "reversed"))
_DESCRIPTION: Final = 250


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a PromptPay code, or a page.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``.
    """
    allowed = {"THB"} if order.rail == PROMPTPAY else _CURRENCIES
    if order.amount.currency not in allowed:
        raise Invalid("method_currency_mismatch", f"Omise is not asked for {order.amount.currency} here.")
    common = {"amount": positive(order.amount).minor, "currency": order.amount.currency}
    path, document = ("/charges", _code(order)) if order.rail == PROMPTPAY else ("/links", _page(order))
    return request(config, "POST", path, common | document, {"Idempotency-Key": order.request_id})


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again (see above why it is safe)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The picture of the code, or the page; ``Refused`` (``request_cancelled``) where it can no longer be paid."""
    document = answer_of(response, NAME)
    name = as_text(document.get("id"), "the id of what was made")
    if document.get("object") == "link":
        return IssuedRequest(name, None, as_text(document.get("payment_uri"), "the page's address"))
    state = known_status(document.get("status"), CHARGE_STATUSES, "a charge")
    if state in _OVER:
        raise Refused("request_cancelled", f"Omise made the charge as {state}.")
    expires = document.get("expires_at")
    return IssuedRequest(
        external_ref=name,
        payload=None,
        url=_picture(document),
        expires_at=None if expires is None else as_moment(expires, "when the charge expires"),
    )


def _code(order: PaymentRequestOrder) -> dict[str, Any]:
    return {
        "source": {"type": PROMPTPAY},
        "description": order.description[:_DESCRIPTION],
        "expires_at": order.expires_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "metadata": {"afluente_request": order.request_id, "afluente_reference": order.reference},
    }


def _page(order: PaymentRequestOrder) -> dict[str, Any]:
    return {"title": order.reference[:_DESCRIPTION], "description": order.description[:_DESCRIPTION], "multiple": False}


def _picture(charge: Mapping[str, Any]) -> str | None:
    source = as_object(charge.get("source"), "the charge's source")
    scannable = source.get("scannable_code")
    image = scannable.get("image") if isinstance(scannable, dict) else None
    return optional_text(image.get("download_uri")) if isinstance(image, dict) else None
