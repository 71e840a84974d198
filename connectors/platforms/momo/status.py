"""Asking MoMo what was given back of an order: ``POST /v2/gateway/api/query``.

Each refund that was made is a reversal, named by MoMo's number of it, at the moment it was asked for. That the order
was paid is not taken from here, for the answer does not state when. Amounts are whole dong.
Source: https://developers.momo.vn/v3/docs/payment/api/payment-api/query and
https://developers.momo.vn/v3/docs/payment/api/result-handling/resultcode (read 2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_list,
    as_milliseconds,
    as_object,
    as_whole,
    json_bytes,
    reference_in_path,
    status_unknown,
)
from connectors.platforms.momo.signatures import sign
from domain.errors import NotFound
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReversalFact, ReversalKind

NAME: Final = "MoMo"
CURRENCY: Final = "VND"
_DEFAULT_BASE_URL: Final = "https://payment.momo.vn"
_TIMEOUT_SECONDS: Final = 35.0  # MoMo asks for at least 30
_ORDER: Final = re.compile(r"[0-9a-zA-Z]([-_.]?[0-9a-zA-Z]){0,99}", re.ASCII)
_HANOI: Final = timezone(timedelta(hours=7))
_REFUNDS_LIMIT: Final = 200
UNKNOWN_ORDER: Final = 42
OPEN: Final = frozenset((1000, 7000, 7002, 8000, 9000))
OVER: Final = frozenset((1001, 1002, 1003, 1004, 1005, 1006, 1007, 1017, 1026, 4001, 4002, 4100))
_REFUND_OVER: Final = frozenset((1080, 1081, 1088))


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about an order by our name of it."""
    order = reference_in_path(reference, _ORDER)
    pairs = {"partnerCode": config["partner_code"], "requestId": order, "orderId": order}
    return request(config, "/v2/gateway/api/query", pairs, {"lang": "vi"})


def request(
    config: Mapping[str, str], path: str, pairs: Mapping[str, Any], unsigned: Mapping[str, Any] | None = None
) -> HttpRequest:
    """A request to MoMo whose pairs are signed under the connection's keys."""
    signature = sign(pairs, access_key=config["access_key"], key=config["secret_key"])
    return HttpRequest(
        method="POST",
        url=f"{config.get('base_url') or _DEFAULT_BASE_URL}{path}",
        headers={"Accept": "application/json", "Content-Type": "application/json; charset=UTF-8"},
        body=json_bytes({**pairs, **(unsigned or {}), "signature": signature}),
        timeout_seconds=_TIMEOUT_SECONDS,
    )


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The refunds of an order as it stands; an unknown code is ``Invalid``."""
    answer = answer_of(response, NAME)
    code = as_whole(answer.get("resultCode"), "the result code")
    if code == UNKNOWN_ORDER:
        raise NotFound("request_unknown", "MoMo does not know the order.")
    if code not in OPEN | OVER | {0}:
        raise status_unknown("an order", str(code))
    listed = as_list(answer.get("refundTrans") or [], "the order's refunds", limit=_REFUNDS_LIMIT)
    refunds = [as_object(one, "a refund") for one in listed]
    if not refunds:
        return (Ignored(f"order.{code}"),)
    original = as_whole(answer.get("transId"), "MoMo's number of the payment")
    return tuple(dict.fromkeys(_refund(one, str(original)) for one in refunds))


def dong(value: Any, what: str) -> Money:
    """An amount in whole dong above zero."""
    return above_zero(Money(as_whole(value, what), CURRENCY))


def day_of(at: datetime) -> date:
    """The day in Vietnam (UTC+7, no summer time)."""
    return at.astimezone(_HANOI).date()


def _refund(refund: Mapping[str, Any], original: str) -> PlatformFact:
    code = as_whole(refund.get("resultCode"), "the refund's result code")
    if code in _REFUND_OVER | OPEN:
        return Ignored(f"refund.{code}")
    if code:
        raise status_unknown("a refund", str(code))
    at = as_milliseconds(refund.get("createdTime"), "when the refund was asked for")
    return ReversalFact(
        external_ref=str(as_whole(refund.get("transId"), "MoMo's number of the refund")),
        original_ref=original,
        amount=dong(refund.get("amount"), "the refund's amount"),
        at=at,
        value_date=day_of(at),
        kind=ReversalKind.REFUND,
    )
