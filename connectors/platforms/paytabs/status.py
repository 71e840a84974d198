"""What PayTabs says of a transaction, in a notification or when it is asked (``POST /payment/query``).

A sale or a capture that was authorised (``A``) is a receipt, a refund that was authorised a reversal of the transaction
that it follows (``previous_tran_ref``). On hold (``H``) and pending (``P``) are not yet; declined (``D``) and in error
(``E``) are not; expired (``X``) and cancelled (``C``) mean that the page will not be paid any more. A sale or capture
that was voided (``V``) is an error for a person, because the amount and the day of it are not stated. Amounts are
decimals by ISO 4217, in texts; where the debtor was charged in another currency than was asked for, which of the two is
settled is not documented, and it is an error for a person. Days are those of UTC, in which times are stated.
Source: https://docs.paytabs.com/PT2-API-Endpoints/Integration-Types-Manuals/Request-Response-Parameters (parameters
tran_ref, previous_tran_ref), …/Hosted-Payment-Page/HPP-Step-7-Manage-Transactions, the list of response statuses of
https://support.paytabs.com/en/support/solutions/articles/60000711358 and two published notifications (read 2026-11,
confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_major,
    as_moment,
    as_object,
    as_text,
    as_whole,
    json_request,
    known_status,
    optional_text,
    reference_in_path,
)
from domain.errors import Invalid, Unavailable
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired, ReversalFact, ReversalKind

NAME: Final = "PayTabs"
TRANSACTION: Final = re.compile(r"[A-Z]{2,4}[0-9]{8,30}", re.ASCII)
_MONEY_IN: Final = frozenset(("sale", "capture"))
_TYPES: Final = _MONEY_IN | {"refund", "auth", "void", "release", "register"}
STATUSES: Final = frozenset("AHPVEDXC")
_OVER: Final = frozenset("XC")
_DUPLICATE: Final = 4
_BAD_REQUEST: Final = 400


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a transaction by PayTabs's reference."""
    name = reference_in_path(reference, TRANSACTION)
    return request(config, "/payment/query", {"profile_id": int(config["profile_id"]), "tran_ref": name})


def request(config: Mapping[str, str], path: str, document: Any) -> HttpRequest:
    """A request to PayTabs under the profile's server key, at the address of its region."""
    return json_request("POST", f"{config['base_url']}{path}", authorization=config["api_key"], document=document)


def answered(response: HttpResponse) -> dict[str, Any]:
    """The JSON object of an answer that says yes; ``Unavailable`` where PayTabs has just had the same request."""
    if response.status == _BAD_REQUEST and _is_duplicate(response):
        raise Unavailable(
            "platform_busy", "PayTabs takes the same request again after two minutes only.", ambiguous=True
        )
    return answer_of(response, NAME)


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a transaction as it stands; an unknown status is ``Invalid``."""
    return facts_of(answered(response))


def facts_of(document: Mapping[str, Any]) -> tuple[PlatformFact, ...]:
    """The facts of a transaction, as notifications and answers show it."""
    kind = known_status(_lower(document.get("tran_type")), _TYPES, "a transaction's type")
    result = as_object(document.get("payment_result"), "the payment's result")
    status = known_status(result.get("response_status"), STATUSES, "a transaction")
    name = as_text(document.get("tran_ref"), "the transaction's reference")
    if kind in _MONEY_IN and status == "V":
        raise Invalid(
            "reversal_untold",
            "PayTabs shows the payment as voided, but not how much of it and when.",
            fix="Look the transaction up in PayTabs's dashboard and record what is left of it by hand.",
        )
    if kind in _MONEY_IN and status in _OVER:
        return (RequestExpired(name),)
    if status != "A" or kind not in _MONEY_IN | {"refund"}:
        return (Ignored(f"{kind}.{status}"),)
    at = as_moment(result.get("transaction_time"), "when the transaction was made")
    return (_refund(document, name, at) if kind == "refund" else _receipt(document, name, at),)


def _receipt(document: Mapping[str, Any], name: str, at: datetime) -> ReceiptFact:
    payer, how = (_part(document, part) for part in ("customer_details", "payment_info"))
    return ReceiptFact(
        external_ref=name,
        amount=_money(document),
        at=at,
        value_date=at.date(),
        references=(as_text(document.get("cart_id"), "the cart's id"), name),
        payer_name=optional_text(payer.get("name")),
        remittance=optional_text(document.get("cart_description")),
        rail=optional_text(how.get("payment_method")),
    )


def _refund(document: Mapping[str, Any], name: str, at: datetime) -> ReversalFact:
    return ReversalFact(
        external_ref=name,
        original_ref=as_text(document.get("previous_tran_ref"), "the transaction that was refunded"),
        amount=_money(document),
        at=at,
        value_date=at.date(),
        kind=ReversalKind.REFUND,
        reason=optional_text(document.get("cart_description")),
    )


def _money(document: Mapping[str, Any]) -> Money:
    amount = as_major(document.get("tran_total"), document.get("tran_currency"), "the amount")
    asked = as_major(document.get("cart_amount"), document.get("cart_currency"), "the amount that was asked for")
    if amount.currency != asked.currency:
        raise Invalid(
            "currency_converted",
            f"The debtor was charged in {amount.currency} and not in {asked.currency}.",
            fix="Look in PayTabs's dashboard which of the two is settled, and record the payment by hand.",
        )
    return above_zero(amount)


def _is_duplicate(response: HttpResponse) -> bool:
    try:
        return as_whole(answer_of(HttpResponse(200, {}, response.body), NAME).get("code"), "a code") == _DUPLICATE
    except Invalid:
        return False


def _lower(value: Any) -> str | None:
    text = optional_text(value)
    return None if text is None else text.lower()


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}
