"""Asking Zalopay for money: ``POST /v2/create``, a page and a code for one amount.

The order's name is the day in Vietnam and our payment request's identifier; Zalopay takes a name once, so a repeat
makes no second order, and the code of the first is not shown again. ``mac`` is the HMAC-SHA256 in hexadecimal, under
the MAC key, of seven fields with bars between them. Amounts are whole dong. An order lives from 5 minutes to 30 days.
Source: https://docs.zalopay.vn/docs/specs/order-create and the official library github.com/zalopay-oss/zalopay-nodejs
(specs/zlp.yaml, src/zalopay/services/order.ts; read 2026-11, confidence high).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from connectors.platforms import (
    answer_of,
    as_text,
    as_whole,
    json_bytes,
    known_status,
    optional_text,
    positive,
    status_unknown,
)
from connectors.platforms.zalopay.webhooks import CURRENCY
from domain import ids
from domain.errors import AfluenteError, Invalid, Refused, Unavailable
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

NAME: Final = "Zalopay"
_DEFAULT_BASE_URL: Final = "https://openapi.zalopay.vn"
_HANOI: Final = timezone(timedelta(hours=7))
_SHORTEST_SECONDS, _LONGEST_SECONDS = 300, 2_592_000
_SHOWN: Final = 256
_MADE, _REFUSED = "1", "2"


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates an order.

    Raises ``Invalid``: ``amount_not_positive``, ``method_currency_mismatch``, ``expiry_too_soon``, ``id_malformed``.
    """
    if order.amount.currency != CURRENCY:
        raise Invalid("method_currency_mismatch", f"Zalopay does not take {order.amount.currency}.")
    made = ids.made_at(order.request_id)
    shown = {"preferred_payment_method": ["vietqr"]} if order.rail == "vietqr" else {}
    embedded = json.dumps({"redirecturl": config["return_url"], **shown}, separators=(",", ":"))
    signed = {
        "app_id": int(config["app_id"]),
        "app_trans_id": name_of(order.request_id),
        "app_user": order.request_id,
        "amount": positive(order.amount).minor,
        "app_time": made,
        "embed_data": embedded,
        "item": "[]",
    }
    document = {
        **signed,
        "description": order.description[:_SHOWN],
        "callback_url": config["webhook_url"],
        "expire_duration_seconds": _seconds_left(order, made),
        "mac": hmac.new(config["mac_key"].encode(), _joined(signed), hashlib.sha256).hexdigest(),
    }
    return HttpRequest(
        method="POST",
        url=f"{config.get('base_url') or _DEFAULT_BASE_URL}/v2/create",
        headers={"Accept": "application/json", "Content-Type": "application/json"},
        body=json_bytes(document),
    )


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again, which Zalopay takes once (see above)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The code and the page; ``Refused`` (``request_lost``) where Zalopay has the order and does not show it again."""
    answer = answer_of(response, NAME)
    code = str(as_whole(answer.get("return_code"), "the return code"))
    if known_status(code, frozenset((_MADE, _REFUSED)), "a request") == _REFUSED:
        raise _refusal(as_whole(answer.get("sub_return_code"), "the detailed return code"))
    return IssuedRequest(
        external_ref=as_text(answer.get("zp_trans_token"), "the order's token"),
        payload=optional_text(answer.get("qr_code")),
        url=as_text(answer.get("order_url"), "the page's address"),
    )


def name_of(request_id: str) -> str:
    """``yymmdd_<identifier>``: an order's name, with the day in Vietnam on which the identifier was made."""
    made = datetime.fromtimestamp(ids.made_at(request_id) / 1000, UTC)
    return f"{made.astimezone(_HANOI):%y%m%d}_{request_id}"


def _joined(signed: Mapping[str, object]) -> bytes:
    return "|".join(str(value) for value in signed.values()).encode()


def _seconds_left(order: PaymentRequestOrder, made: int) -> int:
    seconds = int(order.expires_at.timestamp()) - made // 1000
    if seconds < _SHORTEST_SECONDS:
        raise Invalid("expiry_too_soon", "An order at Zalopay lives for five minutes at least.")
    return min(seconds, _LONGEST_SECONDS)


def _refusal(code: int) -> AfluenteError:
    match code:
        case -68:
            return Refused("request_lost", "Zalopay has this order already, and does not show its code again.")
        case -402:
            return Refused("platform_credentials_refused", "Zalopay did not accept the connection's keys.")
        case -401:
            return Refused("platform_refused", "Zalopay refused the request.")
        case -33:
            return Unavailable("platform_busy", "Zalopay asks to try again later.", ambiguous=False)
        case -500:
            return Unavailable("platform_failed", "Zalopay failed and may or may not have acted.", ambiguous=True)
    return status_unknown("a refused request", str(code))
