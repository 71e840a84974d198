"""Asking 2C2P what became of an order: ``POST /payment/4.3/paymentInquiry``; notifications tell it in the same words.

An order that succeeded or was settled is a receipt, named by the order's number, which is paid once. A try that was
declined is no money and the page may be paid yet. Amounts are decimals by ISO 4217. Moments state no zone (see the
folder's page): the day counts as stated, and the moment is noon UTC of it, that same day on every clock served.
Source: github.com/2C2P/agent-skills, steering/payment-apis.md and steering/troubleshooting.md, which list fields and
codes (of 2026-08, read 2026-11, confidence high for fields and the codes used here).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_major,
    as_text,
    json_bytes,
    malformed,
    optional_text,
    our_identifier,
    plausible,
    reference_in_path,
    status_unknown,
)
from connectors.platforms.two_c_two_p import tokens
from domain.errors import Invalid, NotFound
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired

NAME: Final = "2C2P"
_DEFAULT_BASE_URL: Final = "https://pgw.2c2p.com"
_ORDER: Final = re.compile(r"[A-Za-z0-9]{1,50}", re.ASCII)
_DATED: Final = re.compile(r"[0-9]{14}", re.ASCII)
_PAID: Final = frozenset(("0000", "4110"))
_OPEN: Final = frozenset(("0001", "0004", "0999", "2001"))
_DECLINED: Final = re.compile(r"40[0-9]{2}|500[2-8]|5014", re.ASCII)
_OVER: Final = frozenset(("0003", "5009"))
_UNTOLD: Final = {"4120": "reversal_untold", "4130": "contest_untold"}
UNKNOWN: Final = frozenset(("2002",))


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about an order by its number."""
    order = reference_in_path(reference, _ORDER)
    return request(config, "paymentInquiry", {"merchantID": config["merchant_id"], "invoiceNo": order, "locale": "en"})


def request(config: Mapping[str, str], endpoint: str, document: Mapping[str, Any]) -> HttpRequest:
    """A request to 2C2P: a token under the connection's secret key."""
    return HttpRequest(
        method="POST",
        url=f"{config.get('base_url') or _DEFAULT_BASE_URL}/payment/4.3/{endpoint}",
        headers={"Accept": "application/json", "Content-Type": "application/json"},
        body=json_bytes({"payload": tokens.signed(document, config["secret_key"])}),
    )


def answered(response: HttpResponse) -> dict[str, Any]:
    """What an answer says: the content of its token, or the plain object that a refusal is."""
    answer = answer_of(response, NAME)
    return tokens.claims(answer["payload"]) if "payload" in answer else answer


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of an order as it stands; an unknown code is ``Invalid``."""
    told = answered(response)
    if optional_text(told.get("respCode")) in UNKNOWN:
        raise NotFound("request_unknown", "2C2P does not know the order.")
    return facts_of(told)


def facts_of(told: Mapping[str, Any]) -> tuple[PlatformFact, ...]:
    """What an order's code means; ``Invalid`` for one that does not say how much money it moved, or is unknown."""
    code = as_text(told.get("respCode"), "the code")
    if code in _UNTOLD:
        raise Invalid(
            _UNTOLD[code],
            f"2C2P shows the order with code {code}, but not how much went back and when.",
            fix="Look the order up in 2C2P's portal and record it by hand.",
        )
    if code in _PAID:
        return (_receipt(told),)
    if code in _OVER:
        return (RequestExpired(_names(told)[0]),)
    if code in _OPEN or _DECLINED.fullmatch(code):
        return (Ignored(f"order.{code}"),)
    raise status_unknown("an order", code)


def is_known(code: str) -> bool:
    """Whether a code is one of an order that 2C2P has."""
    return code in _PAID | _OPEN | _OVER or code in _UNTOLD or _DECLINED.fullmatch(code) is not None


def _names(told: Mapping[str, Any]) -> tuple[str, ...]:
    """What the order may be named by, best first: our identifier, the order's number, 2C2P's number of the try."""
    number = as_text(told.get("invoiceNo"), "the order's number")
    names = (told.get("userDefined1"), our_identifier(number), number, told.get("referenceNo"))
    return tuple(dict.fromkeys(filter(None, map(optional_text, names))))


def _receipt(told: Mapping[str, Any]) -> ReceiptFact:
    amount = above_zero(as_major(told.get("amount"), told.get("currencyCode"), "the amount"))
    order, day = as_text(told.get("invoiceNo"), "the order's number"), _day(told.get("transactionDateTime"))
    return ReceiptFact(
        external_ref=order,
        amount=amount,
        at=day,
        value_date=day.date(),
        references=_names(told),
        rail=optional_text(told.get("channelCode")),
    )


def _day(value: Any) -> datetime:
    text = as_text(value, "when the order was paid")
    if not _DATED.fullmatch(text):
        raise malformed("A time as yyyyMMddHHmmss was expected for when the order was paid.")
    try:
        stated = datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007 - its zone is not documented; the day counts
    except ValueError:
        raise malformed("The time at which the order was paid is outside the calendar.") from None
    return plausible(datetime.combine(stated.date(), time(12), tzinfo=UTC), "when the order was paid")
