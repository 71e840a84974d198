"""Asking Wompi what became of a transaction: ``GET /v1/transactions/{id}``; everything that is booked comes from here.

A transaction that was approved is a receipt. One that was voided was approved before and is a receipt and its return:
only cards can be voided, the whole of them. One that was declined or failed is no money, and its page may still be
paid. A card is paid when the transaction is made; anything else when it is finalised. Amounts are in hundredths of a
peso, days are those of Bogotá.
Source: https://docs.wompi.co/reference (transactions) and https://docs.wompi.co/docs/colombia/metodos-de-pago/, whose
list of final statuses is the one read here (2026-11, confidence high; medium for when a voided one was voided).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_moment,
    as_object,
    as_text,
    as_whole,
    json_request,
    known_status,
    malformed,
    optional_text,
    reference_in_path,
)
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, ReversalFact, ReversalKind

DEFAULT_BASE_URL: Final = "https://production.wompi.co"
NAME: Final = "Wompi"
CURRENCY: Final = "COP"
_BOGOTA: Final = timezone(timedelta(hours=-5))
_TRANSACTION: Final = re.compile(r"[0-9]{1,12}-[0-9]{1,14}-[0-9]{1,12}", re.ASCII)
_STATUSES: Final = frozenset(("PENDING", "APPROVED", "DECLINED", "VOIDED", "ERROR"))
_CARD: Final = "CARD"


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a transaction by its identifier."""
    return request(config, "GET", f"/v1/transactions/{reference_in_path(reference, _TRANSACTION)}")


def request(config: Mapping[str, str], method: str, path: str, document: Any = None) -> HttpRequest:
    """A request to Wompi under the connection's private key."""
    url = f"{config.get('base_url') or DEFAULT_BASE_URL}{path}"
    return json_request(method, url, authorization=f"Bearer {config['api_key']}", document=document)


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a transaction as it stands; an unknown status is ``Invalid``."""
    transaction = as_object(answer_of(response, NAME).get("data"), "the transaction")
    status = known_status(transaction.get("status"), _STATUSES, "a transaction")
    if status not in {"APPROVED", "VOIDED"}:
        return (Ignored(f"transaction.{status}"),)
    receipt = _receipt(transaction)
    return (receipt,) if status == "APPROVED" else (receipt, _void(transaction, receipt))


def _receipt(transaction: Mapping[str, Any]) -> ReceiptFact:
    name = as_text(transaction.get("id"), "the transaction's id")
    method = as_text(transaction.get("payment_method_type"), "the method")
    at = as_moment(
        transaction.get("created_at" if method == _CARD else "finalized_at"), "when the transaction was paid"
    )
    payer = transaction.get("customer_data")
    names = (transaction.get("payment_link_id"), transaction.get("reference"))
    return ReceiptFact(
        external_ref=name,
        amount=_money(transaction),
        at=at,
        value_date=_day(at),
        references=tuple(filter(None, map(optional_text, names))),
        payer_name=optional_text(payer.get("full_name")) if isinstance(payer, dict) else None,
        rail=method.lower(),
    )


def _void(transaction: Mapping[str, Any], receipt: ReceiptFact) -> ReversalFact:
    if receipt.rail != _CARD.lower():
        raise malformed("Only a transaction by card can be voided.")
    at = as_moment(transaction.get("finalized_at"), "when the transaction was voided")
    return ReversalFact(
        external_ref=f"{receipt.external_ref}:void",
        original_ref=receipt.external_ref,
        amount=receipt.amount,
        at=at,
        value_date=_day(at),
        kind=ReversalKind.REFUND,
        reason=optional_text(transaction.get("status_message")),
    )


def _money(transaction: Mapping[str, Any]) -> Money:
    """The amount in hundredths; Wompi in Colombia collects pesos, and another currency is not guessed at."""
    if transaction.get("currency") != CURRENCY:
        raise malformed(f"Only amounts in {CURRENCY} are read.")
    return above_zero(Money(as_whole(transaction.get("amount_in_cents"), "the amount"), CURRENCY))


def _day(at: datetime) -> date:
    return at.astimezone(_BOGOTA).date()
