"""What DOKU tells us: an order was paid or will not be, or a virtual account was paid by SNAP. Both are signed whole.

A SNAP notification is of a payment that was made; what identifies it is its ``paymentRequestId``, what it is for its
``trxId``. Its amount is a text with two decimals.
Source: https://developers.doku.com/get-started-with-doku-api/notification (samples for non-SNAP and SNAP, read 2026-11,
confidence high; medium for the moment of a SNAP payment, ``trxDateTime``, which must state its offset here).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.platforms import as_moment, as_object, as_text, json_object, optional_text, our_identifier
from connectors.platforms.doku.status import day_of, facts_of, rupiah
from domain.receipts import PlatformFact, ReceiptFact


def delivery_id(raw: bytes) -> str:
    """The payment of SNAP; else the order, its status and the request that it belongs to."""
    told = json_object(raw)
    if "paymentRequestId" in told:
        return f"snap/{as_text(told['paymentRequestId'], 'the payment')}"
    order, tried = as_object(told.get("order"), "the order"), as_object(told.get("transaction"), "the transaction")
    number = as_text(order.get("invoice_number"), "the order's number")
    status = as_text(tried.get("status"), "the status")
    return f"{number}/{status}/{optional_text(tried.get('original_request_id')) or '-'}"


def parse(raw: bytes) -> tuple[PlatformFact, ...]:
    """The facts of the order or the virtual account; an unknown status is ``Invalid``."""
    told = json_object(raw)
    return (_by_snap(told),) if "paymentRequestId" in told else facts_of(told)


def _by_snap(told: Mapping[str, Any]) -> ReceiptFact:
    paid = as_object(told.get("paidAmount"), "the amount that was paid")
    number = as_text(told.get("trxId"), "the order's number")
    account = as_text(told.get("virtualAccountNo"), "the virtual account").strip()
    at = as_moment(told.get("trxDateTime"), "when it was paid")
    return ReceiptFact(
        external_ref=as_text(told.get("paymentRequestId"), "the payment"),
        amount=rupiah(paid.get("value"), paid.get("currency")),
        at=at,
        value_date=day_of(at),
        references=tuple(dict.fromkeys(filter(None, (our_identifier(number), number, account)))),
        payer_name=optional_text(told.get("virtualAccountName")),
        rail="virtual_account",
    )
