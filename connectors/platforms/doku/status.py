"""Asking DOKU what became of an order: ``GET /orders/v1/status/{number}``; notifications tell it in the same words.

An order that succeeded is a receipt, named by its number, which is paid once. A try that failed or timed out is no
money and may be followed by another; only one that expired will not be paid any more. Amounts are whole rupiah.
Source: https://developers.doku.com/get-started-with-doku-api/check-status-api/non-snap for the statuses (read 2026-11,
confidence high) and …/notification/http-notification-sample-non-snap for the fields (high in notifications, medium in
answers).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_major,
    as_moment,
    as_object,
    as_text,
    json_bytes,
    known_status,
    malformed,
    optional_text,
    our_identifier,
    reference_in_path,
)
from connectors.platforms.doku.signatures import sealed
from domain.errors import Invalid
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired

NAME: Final = "DOKU"
CURRENCY: Final = "IDR"
_DEFAULT_BASE_URL: Final = "https://api.doku.com"
_ORDER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}", re.ASCII)
_JAKARTA: Final = timezone(timedelta(hours=7))
STATUSES: Final = frozenset(("PENDING", "SUCCESS", "FAILED", "EXPIRED", "REFUNDED", "TIMEOUT", "REDIRECT"))


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about an order by its number."""
    order = reference_in_path(reference, _ORDER)
    return request(config, "GET", f"/orders/v1/status/{order}", request_id=f"status-{order}")


def request(config: Mapping[str, str], method: str, path: str, *, request_id: str, document: Any = None) -> HttpRequest:
    """A request to DOKU, signed when it is sent."""
    url = f"{config.get('base_url') or _DEFAULT_BASE_URL}{path}"
    body = b"" if document is None else json_bytes(document)
    headers = {"Client-Id": config["client_id"], "Request-Id": request_id, "Accept": "application/json"}
    if body:
        headers["Content-Type"] = "application/json"
    seal = partial(_seal, config, request_id, url, body)
    return HttpRequest(method=method, url=url, headers=headers, body=body, seal=seal)


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of an order as it stands; an unknown status is ``Invalid``."""
    return facts_of(answer_of(response, NAME))


def facts_of(told: Mapping[str, Any]) -> tuple[PlatformFact, ...]:
    """What an order's status means; ``Invalid`` (``reversal_untold``) for one that was refunded."""
    order, tried = as_object(told.get("order"), "the order"), as_object(told.get("transaction"), "the transaction")
    number = as_text(order.get("invoice_number"), "the order's number")
    status = known_status(tried.get("status"), STATUSES, "an order")
    if status == "REFUNDED":
        raise Invalid(
            "reversal_untold",
            "DOKU shows the order as refunded, but not how much of it.",
            fix="Look the order up in DOKU's dashboard and record the refund by hand.",
        )
    if status == "EXPIRED":
        return (RequestExpired(our_identifier(number) or number),)
    if status != "SUCCESS":
        return (Ignored(f"order.{status}"),)
    at = as_moment(tried.get("date"), "when the order was paid")
    channel = told.get("channel")
    names = (our_identifier(number), number, optional_text(tried.get("original_request_id")))
    return (
        ReceiptFact(
            external_ref=number,
            amount=rupiah(order.get("amount"), CURRENCY),
            at=at,
            value_date=day_of(at),
            references=tuple(dict.fromkeys(filter(None, names))),
            rail=optional_text(channel.get("id")) if isinstance(channel, dict) else None,
        ),
    )


def rupiah(value: Any, currency: Any) -> Money:
    """An amount above zero in a currency, which is the rupiah."""
    amount = above_zero(as_major(value, currency, "the amount"))
    if amount.currency != CURRENCY:
        raise malformed("An amount of rupiah was expected.")
    return amount


def day_of(at: datetime) -> date:
    """The day in Jakarta (UTC+7), by which DOKU settles."""
    return at.astimezone(_JAKARTA).date()


def _seal(config: Mapping[str, str], request_id: str, url: str, body: bytes, now: datetime) -> dict[str, str]:
    return sealed(config, request_id=request_id, url=url, body=body, now=now)
