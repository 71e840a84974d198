"""Asking Paymob what became of a transaction (``GET /api/acceptance/transactions/{id}``); all bookings come from here.

A transaction that succeeded is a receipt, whatever was given back of it later; its order's number is what we know the
request by. A refund and a void are transactions of their own, which name the one that they are of
(``parent_transaction``): each is a reversal. One that is pending or did not succeed is no money, and neither is a mere
authorisation; a capture of one is an error for a person, since this connector asks for none.

Amounts are piastres of Egyptian pounds. Times are written without an offset: in the published example the transaction
is dated three hours after the bank's own time of it in UTC, in summer, which is Cairo's. ``created_at`` is when the
debtor set out to pay; with a card or a wallet that is the moment, at a kiosk it may be days before, and such a payment
is an error for a person.
Source: https://developers.paymob.com/paymob-docs/developers/transaction-inquiry-apis/by-transaction-id,
https://developers.paymob.com/paymob-docs/manage-callback/transaction-callbacks and the published example of a callback
(read 2026-11, confidence high; medium for the zone of the times).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.platforms import (
    above_zero,
    answer_of,
    as_object,
    as_text,
    as_whole,
    malformed,
    optional_text,
    plausible,
    reference_in_path,
    status_unknown,
)
from domain.errors import Invalid
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, ReversalFact, ReversalKind

DEFAULT_BASE_URL: Final = "https://accept.paymob.com"
NAME: Final = "Paymob"
CURRENCY: Final = "EGP"
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_CAIRO: Final = ZoneInfo("Africa/Cairo")
_AT_ONCE: Final = frozenset(("card", "wallet"))


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a transaction by its number; a bearer token is added to it."""
    number = reference_in_path(reference, _NUMBER)
    url = f"{base_url(config)}/api/acceptance/transactions/{number}"
    return HttpRequest(method="GET", url=url, headers={"Accept": "application/json"}, body=b"")


def base_url(config: Mapping[str, str]) -> str:
    """The address of the API."""
    return config.get("base_url") or DEFAULT_BASE_URL


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a transaction as it stands; what it is must be stated as true or false."""
    transaction = answer_of(response, NAME)
    number = str(as_whole(transaction.get("id"), "the transaction's number"))
    if _is(transaction, "pending") or not _is(transaction, "success"):
        return (Ignored("transaction.open" if _is(transaction, "pending") else "transaction.failed"),)
    if _is(transaction, "is_refund") or _is(transaction, "is_void"):
        return (_reversal(transaction, number),)
    if _is(transaction, "is_auth"):
        return (Ignored("transaction.authorised"),)
    if _is(transaction, "is_capture") or _is(transaction, "has_parent_transaction"):
        raise Invalid(
            "capture_unasked",
            "Paymob shows money that was captured from an authorisation, which is not asked for here.",
            fix="Use an integration that captures at once, and record this payment by hand.",
        )
    return (_receipt(transaction, number),)


def _receipt(transaction: Mapping[str, Any], number: str) -> ReceiptFact:
    order, source = (as_object(transaction.get(part), part) for part in ("order", "source_data"))
    method = as_text(source.get("type"), "the method of payment").lower()
    if method not in _AT_ONCE:
        raise Invalid(
            "moment_untold",
            f"Paymob does not say when a payment by {method[:40]!a} was made.",
            fix="Look the transaction up in Paymob's dashboard and record the payment by hand.",
        )
    at = _moment(transaction)
    names = (str(as_whole(order.get("id"), "the order's number")), optional_text(order.get("merchant_order_id")))
    return ReceiptFact(
        external_ref=number,
        amount=_money(transaction),
        at=at,
        value_date=at.date(),
        references=tuple(filter(None, (*names, number))),
        rail=optional_text(source.get("sub_type")) or method,
    )


def _reversal(transaction: Mapping[str, Any], number: str) -> ReversalFact:
    at = _moment(transaction)
    return ReversalFact(
        external_ref=number,
        original_ref=str(as_whole(transaction.get("parent_transaction"), "the transaction that was given back")),
        amount=_money(transaction),
        at=at,
        value_date=at.date(),
        kind=ReversalKind.REFUND,
    )


def _money(transaction: Mapping[str, Any]) -> Money:
    if transaction.get("currency") != CURRENCY:
        raise malformed(f"Only amounts in {CURRENCY} are read.")
    return above_zero(Money(as_whole(transaction.get("amount_cents"), "the amount"), CURRENCY))


def _moment(transaction: Mapping[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(as_text(transaction.get("created_at"), "when the transaction was made"))
    except ValueError:
        raise malformed("A time by ISO 8601 was expected for when the transaction was made.") from None
    zoned = plausible(moment if moment.tzinfo else moment.replace(tzinfo=_CAIRO), "when the transaction was made")
    return zoned.astimezone(_CAIRO)


def _is(transaction: Mapping[str, Any], name: str) -> bool:
    value = transaction.get(name)
    if not isinstance(value, bool):
        raise status_unknown("a transaction", value)
    return value
